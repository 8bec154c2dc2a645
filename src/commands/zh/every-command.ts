/** Of all commands: what commands say of themselves in English, and the same in Chinese. */
export default {
  '守望 Shouwang: watches over older people who live alone. Each command has --help.':
    '守望 Shouwang：守护独居老人。每个命令都可加 --help。',
  'display the version': '显示版本号',
  'display help for command': '显示帮助',
  'configuration folder: service.yaml, registry, rules, channels, rosters, models':
    '配置文件夹：service.yaml、住户登记、规则、通知渠道、值班表、设备型号',
  'data folder (SHOUWANG_DATA_DIR), instead of the configured one':
    '数据文件夹（SHOUWANG_DATA_DIR），代替配置中的数据文件夹',
  'folder with device models of your own, instead of models in the configuration':
    '自有设备型号的文件夹，代替配置中的 models',
  'address of a service elsewhere (or SHOUWANG_URL)': '其他机器上服务的地址（或 SHOUWANG_URL）',
  'token for it (or SHOUWANG_TOKEN)': '访问它的令牌（或 SHOUWANG_TOKEN）',
  'answer in JSON': '以 JSON 回答',
  'one JSON object on standard output': '在标准输出写一个 JSON 对象',
  'one JSON object on stdout': '在标准输出写一个 JSON 对象',
  'a JSON array on standard output': '在标准输出写一个 JSON 数组',
  'write a summary to stdout as JSON': '在标准输出写一份 JSON 摘要',
  'how many homes': '住户数',
} satisfies Record<string, string>;

/** `rules`, `backtest`, `convert`, `simulate`, `replay`, `decode`. */
export default {
  'tests for the rules that you write': '测试自己编写的规则',
  'plays stories through rules in virtual time and compares the alerts with those expected':
    '在虚拟时间中让规则经历一段故事，并把告警与预期比较',
  'what a rule set would have done with a recording, or with stored readings':
    '一套规则在录制数据或已存读数上会有什么结果',
  'Runs recordings, or the stored readings of a period, through the same rules and cases as the live service and writes what would have happened.':
    '让录制数据或一段时间的已存读数经过与线上服务相同的规则和事项流程，写出会发生什么。',
  'recordings (NDJSON, .gz allowed), merged by time of arrival':
    '录制文件（NDJSON，可为 .gz），按到达时间合并',
  'instead: the telemetry store of a service, telemetry.db of a backup':
    '或者：服务的读数存储，即备份中的 telemetry.db',
  'with --store: begin of the period': '与 --store 同用：时间段的开始',
  'with --store: its end': '与 --store 同用：时间段的结束',
  'registry, YAML or CSV': '住户登记，YAML 或 CSV',
  'rule sets, YAML, that hold together': '规则，YAML；可给多个文件，一并生效',
  'where alerts, cases and reports are written': '告警、事项和报告写到哪里',
  'the rule set of now: what appears with --rules in its place, what disappears, who is woken':
    '现在的规则：换成 --rules 后多了什么、少了什么、吵醒了谁',
  'incidents that truly were, NDJSON: adds recall, delay and false alerts':
    '真实发生的事件，NDJSON：加上召回率、延迟和误报',
  'who was visited when, CSV as for import-visits: for rules about visits':
    '何时走访了谁，CSV，格式同 import-visits：供与走访有关的规则使用',
  'who is told, YAML, instead of notify.yaml in the configuration': '通知谁，YAML，代替配置中的 notify.yaml',
  'how far lines may be out of order': '各行乱序的最大分钟数',
  'how many run side by side, with the same result (a large recording: two, where there are two cores; each takes some 350 MB)':
    '同时运行几个线程，结果相同（大的记录：有两个核时为两个，每个约占 350 MB）',
  'prints the report on stdout': '在标准输出写报告',
  'turn a utility’s CSV of meter readings into a recording and a registry':
    '把供水公司的水表 CSV 转成录制文件和住户登记',
  'Turns interval or index values of water meters, as utilities export them, into a recording and a registry, for backtest and replay.':
    '把供水公司导出的水表用量或表号读数转成录制文件和住户登记，供 backtest 和 replay 使用。',
  'CSV files, gzip if the name ends in .gz': 'CSV 文件，以 .gz 结尾则为 gzip',
  'recording to write (gzip if the name ends in .gz)': '要写的录制文件（以 .gz 结尾则为 gzip）',
  'registry to write: .csv, or .yaml, which also holds the time zone':
    '要写的住户登记：.csv，或同时含时区的 .yaml',
  'device=TITLE,at=TITLE,value=TITLE,home=TITLE, where not the usual ones':
    '列名不是常见名称时：device=列名,at=列名,value=列名,home=列名',
  'the meter, where no column names it': '没有列写明时的水表',
  'of the text: utf-8, gb18030 (what Excel saves in China), windows-1252 …':
    '文本编码：utf-8、gb18030（中文 Excel 保存的）、windows-1252 …',
  'iso, epoch-s, epoch-ms, excel, or a pattern such as "DD.MM.YYYY HH:mm"':
    'iso、epoch-s、epoch-ms、excel，或格式，例如 "DD.MM.YYYY HH:mm"',
  'of times without an offset': '没有时区的时间所在的时区',
  'of the values': '数值的单位',
  'with --unit pulse': '与 --unit pulse 同用：每个脉冲的升数',
  'the register, or what was used in each interval': '累计读数，或每个时段的用量',
  'length of an interval, such as 15min': '时段的长度，例如 15min',
  'the time of an interval value is that of its': '时段用量的时间标在时段的哪一端',
  'decimal sign': '小数点',
  'values that mean "no value", separated by commas': '表示“无数值”的写法，以逗号分隔',
  'so long after its time each reading arrives': '每个读数在其时间之后多久到达',
  'community/grid of all homes, each a building of its own; or community/grid/building/unit, where all are neighbours':
    '所有住户的 社区/网格，每户各为一栋；都是邻居则写 社区/网格/楼栋/单元',
  'leave rows with mistakes out': '略去有误的行',
  'only read and report': '只读取并报告',
  'make a community live: to a recording, or over MQTT': '模拟一个社区的生活：写成录制文件，或经 MQTT 发布',
  'Simulates people who live alone, their water meters and wristbands, and in some homes door contacts, motion sensors, electricity meters, smoke and gas detectors. Writes a recording with its truth and registry, or publishes over MQTT like the devices themselves. The same seed gives the same messages.':
    '模拟独居老人及其水表、手环，部分住户还有门磁、人体感应、电表、烟感和燃气报警器。写出录制文件及真实事件和登记，或像设备一样经 MQTT 发布。种子相同，消息相同。',
  'everything is drawn from it': '一切由它生成',
  'how long': '天数',
  'when it begins, as 2026-03-01 or 2026-03-01T08:00:00+08:00 (now, if published)':
    '开始时间，例如 2026-03-01 或 2026-03-01T08:00:00+08:00（发布时为现在）',
  'of the communities': '社区的时区',
  'what happens to people and devices, see below': '人和设备遇到什么，见下',
  'what goes wrong on the line, see below': '通信出什么问题，见下',
  'no random incident before (a tenth of the days, at most 2)':
    '此前没有随机事件（天数的十分之一，最多 2 天）',
  'meters upload 24 readings once a day': '水表每天一次上报 24 个读数',
  'share of homes with door, motion, electricity, smoke and gas sensors':
    '装有门磁、人体感应、电表、烟感、燃气报警器的住户比例',
  'write a recording (gzip if the name ends in .gz)': '写录制文件（以 .gz 结尾则为 gzip）',
  'write what really happened, one line an incident': '写真实发生的事件，每行一件',
  'write the registry: .yaml with people and credentials, else CSV of devices':
    '写住户登记：.yaml 含人员和密码，否则为设备的 CSV',
  'publish to this broker, e.g. mqtt://127.0.0.1:1883': '发布到此消息服务，例如 mqtt://127.0.0.1:1883',
  'secrets of the devices, JSON; made and written if the file is not there':
    '设备密码，JSON；文件不存在则生成并写入',
  'how fast the clock runs, or max': '时钟的倍速，或 max',
  'the clock shows this ... (as the service whose clock it shares)':
    '时钟显示此时刻……（与共用时钟的服务一致）',
  '... when the wall shows this': '……当现实时间为此时刻',
  'send a recording to a broker': '把录制文件发给消息服务',
  'Sends recordings (NDJSON, gzip if the name ends in .gz) to a broker, at any speed, at the original or at shifted times.':
    '把录制文件（NDJSON，以 .gz 结尾则为 gzip）发给消息服务，速度任意，时间可原样或平移。',
  'recordings, in order of time': '录制文件，按时间顺序',
  'the broker': '消息服务',
  'a service account, see below': '服务账号，见下',
  'its password, where it does not stand in the environment': '其密码；已写在环境变量中则不必写',
  'under which the broker knows this connection; the user name, if not given':
    '消息服务认得这个连接的客户端标识；不写则与用户名相同',
  'how fast: 1 is as recorded, 60 an hour in a minute; max is as fast as acknowledged':
    '速度：1 为原速，60 为一分钟放完一小时；max 为确认多快就多快',
  'rewrite times: now, ends-now, or an instant; as recorded, if not given':
    '改写时间：now、ends-now，或一个时刻；不写则保持原样',
  'without a connection, or any acknowledgement, for so long, such as 2min; or never':
    '连不上或得不到任何确认超过这么久就放弃，例如 2min；never 为一直等',
  'Reads one payload a line from stdin (JSON, hex or base64) and writes what the model makes of it, one line each.':
    '从标准输入每行读一个报文（JSON、十六进制或 base64），逐行写出型号对它的解析。',
  'device model, such as water-meter': '设备型号，例如 water-meter',
  'the topic it came under, for models that need it': '报文的主题，部分型号需要',
  'LoRaWAN port, where the line does not say it': '行中没有写明时的 LoRaWAN 端口',
  'a setting of the device, such as litres_per_pulse=10': '设备的设置，例如 litres_per_pulse=10',
  'IANA zone of devices that tell local time; UTC if absent': '设备报本地时间时的 IANA 时区；不写则为 UTC',
  'when it was received, RFC 3339; now if absent': '收到的时间，RFC 3339；不写则为现在',
  'lists the models and ends': '列出所有型号后结束',
} satisfies Record<string, string>;

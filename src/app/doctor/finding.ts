import type { Text } from '../../model/text.ts';

/** What `shouwang doctor` looks at: each name with what it says of itself and what to do where all is not well. */
export const DOCTOR_CHECKS = {
  configuration: {
    title: { zh: '配置', en: 'Configuration' },
    advice: { zh: '运行 shouwang check，按提示逐条改正', en: 'Run `shouwang check` and mend what it names' },
  },
  service: {
    title: { zh: '服务', en: 'Service' },
    advice: {
      zh: '服务未运行则无人看护：启动它，或用外部监控（heartbeat）盯住它',
      en: 'While it does not run nobody is watched: start it, and let another machine watch it (heartbeat)',
    },
  },
  'service-unready': {
    title: { zh: '服务就绪', en: 'Readiness of the service' },
    advice: {
      zh: '进程在运行：看其余不正常的项与日志；一直不应答则重启',
      en: 'The process runs: look at what else is wrong here and at its log; start it again if it stays silent',
    },
  },
  'disk-space': {
    title: { zh: '磁盘空间', en: 'Free disk' },
    advice: {
      zh: '清理或扩容数据盘；缩短 retention',
      en: 'Free or add space on the disk of the data; shorten `retention`',
    },
  },
  'disk-growth': {
    title: { zh: '磁盘增长', en: 'Growth on disk' },
    advice: {
      zh: '照此增长磁盘将满：扩容、缩短 retention，或把读数放到外部数据库',
      en: 'At this pace the disk fills up: add space, shorten `retention`, or keep readings in a store outside',
    },
  },
  'disk-sync': {
    title: { zh: '磁盘写入确认', en: 'Time that the disk takes to keep something' },
    advice: {
      zh: '每批报文都要等磁盘确认：换用 SSD，勿用网络盘，停掉占用磁盘的程序',
      en: 'Each batch waits for it: use an SSD, no network disk, and stop what else keeps the disk busy',
    },
  },
  'data-must-exist': {
    title: { zh: '没有数据时的启动', en: 'A start without data' },
    advice: {
      zh: '在 service.yaml 中写 dataMustExist: true（或 SHOUWANG_DATA_MUST_EXIST=true）：数据不在就不启动，不会无声地从头开始',
      en: 'Write `dataMustExist: true` into service.yaml (or SHOUWANG_DATA_MUST_EXIST=true): no start without the data, instead of one from nothing that looks well',
    },
  },
  secrecy: {
    title: { zh: '数据与密钥谁能读', en: 'Who can read data and secrets' },
    advice: {
      zh: 'chmod 700 数据目录，chmod 600 所列文件（归运行服务的用户所有）；systemd 单元写 UMask=0077',
      en: 'chmod 700 the data folder and 600 the files that are named, owned by the user of the service; `UMask=0077` in its unit',
    },
  },
  'clock-offset': {
    title: { zh: '时钟偏差', en: 'Offset of the clock' },
    advice: {
      zh: '启用时间同步（chrony 或 systemd-timesyncd），检查 NTP 是否可达',
      en: 'Keep the clock with chrony or systemd-timesyncd, and see that its server can be reached (--ntp names one)',
    },
  },
  'configuration-waits': {
    title: { zh: '启动后改动的配置', en: 'Configuration changed since the start' },
    advice: {
      zh: '先运行 shouwang check，再重启服务：在此之前仍按旧的配置通知',
      en: 'Run `shouwang check`, then start the service again: until then people are told as before',
    },
  },
  'clock-zones': {
    title: { zh: '时区', en: 'Time zones' },
    advice: {
      zh: '改正社区的 timeZone，或更新 Node',
      en: 'Correct `timeZone` of the community, or bring Node up to date',
    },
  },
  'certificate-mqtt': {
    title: { zh: 'MQTT 证书', en: 'Certificate of MQTT' },
    advice: {
      zh: '续签证书并替换文件（无需重启）',
      en: 'Renew it and replace the files; no restart is needed',
    },
  },
  'certificate-http': {
    title: { zh: '控制台证书', en: 'Certificate of the console' },
    advice: {
      zh: '续签证书并替换文件（无需重启）',
      en: 'Renew it and replace the files; no restart is needed',
    },
  },
  'certificate-broker': {
    title: { zh: '外部 broker 的证书', en: 'Certificate of the outside broker' },
    advice: {
      zh: '请 broker 的管理者续签；核对 mqtt.external.caFile 与地址中的名称',
      en: 'Have it renewed over there; compare `mqtt.external.caFile` and the name in the address',
    },
  },
  versions: {
    title: { zh: '版本', en: 'Versions' },
    advice: {
      zh: '用 Node 24 运行；安装后重启，使运行的与安装的版本一致',
      en: 'Run it with Node 24; after an upgrade start again, so that what runs is what is installed',
    },
  },
  schema: {
    title: { zh: '数据表版本', en: 'Version of the tables' },
    advice: {
      zh: '数据由更新的版本写成：装回该版本，或恢复升级前的备份',
      en: 'A newer version wrote the data: install that one, or restore the backup from before',
    },
  },
  records: {
    title: { zh: '记录库', en: 'Records' },
    advice: {
      zh: '停止服务，从备份或归档恢复',
      en: 'Stop the service and restore from a backup or the archive',
    },
  },
  'records-writing': {
    title: { zh: '记录库写入', en: 'Writing of the records' },
    advice: {
      zh: '按所述原因处理（启动 PostgreSQL、清理磁盘）：服务会自行继续，已确认的都在。不要为此恢复备份；确有损坏时，停止服务后 doctor 会指出',
      en: 'Mend what it names (start PostgreSQL, free the disk): it goes on by itself, and what was acknowledged is there. Restore no backup for it; if the records are damaged, the doctor says so once the service is stopped',
    },
  },
  'records-server': {
    title: { zh: '记录库服务器', en: 'Server of the records' },
    advice: {
      zh: '检查 PostgreSQL 是否在运行、地址与密码（store.postgres）；它不应答，服务便无法启动',
      en: 'See that PostgreSQL runs, its address and password (`store.postgres`): without it no service starts',
    },
  },
  'records-place': {
    title: { zh: '记录库所在', en: 'Place of the records' },
    advice: {
      zh: '把 store.records 改为搬去的地方；要搬回来用 migrate-records',
      en: 'Let `store.records` say where they are now; `migrate-records` moves them back',
    },
  },
  telemetry: {
    title: { zh: '读数库', en: 'Readings' },
    advice: {
      zh: '停止服务，从备份或归档恢复',
      en: 'Stop the service and restore from a backup or the archive',
    },
  },
  'telemetry-outside': {
    title: { zh: '外部读数库', en: 'Store of readings outside' },
    advice: {
      zh: '检查其地址、账号与磁盘；恢复之前读数存在本机',
      en: 'Look at its address, account and disk; until it is back readings are kept on this machine',
    },
  },
  'readings-elsewhere': {
    title: { zh: '外部数据库中的旧读数', en: 'Older readings outside' },
    advice: {
      zh: '从外部数据库 export，再 import-history 导入；不再需要则 import-history --give-up-outside',
      en: 'Export them from there and bring them in with import-history; or give them up: import-history --give-up-outside',
    },
  },
  'rule-clock': {
    title: { zh: '规则时钟', en: 'Clock of the rules' },
    advice: {
      zh: '落后：停机后的补做会自行完成，请等待；否则减轻负载，检查磁盘与记录库。超前：机器时钟被调回，请校准；追上之前只按一半速度计时',
      en: 'Behind: what is worked off after a stop ends by itself; otherwise look at load, disk and records. Ahead: the clock of the machine was set back, set it right; until it has caught up time passes at half speed',
    },
  },
  timers: {
    title: { zh: '定时器', en: 'Timers' },
    advice: {
      zh: '这是程序缺陷：保留日志并报告',
      en: 'This is a defect of the program: keep the log and report it',
    },
  },
  cases: {
    title: { zh: '事项审计', en: 'Audit of cases' },
    advice: {
      zh: '这是程序缺陷：保留日志并报告',
      en: 'This is a defect of the program: keep the log and report it',
    },
  },
  inbox: {
    title: { zh: '待处理报文', en: 'Messages that wait' },
    advice: {
      zh: '处理不过来：检查磁盘写入确认与 CPU',
      en: 'It does not keep up: look at the disk and the processor',
    },
  },
  broker: {
    title: { zh: 'MQTT 与端口', en: 'MQTT and ports' },
    advice: {
      zh: '检查端口占用、防火墙与 broker 的日志',
      en: 'Look for who has the port, the firewall, the log of the broker',
    },
  },
  'heard-topics': {
    title: { zh: '收听的主题', en: 'Topics that are heard' },
    advice: {
      zh: '设备若在其他主题（如 …/sos、…/status）呼救则无人听到：在 broker 上允许并订阅 shouwang/+/# 与 /shouwang/+/#，或去掉 mqtt.external.filters',
      en: 'A device that calls for help under another topic (…/sos, …/status) is not heard: allow and subscribe to `shouwang/+/#` and `/shouwang/+/#`, or leave `mqtt.external.filters` out',
    },
  },
  proxy: {
    title: { zh: '反向代理', en: 'Proxy' },
    advice: {
      zh: '在 http.trustedProxies 写上代理的地址，并让代理加 X-Forwarded-For；否则所有人共用一个地址的限额',
      en: 'Name its address in `http.trustedProxies` and let it add X-Forwarded-For; else all people share the limits of one address',
    },
  },
  'shared-group': {
    title: { zh: '共享订阅', en: 'Shared subscription' },
    advice: {
      zh: 'mosquitto 2.0.11 重启后、服务重连前，不记得共享订阅：此间确认过的报文会丢失。写 sharing: all，或先停设备入口再重启 broker',
      en: 'mosquitto 2.0.11 forgets shared subscriptions over a restart: what it acknowledges before we are back is lost. Say `sharing: all`, or keep devices out while it restarts',
    },
  },
  rules: {
    title: { zh: '规则文件', en: 'Rule file' },
    advice: {
      zh: '改正规则文件；旧规则仍在生效',
      en: 'Mend the rule file; the old rules are still in force',
    },
  },
  'rule-version': {
    title: { zh: '规则集版本', en: 'Version of the rules' },
    advice: {
      zh: '给规则文件换一个新的 version，使告警能看出依据的是哪一版规则',
      en: 'Give the rule file another `version`, so that alerts tell by which rules they were raised',
    },
  },
  'blind-spots': {
    title: { zh: '呼救与失联', en: 'Calls for help and silence' },
    advice: {
      zh: '在规则文件中启用相应规则（B1、B2、M1），在 notify.yaml 中为各级安全事项写明通知谁；为无人可通知的节点登记工作人员，或为住户登记联系人，并填写渠道',
      en: 'Enable such rules in the rule file (B1, B2, M1), and name in notify.yaml who is told of each priority of safety; register staff for nodes of which nobody can be told, or contacts of the homes, with a channel',
    },
  },
  rosters: {
    title: { zh: '值班表', en: 'Rosters' },
    advice: {
      zh: '补排空缺的班次：换班、替班人员，或为值班人员登记可用的通知渠道',
      en: 'Fill the gap: a swap, a substitute, or a channel for whoever is on duty',
    },
  },
  policy: {
    title: { zh: '通知策略', en: 'Who is told' },
    advice: {
      zh: '为所列角色登记有通知渠道的人员，或改正 notify.yaml 中所列的行',
      en: 'Register somebody with a channel for the roles that are named, or mend these lines of notify.yaml',
    },
  },
  channels: {
    title: { zh: '通知渠道', en: 'Channels' },
    advice: {
      zh: '在 channels.yaml 配置能送达人的渠道，并在控制台发送测试',
      en: 'Configure a channel that reaches people in channels.yaml, and send a test from the console',
    },
  },
  backup: {
    title: { zh: '备份', en: 'Backup' },
    advice: {
      zh: '用定时任务运行 shouwang backup，或配置 archive；用 --backups 指出备份目录',
      en: 'Run `shouwang backup` by a timer or configure `archive`; name the folder with --backups',
    },
  },
  archive: {
    title: { zh: '归档', en: 'Archive' },
    advice: {
      zh: '检查归档目录所在的磁盘：此时磁盘损坏将丢失其后的数据',
      en: 'Look at the disk of the archive: what came since would be lost with the disk of the data',
    },
  },
  'archive-place': {
    title: { zh: '归档所在', en: 'Place of the archive' },
    advice: {
      zh: '归档应在另一块磁盘或另一台机器上：磁盘损坏时两者一同丢失。若本应是挂载的磁盘，检查是否已挂载',
      en: 'Keep it on another disk or machine: they are lost together. Was a disk to be mounted there? See whether it is',
    },
  },
} as const satisfies Record<string, { readonly title: Text; readonly advice: Text }>;

export type DoctorCheck = keyof typeof DOCTOR_CHECKS;

/** `unknown`: it could not be looked at, which is not the same as well. */
export const DOCTOR_RESULTS = ['ok', 'warning', 'problem', 'unknown'] as const;
export type DoctorResult = (typeof DOCTOR_RESULTS)[number];

/** What one check found. */
export interface Finding {
  readonly check: DoctorCheck;
  readonly result: DoctorResult;
  readonly found: Text;
}

export const finding = (check: DoctorCheck, result: DoctorResult, zh: string, en: string): Finding => ({
  check,
  result,
  found: { zh, en },
});

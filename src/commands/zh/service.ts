/** `start`, `demo`, `check`, `doctor`, `secret`, `user`. */
export default {
  'Runs the service: broker, rules, stores, console and API, on a configuration folder.':
    '按配置文件夹运行服务：消息服务、规则、存储、控制台和接口。',
  'port of the console and the API': '控制台和接口的端口',
  'MQTT port': 'MQTT 端口',
  'Runs the service with a simulated community at high speed: alerts within a minute, nothing to install.':
    '以高倍速运行服务和一个模拟社区：一分钟内出现告警，无需安装其他软件。',
  'how many times as fast as life': '比现实快多少倍',
  'another seed is another community': '种子不同，社区不同',
  'port of the console; 0: any that is free': '控制台端口；0：任一空闲端口',
  'MQTT port; 0: any that is free': 'MQTT 端口；0：任一空闲端口',
  'no simulated staff: all cases are left to you': '不要模拟工作人员：所有事项都留给您办理',
  'ends by itself after so many seconds': '若干秒后自行结束',
  'keeps the data in this folder instead of a temporary one': '把数据保留在此文件夹，而不是临时文件夹',
  'check the configuration: service, registry, rules, channels, who is told':
    '检查配置：服务、住户登记、规则、通知渠道、通知谁',
  'Reads all configuration files and reports every mistake with file, line and column, what was found and what is allowed. Exit code 0: all is well; 1: there are mistakes. Nothing is started and nothing is changed.':
    '读取全部配置文件，指出每处错误的文件、行、列，写了什么、允许什么。退出码 0：无误；1：有错误。不启动也不改动任何东西。',
  'show every setting of the service as it is in force, and who said so': '显示服务每项设置的生效值及其来源',
  'look for what is wrong: disk, clock, certificates, versions, stores, timers, backups':
    '体检：磁盘、时钟、证书、版本、存储、定时器、备份',
  'Looks at everything around the service, whether it runs or not, and says what to do. Changes nothing. Exit code 0: no problem, though there may be warnings and things that could not be looked at; 1: a problem.':
    '检查服务周边的一切（服务运行与否均可），并说明该怎么做；不做任何改动。退出码 0：没有问题，但可能有提醒或无法检查的项目；1：有问题。',
  'time server to compare the clock with': '用来核对时钟的时间服务器',
  'folder in which the folders of backups lie': '存放各个备份文件夹的文件夹',
  'language: zh or en; that of the terminal if absent': '语言：zh 或 en；不写则用终端的语言',
  'make a secret and its hash, for a service account of the broker':
    '生成密码及其散列，用于消息服务的服务账号',
  'Makes a secret and prints it with its hash. The hash goes into config/service.yaml (mqtt.serviceAccounts), the secret to the program that connects; it is stored nowhere. Devices get theirs from the API.':
    '生成一个密码，连同其散列一起输出。散列写入 config/service.yaml（mqtt.serviceAccounts），密码交给要连接的程序；密码不保存在任何地方。设备的密码由接口发给。',
  'accounts of people and programs: who may sign in, and what each may do where':
    '人员和程序的账号：谁可以登录，各自在哪里有什么权限',
  'add an account; without --password-stdin a password is made and printed once':
    '添加账号；不加 --password-stdin 时生成一个密码，只显示一次',
  'as it stands in time lines; the id if absent': '显示在时间线中的名字；不写则用账号 id',
  'administrator, operator, responder, viewer; with @ and the path of a node only there; may be repeated':
    'administrator、operator、responder、viewer；加 @ 和节点路径则只在该处有效；可重复',
  'language of the console': '控制台的语言',
  'read the password from standard input': '从标准输入读取密码',
  'all accounts': '所有账号',
  'give an account a new password and end its sessions': '更换账号的密码，并结束其登录',
  'read the password from standard input instead of making one': '从标准输入读取密码，而不是生成',
  'remove an account with its sessions and tokens': '删除账号及其登录和令牌',
  'make a bearer token with which a program acts for this account; it is printed once':
    '生成令牌，程序凭它以此账号行事；只显示一次',
  'what it is for': '用途',
  'how long it is valid; for ever if absent': '有效天数；不写则永久有效',
} satisfies Record<string, string>;

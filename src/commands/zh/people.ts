/** `channel`, `drill`, `roster`. */
export default {
  'the ways of telling people: what is known of each, and whether it works':
    '通知渠道：各渠道的情况，是否可用',
  'all channels, and when each was last proven to work': '所有渠道，及各自最近一次证明可用的时间',
  'send a test over a channel; says what the provider answered and how long a person took to answer':
    '通过渠道发一条测试；说明服务商的答复，以及人员多久后应答',
  'to this address of the channel': '发到此渠道的这个地址',
  'wait so long for somebody to tap the button or the link': '等待有人点按钮或链接的时间',
  'send the drill of today over all channels, as far as it was not sent yet':
    '在所有渠道发送今天的演练（尚未发送的）',
  'drills through the whole chain: notices, acknowledgement, steps, outcome, call-back':
    '全流程演练：通知、接手、步骤、处置结果、回访',
  'open a drill case in a home: real people are told, and each message says that it is a drill':
    '在一户开启演练事项：会通知真实人员，每条消息都注明是演练',
  'id of the home': '住户的 id',
  'P1, P2, P3, P4': 'P1、P2、P3、P4 之一',
  'what stands in its time line': '写入时间线的说明',
  'who was told of a drill, who answered, and after how long': '演练通知了谁，谁应答，用了多久',
  'Shows who is on duty now and in a period, and the gaps. Asks the service that runs on the data; where none runs, the files alone are read, without leave and swaps. Exit code 1: there are gaps, with --gaps.':
    '显示现在和一段时间内谁值班，以及空缺。向运行中的服务查询；没有服务运行时只读文件，不含休假和调班。加 --gaps 时退出码 1：有空缺。',
  'begin of the period: 2026-03-01 or RFC 3339; now if absent':
    '时间段的开始：2026-03-01 或 RFC 3339；不写则为现在',
  'its end': '时间段的结束',
  'its length in days, where no end is given': '没有写结束时间时的天数',
  'only the gaps and faults that were found in advance': '只显示预先发现的空缺和错误',
  'the shifts as a calendar file (RFC 5545) on standard output': '在标准输出写班次的日历文件（RFC 5545）',
} satisfies Record<string, string>;

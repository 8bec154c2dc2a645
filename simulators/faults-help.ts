import type { Text } from '../src/model/text.ts';

/** What each fault does and counts, and its own rate: for whoever asks the command. */
export const FAULTS_HELP: Text = {
  en: `Faults, with their own rates:
  burst=0.001        the line breaks at this share of messages, for hours; what was kept comes all at once
  clock-skew=0.02    this share of devices has a wrong clock: minutes ahead, or up to hours behind
  daily-upload=0.02  this share of meters uploads once a day, though the registry expects a reading an hour
  flat-battery=0.3   so often a year a device's battery sinks within days, then it is silent until it is changed
  loss=0.01          this share of messages is lost and never sent again
  reorder=0.01       this share is held up and comes after later ones
  repeat=0.01        this share comes twice
A recording of few homes and days may have none of the rare ones: name a higher rate.
`,
  zh: `故障及各自的默认值：
  burst=0.001        此比例的报文时线路中断几小时，恢复后一次补传
  clock-skew=0.02    此比例的设备时钟不准：快几分钟，或慢几小时
  daily-upload=0.02  此比例的水表每天上传一次，而登记信息仍以为每小时上报
  flat-battery=0.3   每台设备每年次数：电量几天内降到零，沉默到有人换电池
  loss=0.01          此比例的报文丢失，不再重发
  reorder=0.01       此比例的报文晚于后发的到达
  repeat=0.01        此比例的报文发送两次
户数、天数少时，少见的故障可能一次也没有：请写更高的值。
`,
};

import type { Call } from './call-for-help.ts';
import type { Text } from './text.ts';

/** Why a message, or one value of it, was not taken. A closed list: every no has a name, a counter and a place where it is seen. */
export const REJECTION_REASONS = {
  'unknown-topic': { zh: '主题不属于任何设备型号', en: 'No device model listens to this topic' },
  'foreign-topic': {
    zh: '设备在他人的主题上发布',
    en: 'Published under a topic that belongs to another device',
  },
  'unknown-device': { zh: '设备未登记', en: 'The device is not in the registry' },
  'device-disabled': {
    zh: '设备在登记中已停用',
    en: 'The device is disabled in the registry: only its calls for help are heard',
  },
  'model-missing': {
    zh: '设备登记的型号在本服务中不存在',
    en: 'The device is enrolled with a model that this installation does not have',
  },
  'foreign-device': {
    zh: '发送方无权代表该设备',
    en: 'The sender may not speak for the device in this message',
  },
  'no-device-data': {
    zh: '网络消息中没有设备数据',
    en: 'A message of the network itself (join, acknowledgement, log): nothing that a device measured',
  },
  simulated: { zh: '网络平台注入的模拟报文', en: 'A test message that somebody injected at the network' },
  checksum: { zh: '校验码不符', en: 'The checksum of the frame is wrong' },
  encrypted: {
    zh: '报文已加密，密钥缺失或不符',
    en: 'The frame is encrypted, and the key is missing or wrong',
  },
  'not-supported': {
    zh: '该型号的此类报文尚不支持',
    en: 'A kind of message of this model that is not supported (port, version, frame type)',
  },
  doubtful: {
    zh: '设备自报该测量不可靠',
    en: 'The device itself says that this measurement may be wrong (movement, loose cuff, no contact)',
  },
  'other-person': {
    zh: '共用设备上其他使用者的测量',
    en: 'A measurement of another user of a shared device',
  },
  withdrawn: {
    zh: '记录已作废（录入错误或取消）',
    en: 'The record was withdrawn (entered in error, cancelled)',
  },
  'value-absent': { zh: '没有测量值，并注明了原因', en: 'There is no value, and the sender says why' },
  'unknown-unit': { zh: '单位缺失或无法识别', en: 'The unit is missing or unknown' },
  retained: {
    zh: '代理保留的旧报文，测量时间未知',
    en: 'The broker had kept this message; nobody knows when it was measured',
  },
  'not-announced': {
    zh: '尚未收到该设备的自我说明',
    en: 'The message leans on an earlier announcement of its sender that never came',
  },
  'too-large': { zh: '报文过大', en: 'The message is larger than allowed' },
  'malformed-json': { zh: '不是有效的 JSON', en: 'The payload is not valid JSON' },
  'malformed-payload': { zh: '报文结构不符', en: 'The payload does not have the shape of its device model' },
  'batch-too-long': { zh: '一个报文中的读数过多', en: 'More entries in one message than allowed' },
  'empty-message': { zh: '报文中没有读数', en: 'The message holds no reading and no event' },
  'unknown-metric': { zh: '型号没有该指标', en: 'The device model has no such metric' },
  'unknown-event': { zh: '型号没有该事件', en: 'The device model has no such event' },
  'event-respelt': {
    zh: '事件名的大小写或空格不符，已按其本义处理',
    en: 'The name of the event has other capitals or blanks: it is taken as what it means',
  },
  'key-repeated': {
    zh: '同一对象中字段重复：事件逐个处理，数值以最后一个为准',
    en: 'A key stands again in the same object: each event is taken, of values the last',
  },
  'unmapped-alarm': {
    zh: '设备报警含义未知，按一般报警处理',
    en: 'An alarm of the device that has no name here: it is told as a general alarm',
  },
  'not-a-number': { zh: '读数不是数字', en: 'The value is not a finite number' },
  'out-of-range': { zh: '读数超出合理范围', en: 'The value lies outside what can be true' },
  'clock-malformed': { zh: '时间无法识别', en: 'The time cannot be read' },
  'clock-future': { zh: '设备时间在未来', en: 'The device clock is ahead of ours by more than allowed' },
  'clock-past': {
    zh: '设备时间过早',
    en: 'The time lies long before the device was enrolled or before what is kept',
  },
  'not-enrolled-yet': {
    zh: '设备的登记时间（enrolled_at）在未来，此前的读数不采纳',
    en: 'The registry has the device enrolled in the future (enrolled_at): until then its readings are refused',
  },
  'call-without-rule': {
    zh: '呼救已收到，但没有启用的规则处理，或规则此刻不告警，没有按规则通知任何人',
    en: 'A call for help that was heard, and that no enabled rule tells anybody of, or none at this moment',
  },
  'no-instant': {
    zh: '过去的值，没有说明时刻',
    en: 'A value of the past, and nobody says of which instant',
  },
  'same-instant': {
    zh: '同一时刻有两个不同的血压值，以后一个为准',
    en: 'Another blood pressure of the same instant: the later word is taken, in place of this one',
  },
  duplicate: { zh: '重复读数', en: 'This reading was taken before' },
  'counter-backwards': {
    zh: '表数倒退，等待确认',
    en: 'The counter went back; held until the next reading explains it',
  },
  'counter-jump': {
    zh: '表数突增超过管道流量，等待确认',
    en: 'The counter jumped by more than can pass; held until the next reading explains it',
  },
  'after-exchange': {
    zh: '换表前的旧读数',
    en: 'A reading of the meter that was exchanged, after its exchange',
  },
  'before-move': {
    zh: '设备在前一户时的旧读数，不算在现住户名下',
    en: 'Measured in the home where the device was before: it says nothing of the one where it is now',
  },
} as const satisfies Record<string, Text>;

export type RejectionReason = keyof typeof REJECTION_REASONS;

/**
 * An enrolled device calls for help in what was not taken: it came over a way that is not the device's own, its model cannot
 * read it, but the words are plain, or somebody has disabled the device in the registry.
 */
export interface UntakenCall {
  readonly device: string;
  readonly call: Call;
  readonly why: 'foreign-way' | 'in-words' | 'disabled';
  /** A state that stands, and is the same for as long as this is: it is told again when it came back, and not because it is there. */
  readonly standing?: string;
}

/** Somebody calls for help whom the registry does not know: how the message calls them, or the topic that it came under. */
export interface StrangerCall {
  readonly address: string;
  readonly call: Call;
}

/** A rejection as an operator sees it. The payload is kept as it came, cut to `rejectionPayloadBytesMax`. */
export interface Rejection {
  readonly at: number;
  readonly reason: RejectionReason;
  readonly topic: string;
  /** Who published: the client id or, where the device is known, the device id. */
  readonly from: string;
  readonly device?: string;
  readonly detail?: string;
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
  /** Who calls for help in it. Not stored with it: it is told when it comes. */
  readonly calls?: readonly UntakenCall[];
  /** The same of whom nobody enrolled, where whoever looked into it knows. */
  readonly strangers?: readonly StrangerCall[];
  /** What calls in the message is another device. Not stored either. */
  readonly callsNot?: true;
  /** By how much its clock is ahead of ours, in milliseconds. Not stored with it either. */
  readonly aheadMs?: number;
}

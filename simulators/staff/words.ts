import type { RequestCategory } from '../../src/model/request-category.ts';
import type { Text } from '../../src/model/text.ts';
import type { Found } from '../incident.ts';

/** What the simulated staff and residents say. They know no more than people who were there. */

export const FOUND_WELL: Found = {
  phone: 'fine',
  seen: true,
  outcome: 'recovered',
  note: { zh: '见到老人，一切平安', en: 'Seen, and all is well' },
};

export const FOUND_WORKING: Found = {
  phone: 'fine',
  seen: true,
  outcome: 'recovered',
  note: {
    zh: '现场查看，设备正常；已提醒老人佩戴和充电',
    en: 'Looked at it: it works. Reminded them to wear and to charge it',
  },
};

export const REPAIRED: Text = { zh: '已修好，设备恢复上报', en: 'Repaired: it reports again' };

export const SOLVED: Readonly<Record<RequestCategory, readonly Text[]>> = {
  'house-repair': [
    { zh: '已请师傅上门修好，老人试过', en: 'Repaired by a craftsman, and tried by them' },
    { zh: '换了零件，已修好', en: 'A part was exchanged, it works again' },
  ],
  errands: [
    { zh: '已买好送到家', en: 'Bought and brought' },
    { zh: '已代办，单据交给老人', en: 'Done, and the papers handed over' },
  ],
  'medical-company': [{ zh: '已陪同就诊，取药回家', en: 'Went along, and came home with the medicine' }],
  company: [
    { zh: '陪老人聊天散步一小时', en: 'Talked and walked for an hour' },
    { zh: '志愿者结对，每周上门一次', en: 'A volunteer comes once a week from now on' },
  ],
  complaint: [{ zh: '已上门说明并整改', en: 'Explained at the door, and put right' }],
  other: [{ zh: '已上门办妥', en: 'Done at the door' }],
};

export const ASKED: Readonly<Record<RequestCategory, readonly Text[]>> = {
  'house-repair': [
    { zh: '厨房水龙头关不紧，一直滴水', en: 'The kitchen tap drips' },
    { zh: '卫生间灯不亮了', en: 'The light in the bathroom is broken' },
    { zh: '门锁钥匙不好转', en: 'The key hardly turns in the lock' },
  ],
  errands: [
    { zh: '腿疼下不了楼，想请人代买米和油', en: 'Cannot take the stairs today: rice and oil, please' },
    { zh: '请帮忙代取降压药', en: 'Please fetch the blood pressure pills' },
    { zh: '想订这周的助餐送餐', en: 'Meals on wheels for this week, please' },
  ],
  'medical-company': [
    {
      zh: '后天要去医院复查，想有人陪',
      en: 'A check in hospital the day after tomorrow: can somebody come along?',
    },
    {
      zh: '眼科预约好了，一个人去不方便',
      en: 'Has an appointment with the eye doctor, and nobody to go with',
    },
  ],
  company: [
    { zh: '想有人来聊聊天', en: 'Would like somebody to talk to' },
    { zh: '想有人陪着下楼走走', en: 'Would like company for a walk' },
  ],
  complaint: [{ zh: '楼道杂物堵路，反映过没人清', en: 'The stairs are blocked; it was said before' }],
  other: [{ zh: '手机不会设置，想请人教一教', en: 'Needs help with the telephone' }],
};

/** As people write while they are at it. */
export const UNDER_WAY: readonly Text[] = [
  { zh: '已联系邻居先去看看', en: 'A neighbour looks in first' },
  { zh: '手头事办完就过去', en: 'On my way as soon as this here is done' },
  { zh: '已约好上门时间', en: 'A time is agreed' },
];

export const NOT_SATISFIED: readonly Text[] = [
  {
    zh: '老人说问题还在，希望再来看看',
    en: 'They say it is not settled, and would like somebody to come again',
  },
  { zh: '家属不放心，要求再上门一次', en: 'The family is uneasy and asks for another visit' },
];

export const NOBODY_ANSWERS: Text = {
  zh: '多次回访未接通，已向家属核实情况',
  en: 'Not reached at several call-backs; the family confirms how it stands',
};

export const DECLARED_ABSENT: Text = { zh: '办理事项时得知', en: 'Learnt while handling a case' };

export const VISITED: readonly Text[] = [
  { zh: '老人精神好，血压正常', en: 'In good spirits, blood pressure normal' },
  { zh: '聊了一会儿，提醒按时吃药', en: 'Talked for a while, reminded of the medicine' },
  { zh: '查看了用电用气，无隐患', en: 'Looked at cables and gas: no danger' },
  { zh: '送去社区活动通知', en: 'Brought the invitation of the community' },
];

export const NOBODY_IN: Text = {
  zh: '敲门无人，邻居说出门买菜',
  en: 'Nobody in; shopping, says a neighbour',
};

import type { Noun } from './registry.ts';
import type { Text } from './text.ts';

/**
 * What is probably a mistake in a list that is to be taken over, and may be meant: it is said before anything is changed, and
 * hinders nothing.
 */
export const IMPORT_WARNINGS = {
  'unit-without-building': {
    zh: '单元“{name}”上面没有楼栋：各楼的“{name}”会混在一起',
    en: 'the unit "{name}" stands in no building: units of that name in several buildings become one',
  },
  'beside-lower-places': {
    zh: '没有写到{level}，而同在“{place}”的其他住户写到了{level}：是否漏填？',
    en: 'no {level} is named, though other homes in "{place}" have one: was it left out?',
  },
  'same-room': {
    zh: '房号“{name}”在同一处已有住户 {other}（{where}）：同一户请用同一个住户编号',
    en: 'the room "{name}" in the same place has the home {other} already ({where}): one home has one id',
  },
  'place-spelt-otherwise': {
    zh: '“{name}”与“{other}”（{where}）可能是同一处的两种写法，会成为两处',
    en: '"{name}" and "{other}" ({where}) may be one place spelt in two ways; they become two',
  },
  'person-twice': {
    zh: '“{name}”同一姓名和电话也在住户 {other}（{where}）：是否同一位老人登记了两次？',
    en: '"{name}" with the same telephone is in home {other} as well ({where}): is one person entered twice?',
  },
  'another-person': {
    zh: '“{other}”会改名为“{name}”：若是换了人住，请先删除原来的老人，否则健康备注等会留给新住的人',
    en: '"{other}" would be called "{name}": if somebody else moved in, remove who lived there first, or notes on their health stay with the new one',
  },
  'shorter-number': {
    zh: '设备编号“{name}”比名单中同型号的其他编号（{length} 位）短：开头的 0 是否被表格软件去掉了？编号不对，设备的报文就无人认领',
    en: 'the device id "{name}" is shorter than the others of its model in the list ({length} digits): has a spreadsheet dropped zeros at its beginning? Under another id nothing of the device is heard',
  },
  'channel-not-there': {
    zh: '“{name}”写的通知渠道 {channel} 在运行中的服务里没有：经它通知不到。请核对 channels.yaml；刚加上的渠道要重启服务后才有',
    en: '"{name}" names the channel {channel}, which the running service does not have: nobody is told over it. Compare channels.yaml; one that was added since the start is there after a restart',
  },
  'contact-has-own-phone': {
    zh: '联系人“{name}”的电话与老人本人相同：老人不接时也找不到联系人',
    en: 'the contact "{name}" has the telephone of the resident: where one does not answer, neither will the other',
  },
} as const satisfies Record<string, Text>;
export type ImportWarningCode = keyof typeof IMPORT_WARNINGS;

export interface ImportWarning {
  /** Of the list, counted from 1. */
  readonly line: number;
  readonly code: ImportWarningCode;
  readonly noun: Noun;
  readonly key: string;
  readonly text: Text;
}

export type WarningParts = Readonly<Record<string, string | Text>>;

/** The words of a warning, filled in. */
export function warningText(code: ImportWarningCode, parts: WarningParts): Text {
  const fill = (language: keyof Text) =>
    IMPORT_WARNINGS[code][language].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const part = parts[name];
      return typeof part === 'object' ? part[language] : (part ?? whole);
    });
  return { zh: fill('zh'), en: fill('en') };
}

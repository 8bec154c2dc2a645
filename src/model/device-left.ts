import type { Alert } from './alert.ts';
import type { Text } from './text.ts';

/**
 * Why a device is not where it was any more: it was given to another home, switched off, or is another model now; or it was a
 * stranger, and belongs to a home now.
 */
export type Leaves = 'moved' | 'disabled' | 'model' | 'enrolled';

/** Names of the values in the evidence of an alert that ended with its device. */
export const LEFT = { how: 'deviceLeft', toZh: 'deviceLeftToZh', toEn: 'deviceLeftToEn' } as const;

/** What became of the device with which an alert ended; undefined: it, or its home, is in no registry any more. */
export function leftText({ values }: Alert['evidence']): Text | undefined {
  const [zh, en] = [values[LEFT.toZh] ?? '', values[LEFT.toEn] ?? ''];
  switch (values[LEFT.how] as Leaves | undefined) {
    case 'moved':
      return { zh: `设备已移到 ${zh}`, en: `the device was moved to ${en}` };
    case 'disabled':
      return { zh: '设备已停用', en: 'the device was disabled' };
    case 'model':
      return { zh: `设备型号已改为 ${zh}`, en: `the device is of another model now, ${en}` };
    case 'enrolled':
      return {
        zh: `设备已登记在 ${zh}，呼救已转为该户的事项`,
        en: `the device was enrolled in ${en}: its call is a case of that home now`,
      };
    default:
      return undefined;
  }
}

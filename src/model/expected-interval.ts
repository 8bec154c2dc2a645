import { DAY } from '../lib/clock.ts';
import type { Text } from './text.ts';

/**
 * How often a device may be said to report at the most seldom: a meter that is read once a month. One of which nothing is expected for
 * years is never missed. Entries of before stand as they are, and their journal is read: of those it is told.
 */
export const EXPECTED_INTERVAL_MS_MAX = 31 * DAY;
export const EXPECTED_INTERVAL_FORM = 'an interval of 31d at most';

const NAMED_MAX = 5;

/** Of these devices, which stand in the registry with more. */
export function neverMissedText(devices: readonly string[]): Text {
  const named = devices.slice(0, NAMED_MAX);
  const rest = devices.length - named.length;
  return {
    zh: `${devices.length} 台设备的上报间隔超过 31 天，失联时无人知晓：${named.join('、')}${rest > 0 ? ' 等' : ''}；请改正 expectedInterval`,
    en: `${devices.length} ${devices.length === 1 ? 'device is' : 'devices are'} expected to report less than every 31 days, so that nobody misses ${devices.length === 1 ? 'it' : 'them'}: ${named.join(', ')}${rest > 0 ? ' …' : ''}; correct expectedInterval`,
  };
}

import { chineseOfDetail } from '../../model/refusal-words.ts';
import { locale } from '../text/translate.ts';
import { dayTime } from './time.ts';

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/** What a refusal says beside its reason, in the language of its reader, with instants as the clocks there show them. */
export function refusalDetail(detail: string, now: number, zone: string): string {
  const words = locale.value === 'zh' ? chineseOfDetail(detail) : detail;
  return words.replace(INSTANT, (text) => dayAndTime(Date.parse(text), now, zone) ?? text);
}

/** A lying clock may name any year: that of another than ours is what is wrong with it, so it is left as it came. */
function dayAndTime(at: number, now: number, zone: string): string | undefined {
  const years = Math.abs(at - now) / (365 * 86_400_000);
  return years < 1 ? dayTime(at, now, zone) : undefined;
}

import { didYouMean } from '../lib/did-you-mean.ts';
import { REJECTION_REASONS, type RejectionReason } from '../model/rejection.ts';
import { many, type Text } from '../model/text.ts';
import type { Registry } from '../registry/registry.ts';
import { countBy } from './numbers.ts';
import type { Report } from './report.ts';
import type { Figures } from './scoring.ts';
import type { Incident, KnownKind } from './truth.ts';

/** So many names or reasons are told in one line; the report has all. */
const TOLD_MAX = 5;

/** The result in the terminal: what the first tiles of the page say. */
export function resultLines(report: Report, page: string): Text[] {
  const { homes, homeDays, overall, person } = report;
  const lines: Text[] = [
    {
      zh: `${homes} 户共 ${homeDays} 户日，告警 ${overall.alerts} 条；见 ${page}`,
      en: `${many(overall.alerts, 'alert', 'alerts')} in ${many(homeDays, 'home-day', 'home-days')} of ${many(homes, 'home', 'homes')}; see ${page}`,
    },
  ];
  if (!report.scoring) return lines;
  const [ofPeople, ofAll] = [scoreOf(person), scoreOf(overall)];
  return [
    ...lines,
    { zh: `关于老人：${ofPeople.zh}`, en: `about people: ${ofPeople.en}` },
    { zh: `全部告警：${ofAll.zh}`, en: `all alerts: ${ofAll.en}` },
  ];
}

function scoreOf({ found = 0, incidents = 0, falsePer30HomeDays = 0, falseAlerts = 0 }: Figures): Text {
  const share = incidents > 0 ? `${Math.round((100 * found) / incidents)} %` : '';
  return {
    zh: `发现 ${found} / ${incidents} 起${share && `（${share}）`}，误报 ${falseAlerts} 条，每 30 户日 ${falsePer30HomeDays} 条`,
    en: `${found} of ${many(incidents, 'incident', 'incidents')} found${share && ` (${share})`}, ${many(falseAlerts, 'false alert', 'false alerts')}, ${falsePer30HomeDays} in 30 home-days`,
  };
}

/** What was not taken, by the reasons; undefined if everything was. */
export function refusalsOf({ recording }: Report): Text | undefined {
  const all = Object.entries(recording.rejections).map(
    ([reason, count]) => [reason as RejectionReason, count ?? 0] as const,
  );
  if (all.length === 0) return undefined;
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const first = all.toSorted(([, a], [, b]) => b - a).slice(0, TOLD_MAX);
  const zh = first.map(([reason, count]) => `${REJECTION_REASONS[reason].zh}（${reason}）${count}`);
  const en = first.map(([reason, count]) => `${count} ${reason} (${REJECTION_REASONS[reason].en})`);
  return {
    zh: `${recording.messages} 条报文中拒收 ${total} 次：${zh.join('，')}`,
    en: `${many(total, 'refusal', 'refusals')} in ${many(recording.messages, 'message', 'messages')}: ${en.join(', ')}`,
  };
}

/** Nothing of the recording reached a rule: a report of such a run says nothing about the rules. */
export const tookNothing = ({ recording }: Report): boolean =>
  recording.readings === 0 &&
  recording.messages > 0 &&
  Object.values(recording.rejections).reduce((sum: number, count) => sum + (count ?? 0), 0) >=
    recording.messages;

/** What is odd about a run, known once it is over. */
export function oddRun({ recording, scoring }: Report): Text[] {
  const odd: Text[] = [];
  const { outOfOrder, messages } = recording;
  if (outOfOrder > 0)
    odd.push({
      zh: `${messages} 条报文中有 ${outOfOrder} 条的先后错乱超过 --lateness，按记录中的位置回放，其后的告警可能有误：请先按 receivedAt 排序`,
      en: `${outOfOrder} of ${many(messages, 'message', 'messages')} are further out of order than --lateness, and were played where they stand: alerts after them may be wrong. Sort the recording by receivedAt`,
    });
  const outside = scoring?.incidentsOutside ?? 0;
  if (outside > 0)
    odd.push({
      zh: `真值中有 ${outside} 起事件不在记录的时间段内：不计入任何数字`,
      en: `the truth has ${many(outside, 'incident', 'incidents')} outside of the time of the recording, left out of every figure`,
    });
  return odd;
}

/** What is odd about the list of what truly was. */
export function oddTruth(
  truth: readonly Incident[],
  kinds: ReadonlyMap<string, KnownKind>,
  registry: Registry,
): Text[] {
  const odd: Text[] = [];
  const elsewhere = truth.map(({ home }) => home).filter((home) => !registry.home(home));
  const names = [...new Set(elsewhere)].sort().slice(0, TOLD_MAX);
  if (elsewhere.length > 0)
    odd.push({
      zh: `真值中有未登记的住户：${names.join('、')}；其 ${elsewhere.length} 起事件不计入任何数字`,
      en: `the truth names homes that are not in the registry: ${names.join(', ')}; ${elsewhere.length === 1 ? 'their incident is' : `their ${elsewhere.length} incidents are`} left out of every figure`,
    });
  const strange = truth.filter(({ kind, aboutGiven }) => !aboutGiven && !kinds.has(kind));
  const counts = Object.entries(countBy(strange, ({ kind }) => kind));
  for (const [kind, count] of counts.slice(0, TOLD_MAX)) {
    const close = didYouMean(kind, [...kinds.keys()]);
    odd.push({
      zh: `真值中有不认识的种类 “${kind}”（${count} 起）${close ? `，是否想写 ${close}` : ''}？视为老人出事；是其他对象请写 "about"`,
      en: `the truth has ${many(count, 'incident', 'incidents')} of a kind that nobody knows, "${kind}"${close ? ` (did you mean ${close}?)` : ''}: taken for a person's, unless "about" says otherwise`,
    });
  }
  return odd;
}

import { HOUR } from '../../lib/clock.ts';
import type { Text } from '../../model/text.ts';
import { groupBy } from '../numbers.ts';
import type { Detection } from '../scoring.ts';
import { amount, both, escaped, lengthOf, note, say, sayText } from './markup.ts';

/** From ten seconds to two weeks: what a band reports at once and what water shows after a day stand in one picture. */
const [FROM_HOURS, TO_HOURS] = [10 / 3600, 24 * 14];
const TICKS: readonly { readonly hours: number; readonly label: Text; readonly minor?: true }[] = [
  { hours: 1 / 60, label: { zh: '1 分', en: '1 min' } },
  { hours: 1 / 6, label: { zh: '10 分', en: '10 min' }, minor: true },
  { hours: 1, label: { zh: '1 时', en: '1 h' } },
  { hours: 6, label: { zh: '6 时', en: '6 h' }, minor: true },
  { hours: 24, label: { zh: '1 天', en: '1 day' } },
  { hours: 24 * 7, label: { zh: '7 天', en: '7 days' }, minor: true },
];
/** Dots in one row; more would be a smear. They are taken evenly from all. */
const DOTS_MAX = 300;

/** Where a delay stands on the axis, 0 to 100. */
function place(hours: number): number {
  const within = Math.min(TO_HOURS, Math.max(FROM_HOURS, hours));
  const share = Math.log(within / FROM_HOURS) / Math.log(TO_HOURS / FROM_HOURS);
  return Number((100 * share).toFixed(2));
}

const axis = (): string =>
  `<div class="xaxis">${TICKS.map(({ hours, label, minor }) => `<span class="at x${minor ? ' minor' : ''}" style="left:${place(hours)}%">${sayText(label)}</span>`).join('')}</div>`;

/** How many of the incidents about people were known after how long: a curve, and a dot for each. */
export function delayPicture(detections: readonly Detection[], titleOf: (kind: string) => Text): string {
  const counted = detections.filter(({ openAlready }) => !openAlready);
  if (counted.length === 0) return '';
  const delays = counted
    .flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / HOUR]))
    .sort((a, b) => a - b);
  const rows = [...groupBy(counted, ({ incident }) => incident.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${curve(delays, counted.length)}
<h3 style="margin-top:22px">${say('每一起，按种类', 'Each one, by kind')}</h3>
<div class="strip">${rows.map(([kind, all]) => row(titleOf(kind), all)).join('')}<span></span>${axis()}<span></span></div>
${note(say('横轴为对数刻度：从事发到告警经过的时间。一个点是一起事件。', 'The axis is logarithmic: time from the beginning of the incident to the alert. A dot is an incident.'))}`;
}

function curve(delays: readonly number[], total: number): string {
  const points = delays.map((hours, index) => ({ x: place(hours), y: 100 - (100 * (index + 1)) / total }));
  let path = 'M0 100';
  for (const { x, y } of thinned(points)) path += `H${x}V${Number(y.toFixed(2))}`;
  path += 'H100';
  const grid = TICKS.map(({ hours }) => `<path class="grid" d="M${place(hours)} 0V100"/>`).join('');
  const levels = [0, 50, 90, 100];
  const lines = levels.map((level) => `<path class="grid" d="M0 ${100 - level}H100"/>`).join('');
  const labels = levels
    .filter((level) => level !== 90)
    .map((level) => `<span class="at y" style="top:${100 - level}%">${level} %</span>`)
    .join('');
  const found = both(
    `${amount(total)} 起中发现 ${amount(delays.length)} 起`,
    `${amount(delays.length)} of ${amount(total)} found`,
  );
  return `<div style="padding-left:46px"><div class="plot" style="height:220px" role="img" aria-label="${found}">
<svg viewBox="0 0 100 100" preserveAspectRatio="none">${grid}${lines}<path class="area" d="${path}V100Z"/><path class="line" d="${path}"/></svg>${labels}</div>${axis()}</div>`;
}

/** Not more points than can be told apart. */
function thinned<T>(items: readonly T[], max = DOTS_MAX): readonly T[] {
  if (items.length <= max) return items;
  return Array.from({ length: max }, (_, i) => items[Math.round((i * (items.length - 1)) / (max - 1))] as T);
}

function row(title: Text, all: readonly Detection[]): string {
  const found = all.filter(({ delayMs }) => delayMs !== undefined);
  const sorted = [...found].sort((a, b) => (a.delayMs ?? 0) - (b.delayMs ?? 0));
  const dots = thinned(sorted).map(({ incident, delayMs = 0 }) => {
    const { zh, en } = lengthOf(delayMs / HOUR);
    return `<i style="left:${place(delayMs / HOUR)}%" title="${escaped(incident.home)} · ${both(zh, en)}"></i>`;
  });
  const missed = all.length - found.length;
  const words = missed === 0 ? say('全部发现', 'all found') : say(`漏 ${missed}`, `${missed} missed`);
  return `<span class="name">${sayText(title)} <small>${all.length}</small></span><span class="row">${dots.join('')}</span><span class="missed${missed > 0 ? ' some' : ''}">${words}</span>`;
}

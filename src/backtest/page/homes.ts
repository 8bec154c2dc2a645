import type { HomeRow } from '../home-table.ts';
import { amount, escaped, note, say } from './markup.ts';

const BUCKETS: readonly { readonly to: number; readonly label: string }[] = [
  { to: 0, label: '0' },
  { to: 1, label: '1' },
  { to: 2, label: '2' },
  { to: 4, label: '3–4' },
  { to: 9, label: '5–9' },
  { to: 19, label: '10–19' },
  { to: Number.POSITIVE_INFINITY, label: '20+' },
];
const NOISIEST = 8;

/** How many homes had how many alerts about a person, and the homes with most. */
export function homesPicture(rows: readonly HomeRow[], pictured: ReadonlySet<string>): string {
  const counts = BUCKETS.map(() => 0);
  for (const { personAlerts } of rows) {
    const bucket = BUCKETS.findIndex(({ to }) => personAlerts <= to);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  const bars = BUCKETS.map(({ label }, i) => {
    const count = counts[i] ?? 0;
    const height = ((75 * count) / most).toFixed(1);
    return `<div class="bar">${amount(count)}<i class="${i === 0 ? 'quiet' : ''}" style="height:${height}%"></i><span>${label}</span></div>`;
  });
  return `<div class="bars">${bars.join('')}</div>
<p class="axis">${say('横轴：一户在整段时间内关于老人的告警数；柱高：户数', 'Across: alerts about a person in one home over the whole time. Height: homes')}</p>
${noisiest(rows, pictured)}`;
}

function noisiest(rows: readonly HomeRow[], pictured: ReadonlySet<string>): string {
  const top = [...rows]
    .filter(({ personAlerts }) => personAlerts > 1)
    .sort((a, b) => b.personAlerts - a.personAlerts || (a.home < b.home ? -1 : 1))
    .slice(0, NOISIEST);
  if (top.length === 0) return '';
  const all = rows.reduce((sum, { personAlerts }) => sum + personAlerts, 0);
  const theirs = top.reduce((sum, { personAlerts }) => sum + personAlerts, 0);
  const items = top.map(({ home, personAlerts, falsePersonAlerts }) => {
    const name = pictured.has(home) ? `<a href="#home-${escaped(home)}">${escaped(home)}</a>` : escaped(home);
    const wrong =
      falsePersonAlerts === undefined
        ? ''
        : say(`，误报 ${falsePersonAlerts}`, `, ${falsePersonAlerts} false`);
    return `<li style="--tone:var(--accent)">${name}: ${personAlerts}${wrong}</li>`;
  });
  return `<h3 style="margin-top:14px">${say('关于老人的告警最多的住户', 'Homes with most alerts about people')}</h3><ul class="list">${items.join('')}</ul>
${concentrated(top.length, theirs / all, all)}`;
}

/** Where few homes have much of it, looking at these is worth more than another limit for all. */
const MUCH = 0.2;

function concentrated(homes: number, share: number, all: number): string {
  if (share < MUCH) return '';
  const percent = Math.round(100 * share);
  return note(
    say(
      `这 ${homes} 户占全部 ${amount(all)} 条的 ${percent} %。先看它们：多半可用“外出”登记或单户参数解决。`,
      `These ${homes} homes have ${percent} % of all ${amount(all)}. Look at them first: an away period or other limits for the one home may help.`,
    ),
  );
}

/** Days of a period as the fields of the ledger have them: `2026-03-01`. */
export interface Days {
  readonly first: string;
  readonly last: string;
}

const DAY = 86_400_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const at = (day: string): number => Date.parse(`${day}T00:00Z`);
const dayAfter = (day: string): string => dayOf(at(day) + DAY);
const monthOf = (day: string): string => day.slice(0, 7);

/** From its first day to today, or to its last. */
export function monthTo(today: string, back: 0 | 1 = 0): Days {
  const first = `${monthOf(today)}-01`;
  if (back === 0) return { first, last: today };
  const last = dayOf(at(first) - DAY);
  return { first: `${monthOf(last)}-01`, last };
}

/** The period before, to compare with: of whole months as many months, else as many days. Undefined where it is no period. */
export function before({ first, last }: Days): Days | undefined {
  const days = (at(last) - at(first)) / DAY + 1;
  if (!(days >= 1)) return undefined;
  const end = dayOf(at(first) - DAY);
  const isMonths = first.endsWith('-01') && dayAfter(last).endsWith('-01');
  if (!isMonths) return { first: dayOf(at(first) - days * DAY), last: end };
  const [year = 0, month = 1] = first.split('-').map(Number);
  const [nextYear = 0, nextMonth = 1] = dayAfter(last).split('-').map(Number);
  const months = (nextYear - year) * 12 + nextMonth - month;
  return { first: dayOf(Date.UTC(year, month - 1 - months, 1)), last: end };
}

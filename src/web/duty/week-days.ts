import { inputTime, instantOf } from '../format/time.ts';

const DAY = 86_400_000;

/** A day of the calendar in the roster's zone. */
export interface WeekDay {
  /** `2026-03-02` */
  readonly date: string;
  readonly from: number;
}

/** Monday to Sunday of the week in which an instant lies, and where the week ends. */
export function weekOf(
  at: number,
  zone: string,
): { readonly days: readonly WeekDay[]; readonly until: number } {
  const date = inputTime(at, zone).slice(0, 10);
  const noon = Date.parse(`${date}T12:00Z`);
  const monday = noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY;
  const days = Array.from({ length: 8 }, (_, i) => {
    const on = new Date(monday + i * DAY).toISOString().slice(0, 10);
    return { date: on, from: instantOf(`${on}T00:00`, zone) ?? at };
  });
  return { days: days.slice(0, 7), until: days[7]?.from ?? at };
}

import { z } from 'zod';
import { dateOf, dayOf, weekdayOf, yearOf } from '../lib/recurrence.ts';

const date = z
  .string()
  .refine((text) => dayOf(text) !== undefined, 'a day of the calendar, such as 2026-10-01');
const name = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) });

/**
 * Days off and days of work that the calendar alone does not tell: China's holidays, and 调休, the Saturdays and Sundays
 * on which people work for them. A file of data, for the years that it names.
 */
export const holidaysSchema = z.strictObject({
  source: z.string().max(300).meta({ title: 'Where the days are from' }),
  years: z
    .array(z.number().int().min(1990).max(2200))
    .meta({ title: 'Years that are complete', description: 'for others it is said that nothing is known' }),
  off: z.array(z.strictObject({ date, name })).max(5_000).meta({ title: 'Days off' }),
  work: z
    .array(z.strictObject({ date, name }))
    .max(2_000)
    .meta({ title: 'Working days', description: 'Saturdays and Sundays on which people work' }),
});

export type Holidays = z.output<typeof holidaysSchema>;

/** Answers what kind of day it is. Without data Saturday and Sunday are off. */
export interface WorkCalendar {
  /** `day` counts since 1970. */
  isWorkday(day: number): boolean;
  /** Whether the year of the day is known; where no holidays are kept, every year is. */
  knows(day: number): boolean;
  /** What the day is called, where it is not as the week has it. */
  nameOf(day: number): Holidays['off'][number]['name'] | undefined;
}

const isWeekday = (day: number): boolean => weekdayOf(day) <= 5;

/** The week alone: nobody keeps holidays here. */
export const PLAIN_WEEK: WorkCalendar = { isWorkday: isWeekday, knows: () => true, nameOf: () => undefined };

export function workCalendar({ years, off, work }: Holidays): WorkCalendar {
  const offDays = new Map(off.map((each) => [each.date, each.name]));
  const workDays = new Map(work.map((each) => [each.date, each.name]));
  const known = new Set(years);
  return {
    isWorkday(day) {
      const on = dateOf(day);
      return workDays.has(on) || (isWeekday(day) && !offDays.has(on));
    },
    knows: (day) => known.has(yearOf(day)),
    nameOf: (day) => offDays.get(dateOf(day)) ?? workDays.get(dateOf(day)),
  };
}

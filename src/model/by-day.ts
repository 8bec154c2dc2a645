/**
 * The one place that says what day is. Nobody calls an older person back, and nobody is told of what can wait, at night on
 * the clocks of the home: what falls there waits for the morning. Minutes of the day.
 */
export const BY_DAY = {
  from: 8 * 60,
  to: 20 * 60,
  /** An hour into the day: who comes to work has seen the list before anybody is told that they are late. */
  morning: 9 * 60,
} as const;

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:00`;

/** As pages and descriptions say it. */
export const BY_DAY_WORDS = {
  day: `${clock(BY_DAY.from)} to ${clock(BY_DAY.to)}`,
  morning: clock(BY_DAY.morning),
} as const;

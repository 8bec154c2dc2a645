import { HOUR } from '../src/lib/clock.ts';

const DAYS = 21;

/** What a meter says of the three weeks up to now, a message a day: five litres in every fifth hour. */
export function weeksOfWater(now: number): { at: number; water_index_m3: number }[][] {
  return Array.from({ length: DAYS }, (_, day) =>
    Array.from({ length: 24 }, (_, ofDay) => {
      const hour = 24 * day + ofDay;
      return { at: now - (24 * DAYS - hour) * HOUR, water_index_m3: 10 + 0.005 * Math.floor(hour / 5) };
    }),
  );
}

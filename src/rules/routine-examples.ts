import type { ExampleInput } from './define.ts';

// Days of one home, for the examples of the rule on its routine: hours, and cubic metres.

/** Each day the same: read each hour, five litres drawn in each from 8 to 22, none in the night; `leak` m³ an hour. */
export function ordinaryDays(days: number, leak = 0) {
  return Array.from({ length: days }, (_, day) => {
    const start = day * 24;
    const index = (hour: number, drawn: number) => ({
      water_index_m3: 1 + 0.075 * day + drawn + leak * (start + hour),
    });
    const still = { water_index_m3: leak };
    return [
      { at: start, every: 1, until: start + 8, values: index(0, 0), step: still },
      {
        at: start + 8,
        every: 1,
        until: start + 23,
        values: index(8, 0.005),
        step: { water_index_m3: 0.005 + leak },
      },
      { at: start + 23, values: index(23, 0.075) },
    ];
  }).flat();
}

/** Somebody moves from 7 to 23 of each day and goes out at 15; both sensors are heard all the time. */
export function watchedDays(days: number): ExampleInput[] {
  return Array.from({ length: days }, (_, day) => [
    { device: 'hall', at: 24 * day, every: 1, until: 24 * day + 7, values: { motion_bool: 0 } },
    { device: 'hall', at: 24 * day + 7, every: 1, until: 24 * day + 23, values: { motion_bool: 1 } },
    { device: 'door', at: 24 * day, every: 4, until: 24 * day + 24, values: { door_open_bool: 0 } },
    { device: 'door', at: 24 * day + 15.5, values: { door_open_bool: 1 } },
    { device: 'door', at: 24 * day + 15.51, values: { door_open_bool: 0 } },
  ]).flat();
}

/** The seventeenth day: water and movement until half past ten. */
export function stillDay(): ExampleInput[] {
  return [
    { at: 384, every: 1, until: 392, values: { water_index_m3: 2.2 } },
    { at: 392, every: 1, until: 395, values: { water_index_m3: 2.205 }, step: { water_index_m3: 0.005 } },
    { at: 395, every: 1, until: 411, values: { water_index_m3: 2.215 } },
    { device: 'hall', at: 384, every: 1, until: 391, values: { motion_bool: 0 } },
    { device: 'hall', at: 391, every: 0.5, until: 394.6, values: { motion_bool: 1 } },
    { device: 'hall', at: 395, every: 1, until: 411, values: { motion_bool: 0 } },
    { device: 'door', at: 384, every: 4, until: 411, values: { door_open_bool: 0 } },
  ];
}

/** Two litres each third hour, after sixteen ordinary days. */
export function softener(): ExampleInput[] {
  return Array.from({ length: 9 }, (_, third) => ({
    at: 384 + 3 * third,
    every: 1,
    until: 387 + 3 * third,
    values: { water_index_m3: 2.2 + 0.002 * third },
  }));
}

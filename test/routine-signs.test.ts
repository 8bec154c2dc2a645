import { describe, expect, test } from 'vitest';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import type { ExampleInput, RuleExample } from '../src/rules/define.ts';
import { kinds } from './core.ts';
import { alertsOf } from './rule-examples.ts';
import { atLength } from './runs.ts';

/**
 * The personal routine where movement is seen, and no contact hangs on the front door. Hours since a midnight, nineteen days of
 * habit: up from seven to eleven, water in each hour from eight on, once up in the night, and back to bed through the hall.
 */
const ROOMS = { hall: 'hall', living: 'living-room', bath: 'bathroom', kitchen: 'kitchen' } as const;
type Room = keyof typeof ROOMS;
const DAYS = 19;
const START = 24 * DAYS;

const moves = (device: Room, at: number): ExampleInput => ({ device, at, values: { motion_bool: 1 } });
const drawnBy = (hour: number): number => {
  const ofDay = Math.min(15, Math.max(0, (hour % 24) - 7));
  return (15 * Math.floor(hour / 24) + ofDay) * 0.005;
};
const reading = (at: number, m3: number): ExampleInput => ({
  at,
  receivedAt: at + 0.005,
  values: { water_index_m3: 1 + m3 },
});

/** All is as usual until `last`; then nothing, but what the sensors and the meter say of it. */
function life(last: number, until: number, rooms: readonly Room[]): ExampleInput[] {
  const inputs: ExampleInput[] = [];
  for (let hour = 0; hour <= until; hour++) {
    inputs.push(reading(hour, drawnBy(Math.min(hour, Math.ceil(last)))));
    for (const device of rooms) inputs.push({ device, at: hour + 0.001, values: { motion_bool: 0 } });
    const ofDay = hour % 24;
    if (ofDay === 3) inputs.push(moves('bath', hour + 0.1), moves('hall', hour + 0.12));
    if (ofDay >= 7 && ofDay < 23) inputs.push(moves('living', hour + 0.2), moves('living', hour + 0.7));
    if (ofDay >= 7 && ofDay < 22) inputs.push(moves('kitchen', hour + 0.9));
  }
  return inputs.filter(
    ({ device, at, values }) =>
      device === undefined || (rooms.includes(device as Room) && (values?.motion_bool !== 1 || at <= last)),
  );
}

function alerts(
  last: number,
  {
    rooms = ['hall', 'living', 'bath', 'kitchen'],
    more = [] as ExampleInput[],
    silent = '',
    sleepsThrough = false,
  } = {},
  kind = 'personal-routine',
  beside: RuleExample['beside'] = [],
): unknown[] {
  const devices = Object.fromEntries(
    rooms.map((room) => [room, { model: 'motion-sensor', place: ROOMS[room as Room] }]),
  );
  const until = START + 42;
  const inputs = [...life(last, until, rooms as Room[]), ...more].filter(
    ({ device, at, values }) =>
      (device !== silent || at < START + 24) &&
      !(sleepsThrough && values?.motion_bool === 1 && at % 24 < 7 && at < START),
  );
  const params = kind === 'personal-routine' ? { historyDays: 14 } : { asideForRoutine: true };
  return alertsOf(kinds.get(kind) as AnyRuleKind, {
    name: 'a home with motion sensors',
    params,
    devices,
    inputs,
    beside,
    until,
    expect: [{ raised: 0, since: 0 }],
  });
}

describe('the routine of a home with motion sensors alone', () => {
  test('gives who was last seen in a room eight hours, to the minute: nobody leaves but through the hall', () => {
    expect(alerts(START + 14.7)).toEqual([{ raised: START + 22.7, since: START + 22.7 }]);
  });

  atLength('gives them an hour more where the hall is not watched', () => {
    const rooms = ['living', 'bath', 'kitchen'];
    expect(alerts(START + 14.7, { rooms })).toEqual([{ raised: START + 23.7, since: START + 23.7 }]);
  });

  test('waits for the next reading where water may be drawn unseen', () => {
    const rooms = ['hall', 'living', 'kitchen'];
    expect(alerts(START + 14.7, { rooms })).toEqual([{ raised: START + 23.005, since: START + 23 }]);
  });

  test('gives who was last seen in the hall by day twelve hours: they may have gone out', () => {
    expect(alerts(START + 14.75, { more: [moves('hall', START + 14.75)] })).toEqual([
      { raised: START + 26.75, since: START + 26.75 },
    ]);
  });

  test('but not in the night: they went back to bed', () => {
    expect(alerts(START + 3.12)).toEqual([{ raised: START + 11.12, since: START + 11.12 }]);
  });

  atLength('does not forget all movements over one that came after the reading was taken', () => {
    const until = START + 23;
    const more = [moves('living', START + 22 + 0.003), moves('hall', START + 22 + 0.004)];
    const dry = life(until, until, ['hall', 'living', 'bath', 'kitchen']).map((input) =>
      input.device === undefined && input.at > START + 8 ? reading(input.at, drawnBy(START + 8)) : input,
    );
    const devices = Object.fromEntries(
      Object.entries(ROOMS).map(([id, place]) => [id, { model: 'motion-sensor', place }]),
    );
    const example = { name: 'no water all day', params: { historyDays: 14 }, devices, until, expect: [] };
    const inputs = [...dry, ...more];
    expect(alertsOf(kinds.get('personal-routine') as AnyRuleKind, { ...example, inputs })).toEqual([]);
  });

  atLength(
    'is not ended by a sensor that falls silent, though the last draw was read after the last movement',
    () => {
      expect(alerts(START + 14.7, { silent: 'hall' })).toEqual([
        { raised: START + 22.7, since: START + 22.7 },
      ]);
    },
  );
});

describe('a cat that walks about where nobody draws water any more', () => {
  const cat = Array.from({ length: 40 }, (_, hour) => moves('living', START + 14.7 + hour));
  const routine = { id: 'W0', kind: 'personal-routine', params: { historyDays: 14 } };

  test('holds the routine back, and not the rule of the day', () => {
    const home = { more: cat, sleepsThrough: true };
    expect(alerts(START + 14.7, home)).toEqual([]);
    expect(alerts(START + 14.7, home, 'low-consumption', [routine])).toHaveLength(1);
  });
});

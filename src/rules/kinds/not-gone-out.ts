import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { hourAfter } from '../daily-hours.ts';
import { defineRule, type ExampleInput, type Finding, type RuleContext } from '../define.ts';
import { lastSign } from '../last-sign.ts';
import { hoursInTheEnd } from '../milder.ts';
import {
  doorsOf,
  isFrontDoor,
  lastHeard,
  latest,
  listen,
  measuredSince,
  type SensorState,
} from '../sensor-log.ts';
import { drawnAt } from '../signs-of-life.ts';

const params = z.strictObject({
  hours: z.number().min(12).max(168).default(48).meta({ title: 'Without an opening', unit: 'h' }),
  quietHours: z.number().min(0).max(72).default(0).meta({
    title: 'And no water drawn for',
    unit: 'h',
    description:
      'in a home with a water meter that is read: who draws water is well, and merely stayed in; 0: water does not matter',
  }),
  countedFromHour: z.number().int().min(0).max(23).default(8).meta({
    title: 'Told at this hour',
    unit: 'h',
    description: 'local time: days count from here, so that nobody is called at night',
  }),
});
type Params = z.output<typeof params>;
interface State extends SensorState {
  /** They merely stayed in: not asked again before this. */
  askedAgain?: number;
}
type Context = RuleContext<Params, State>;

/**
 * Nobody has gone out or let anybody in for two days. Says nothing about where the person is: one who left and did not
 * come back is found as well. A contact without heartbeats makes no claim.
 */
export default defineRule<Params, State>({
  kind: 'not-gone-out',
  title: { zh: '久未出门', en: 'Has not gone out' },
  summary: {
    zh: '入户门在规定时间内没有打开过，于次日固定钟点告警；门打开即解除。门磁静默期间不作判断。',
    en: 'Raises at a fixed hour when the front door has not been opened for so long, and ends when it opens. A contact that is silent makes no claim.',
  },
  about: 'person',
  priority: 'P3',
  scope: 'home',
  inactivity: true,
  params,
  // The battery is a heartbeat too.
  needs: ['door_open_bool'],
  reads: () => ({ metrics: ['door_open_bool', 'battery_pct'] }),
  hears: ({ metrics }) => metrics.includes('door_open_bool'),
  lacks: ({ devices }) => (devices.some(isFrontDoor) ? undefined : 'no-device'),
  onReport(context, report) {
    const { device } = context;
    if (!device || !isFrontDoor(device)) return;
    const state = context.state ?? { logs: [] };
    const before = openedAt(state);
    listen(state, device, report, context.devices);
    context.state = state;
    if (openedAt(state) !== before) opened(context, openedAt(state));
    judge(context, state);
  },
  looksAnew: true,
  onTimer(context) {
    if (context.state) judge(context, context.state);
  },
  milder: [
    {
      param: 'hours',
      title: { zh: '多久没有开门', en: 'Without an opening' },
      toward: 'up',
      step: 6,
      measured: (alert) => hoursInTheEnd(alert, 'hours'),
    },
  ],
  examples: [
    {
      name: 'told at eight, once 48 hours have passed since the last opening',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 10, values: { door_open_bool: 0 } },
        { at: 10, values: { door_open_bool: 1 } },
        { at: 10.1, every: 4, until: 84, values: { door_open_bool: 0 } },
      ],
      until: 84,
      expect: [{ raised: 80, since: 80, priority: 'P3' }],
    },
    {
      name: 'the door opens, and it ends',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 60, values: { door_open_bool: 0 } },
        { at: 60, values: { door_open_bool: 1 } },
      ],
      until: 62,
      expect: [{ raised: 56, cleared: 60, reason: 'recovered' }],
    },
    {
      name: 'must not fire: who draws water merely stayed in',
      model: 'door-contact',
      params: { quietHours: 12 },
      devices: { water: { model: 'water-meter' } },
      inputs: [{ at: 0, every: 4, until: 110, values: { door_open_bool: 0 } }, ...draws(14)],
      until: 110,
      expect: [],
    },
    {
      name: 'and draws none any more: told at eight of the next day',
      model: 'door-contact',
      params: { quietHours: 12 },
      devices: { water: { model: 'water-meter' } },
      inputs: [
        { at: 0, every: 4, until: 110, values: { door_open_bool: 0 } },
        ...draws(8),
        { device: 'water', at: 64, every: 1, until: 110, values: { water_index_m3: 1.07 } },
      ],
      until: 110,
      expect: [{ raised: 80, since: 80 }],
    },
    {
      name: 'must not fire: the door opens every other day',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 150, values: { door_open_bool: 0 } },
        { at: 10, every: 44, until: 150, values: { door_open_bool: 1 } },
      ],
      until: 150,
      expect: [],
    },
    {
      name: 'must not fire: a contact that is silent makes no claim',
      model: 'door-contact',
      inputs: [{ at: 0, every: 4, until: 40, values: { door_open_bool: 0 } }],
      until: 120,
      expect: [],
    },
    {
      name: 'must not fire: after a silence the time counts from when it was heard again',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 30, values: { door_open_bool: 0 } },
        { at: 50, every: 4, until: 100, values: { door_open_bool: 0 } },
      ],
      until: 100,
      expect: [],
    },
    {
      name: 'a door that stays open for two days is not one that opens',
      model: 'door-contact',
      inputs: [
        { at: 0, values: { door_open_bool: 0 } },
        { at: 4, every: 4, until: 60, values: { door_open_bool: 1 } },
      ],
      until: 60,
      expect: [{ raised: 56, since: 56 }],
    },
    {
      name: 'an opening that is told late withdraws it',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 64, values: { door_open_bool: 0 } },
        { at: 30.5, receivedAt: 57, values: { door_open_bool: 1 } },
      ],
      until: 64,
      expect: [{ raised: 56, cleared: 57, reason: 'late-data' }],
    },
    {
      name: 'must not fire: a day and more that comes at once, out of order, with an opening in it',
      model: 'door-contact',
      inputs: [
        { at: 0, every: 4, until: 24, values: { door_open_bool: 0 } },
        { at: 41, receivedAt: 60, values: { door_open_bool: 1 } },
        { at: 24, every: 4, until: 60, receivedAt: 60, values: { door_open_bool: 0 } },
      ],
      until: 70,
      expect: [],
    },
  ],
});

/** A water meter that is read each hour, and at which ten litres are drawn every eight. */
function draws(times: number): ExampleInput[] {
  return Array.from({ length: times }, (_, index) => ({
    device: 'water',
    at: 8 * index,
    every: 1,
    until: 8 * index + 8,
    values: { water_index_m3: 1 + 0.01 * index },
  }));
}

const openedAt = (state: SensorState): number => latest(doorsOf(state).map(({ rose }) => rose));

/** What is open was about a time without an opening: it is over, or it never was. */
function opened(context: Context, at: number): void {
  const { open, params: limits, timeZone } = context;
  if (!open || at > open.since) context.clear('recovered');
  else if (dueAfter(at, limits, timeZone) > open.since) context.clear('late-data');
}

const dueAfter = (at: number, { hours, countedFromHour }: Params, timeZone: string): number =>
  hourAfter(at, hours, countedFromHour, timeZone);

function judge(context: Context, state: State): void {
  const closed = measuredSince(
    Math.max(openedAt(state), context.presentSince),
    state,
    context.devices.filter(isFrontDoor),
    context.now,
  );
  if (closed === undefined) {
    context.wakeAt(0);
    return;
  }
  const due = Math.max(dueAfter(closed, context.params, context.timeZone), state.askedAgain ?? 0);
  if (due > context.now) {
    context.wakeAt(due);
    return;
  }
  if (!context.open && drewWater(context)) {
    // They merely stayed in: asked again at the same hour of the next day.
    state.askedAgain = hourAfter(context.now + 1, 0, context.params.countedFromHour, context.timeZone);
    context.wakeAt(state.askedAgain);
    return;
  }
  context.raise(finding(context, state, closed, due));
  // While it holds it is looked at again: people may resolve it, and nothing else wakes this rule then.
  context.wakeAt(context.now + HOUR);
}

/** Was water drawn in the home in the last hours, as far as its meters are read? */
function drewWater({ devices, params: { quietHours }, now }: Context): boolean {
  return quietHours > 0 && now - drawnAt(devices, now) <= quietHours * HOUR;
}

function finding(context: Context, state: SensorState, closed: number, due: number): Finding {
  const hours = Math.floor((due - closed) / HOUR);
  const opening = openedAt(state);
  const when = shortLocal(closed, context.timeZone);
  const [zhFrom, enFrom] =
    opening === closed ? [`上次开门 ${when}`, `last opened at ${when}`] : [`自 ${when} 起`, `since ${when}`];
  return {
    since: due,
    at: due,
    from: closed,
    evidence: {
      text: {
        zh: `入户门已 ${hours} 小时没有打开（${zhFrom}），门磁心跳正常`,
        en: `The front door has not been opened for ${hours} h (${enFrom}); the contact is heard as it should be`,
      },
      readings: [],
      coverage: 'measured',
      freshnessMs: context.now - latest(context.devices.map(({ state: { id } }) => lastHeard(state, id))),
      values: { hours, limitHours: context.params.hours, ...lastSign(context, opening) },
    },
  };
}

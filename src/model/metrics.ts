import { EVENTS } from './event-words.ts';
import { IdSet } from './id-set.ts';
import { METRICS } from './metric-words.ts';

export { EVENTS, METRICS };

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

const byId: (MetricName | undefined)[] = [];
for (const name of METRIC_NAMES) byId[METRICS[name].id] = name;

/** @throws Error for an id that no version of this vocabulary ever wrote. */
export function metricById(id: number): MetricName {
  const name = byId[id];
  if (name === undefined) throw new Error(`no metric has the id ${id}`);
  return name;
}

export const isMetric = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

export function idsOf(metrics: readonly MetricName[]): IdSet {
  let ids = IdSet.none;
  for (const name of metrics) ids = ids.with(METRICS[name].id);
  return ids;
}

export function eventIdsOf(events: readonly EventName[]): IdSet {
  let ids = IdSet.none;
  for (const name of events) ids = ids.with(EVENTS[name].id);
  return ids;
}

const COUNTERS = ['water_index_m3', 'energy_index_kwh', 'pulse_count'] as const;
const BLOOD_PRESSURE = ['systolic_mmhg', 'diastolic_mmhg'] as const;
const OF_BODIES = ['pulse_bpm', 'spo2_pct', 'body_temperature_c', 'respiration_per_min'] as const;
/**
 * What a device is there to measure: the counters of meters, and what wearables and cuffs measure on a body. The rest
 * is beside it (a battery, a signal, whether it is worn), or comes only when something happens (a door, a movement).
 */
export const COUNTED = idsOf(COUNTERS);
export const PRESSURES = idsOf(BLOOD_PRESSURE);
export const OTHER_VITALS = idsOf(OF_BODIES);
export const VITALS = idsOf([...BLOOD_PRESSURE, ...OF_BODIES]);
export const MEASURES = idsOf([...COUNTERS, ...BLOOD_PRESSURE, ...OF_BODIES]);
/** What comes when something happens: that it does not come says nothing. */
export const SENSES = idsOf([
  'door_open_bool',
  'motion_bool',
  'water_leak_bool',
  'mains_power_bool',
  'power_w',
]);

/**
 * Whether a device of this model that is heard must count, or it watches over nobody. `always`: it is a meter, and each of
 * its reports has the counter in it. `once-counted`: it can hang elsewhere as well, and must where it has counted before.
 * `on-change`: it says a value only when that has changed. What else it says tells that the value stands: a home that uses nothing.
 */
export type Counting = 'always' | 'once-counted' | 'on-change';

export type EventName = keyof typeof EVENTS;
/** Fire and gas, told each time that a detector says so. */
const ALARMS = ['smoke', 'carbon_monoxide', 'gas'] as const satisfies readonly EventName[];
export const isAlarm = (name: string): name is (typeof ALARMS)[number] =>
  (ALARMS as readonly string[]).includes(name);
/** `alarm_cleared` says no name: it ends all of these. */
const ENDED_TOGETHER = [...ALARMS, 'general_alarm'] as const;
type EndedTogether = (typeof ENDED_TOGETHER)[number];
const isEndedTogether = (name: string): name is EndedTogether =>
  (ENDED_TOGETHER as readonly string[]).includes(name);

/** Events that stand until their twin is said. */
export type FlagName =
  | {
      [Name in EventName]: `${Name}_cleared` extends EventName ? Name : never;
    }[EventName]
  | EndedTogether;

/** The event that says that a flag no longer stands. */
export const clearedName = (flag: FlagName): EventName =>
  isEndedTogether(flag) ? 'alarm_cleared' : `${flag}_cleared`;

/** The flags that an event raises, or clears; undefined: it does neither. */
export function flagsOf(event: EventName): { flags: readonly FlagName[]; raised: boolean } | undefined {
  if (isEndedTogether(event)) return { flags: [event], raised: true };
  if (event === 'alarm_cleared') return { flags: ENDED_TOGETHER, raised: false };
  if (event.endsWith('_cleared'))
    return { flags: [event.slice(0, -'_cleared'.length) as FlagName], raised: false };
  return `${event}_cleared` in EVENTS ? { flags: [event as FlagName], raised: true } : undefined;
}
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
export const isEvent = (name: string): name is EventName => Object.hasOwn(EVENTS, name);

const eventNameById: (EventName | undefined)[] = [];
for (const name of EVENT_NAMES) eventNameById[EVENTS[name].id] = name;

/** @throws Error for an id that no version of this vocabulary ever wrote. */
export function eventById(id: number): EventName {
  const name = eventNameById[id];
  if (name === undefined) throw new Error(`no event has the id ${id}`);
  return name;
}

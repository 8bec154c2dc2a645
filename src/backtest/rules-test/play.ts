import { Core } from '../../app/core.ts';
import { step } from '../../app/pipeline.ts';
import type { DeviceModels } from '../../devices/match.ts';
import { HOUR } from '../../lib/clock.ts';
import type { Alert } from '../../model/alert.ts';
import type { Command, CommandInput } from '../../model/command.ts';
import type { Report } from '../../model/message.ts';
import type { EventName, MetricName } from '../../model/metrics.ts';
import { notifyPolicySchema } from '../../model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../../model/registry.ts';
import { Registry } from '../../registry/registry.ts';
import type { RuleKinds } from '../../rules/compile.ts';
import { type WatchState, watchesOf } from '../../rules/watch.ts';
import { homesOf, type LoadedTest } from './load.ts';
import type { Series } from './schema.ts';
import { durationOf, type TestTimes } from './times.ts';

/** Reports of one series: half a year of minutes. A test that wants more has a mistake in "every" or "until". */
const REPORTS_MAX = 300_000;

/** What came of a story. */
export interface Played {
  /** In the order in which they were raised. */
  readonly alerts: readonly Alert[];
  /** Rules named in `only` that could find nothing at its end, with why: a test of theirs that passes proves little. */
  readonly unable: readonly string[];
}

/** Plays the story of a test in virtual time. @throws RangeError */
export function play(loaded: LoadedTest, kinds: RuleKinds, models: DeviceModels): Played {
  const { test, times, ruleSet } = loaded;
  const core = new Core({
    models,
    kinds,
    registry: Registry.from(registryOf(loaded)),
    ruleSet,
    policy: notifyPolicySchema.parse({
      routes: [],
      escalation: [],
      always: ['terminal'],
      fallback: { channels: ['terminal'] },
    }),
    channels: new Set(['terminal']),
    knownAt: times.start,
  });
  const alerts = new Map<string, Alert>();
  const run = (input: Parameters<typeof step>[1]): void => {
    for (const effect of step(core, input).effects)
      if (effect.type === 'alert') alerts.set(effect.alert.id, effect.alert);
  };
  run({ kind: 'tick', receivedAt: times.start, listeningSince: times.start });
  const until = times.instant(test.until) ?? times.start;
  const only = loaded.devices[0]?.id ?? '';
  const reports = test.series.flatMap((series) => reportsOf(series, times, series.device ?? only));
  // Stable: what arrives together comes in the order in which it is written.
  const inputs = [...reports, ...toldOf(loaded)].sort((a, b) => a.receivedAt - b.receivedAt);
  for (const input of inputs) if (input.receivedAt <= until) run(input);
  run({ kind: 'tick', receivedAt: until });
  const wanted = test.only && new Set(test.only);
  const counted = [...alerts.values()]
    .filter(({ rule }) => wanted?.has(rule) ?? true)
    .sort((a, b) => a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1));
  const spoke = new Set(counted.map(({ rule }) => rule));
  return {
    alerts: counted,
    unable: (test.only ?? []).filter((id) => !spoke.has(id)).flatMap(whyUnable(core)),
  };
}

/** What does not pass by itself when the next reading comes. */
const UNABLE: ReadonlySet<WatchState> = new Set([
  'no-device',
  'too-coarse',
  'too-sparse',
  'too-little-use',
  'not-armed',
  'learning',
  'no-visits',
]);

const whyUnable =
  (core: Core) =>
  (rule: string): string[] => {
    const watches = [...core.subjects.values()]
      .flatMap((subject) => watchesOf(core.engine, subject, core.now))
      .filter((watch) => watch.rule === rule);
    const why = watches.every(({ state }) => UNABLE.has(state)) ? watches[0]?.state : undefined;
    return why === undefined ? [] : [`${rule} could find nothing: ${why}`];
  };

function registryOf({ test, times, devices, home }: LoadedTest): RegistryEntry[] {
  const homes = homesOf(devices, home);
  const awayOf = (id: string) =>
    test.away
      .filter((away) => (away.home ?? home) === id)
      .map(({ from, until, kind }) => ({ kind, from: times.instant(from), until: times.instant(until) }));
  const gateways = new Set(devices.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway])));
  const enrolledAt = times.start;
  return [
    { noun: 'node', path: 'test', level: 'community', name: 'test', timeZone: times.timeZone },
    ...[...gateways].map((id) => ({ noun: 'gateway', id, parent: 'test', enrolledAt })),
    ...[...homes].map((id) => ({
      noun: 'home',
      id,
      parent: 'test',
      name: id,
      away: awayOf(id),
      ...(test.visitClass ? { visitClass: test.visitClass } : {}),
    })),
    ...devices.map(({ id, model, gateway, place, expectedInterval, ...device }) => ({
      noun: 'device',
      id,
      model,
      home: device.home ?? home,
      enrolledAt,
      ...(gateway === undefined ? {} : { gateway }),
      ...(place === undefined ? {} : { place }),
      ...(expectedInterval === undefined ? {} : { expectedIntervalMs: durationOf(expectedInterval) }),
    })),
  ].map((entry) => registryEntrySchema.parse(entry));
}

/** What somebody tells of visits and major changes. */
const toldOf = ({ test, times, home: usual }: LoadedTest): CommandInput[] =>
  test.visits.map(({ home = usual, at: when, told = when, result, change }, n): CommandInput => {
    const at = times.instant(when) ?? times.start;
    const note = '';
    const source = 'api';
    const command: Command =
      change === undefined
        ? { type: 'home.visits', visits: [{ home, at, by: 'test', result: result ?? 'seen', note }], source }
        : { type: 'home.change', home, at, change, note, source };
    const receivedAt = Math.max(times.start, times.instant(told) ?? at);
    return { kind: 'command', receivedAt, id: `${n}`, by: 'test', command };
  });

function reportsOf(series: Series, times: TestTimes, device: string): Report[] {
  const at = (time: number | string): number => times.instant(time) ?? times.start;
  const from = at(series.at);
  const every = series.every === undefined ? HOUR : (durationOf(series.every) ?? HOUR);
  const listed = Math.max(
    0,
    ...Object.values(series.values).map((each) => (Array.isArray(each) ? each.length : 0)),
  );
  const count =
    series.until !== undefined ? Math.ceil((at(series.until) - from) / every) : listed > 0 ? listed : 1;
  if (count > REPORTS_MAX) throw new RangeError(`a series of ${count} reports is longer than ${REPORTS_MAX}`);
  const gaps = series.absent.map(([begin, end]) => [at(begin), at(end)] as const);
  const reports: Report[] = [];
  for (let index = 0; index < count; index++) {
    const measured = from + index * every;
    if (gaps.some(([begin, end]) => measured >= begin && measured < end)) continue;
    const readings = Object.entries(series.values).flatMap(([metric, values]) => {
      const value = valueAt(values as SeriesValues, index);
      return value === undefined ? [] : [{ metric: metric as MetricName, value, at: measured }];
    });
    if (readings.length === 0 && series.event === undefined) continue;
    reports.push({
      kind: 'report',
      receivedAt: series.received === undefined ? measured : Math.max(measured, at(series.received)),
      device,
      clock: 'device',
      readings,
      events: series.event === undefined ? [] : [{ event: series.event as EventName, at: measured }],
    });
  }
  return reports;
}

type SeriesValues = number | (number | null)[] | { start: number; step: number | number[] };

/** The value at a place of the series; undefined where it is absent. */
function valueAt(values: SeriesValues, index: number): number | undefined {
  if (typeof values === 'number') return values;
  if (Array.isArray(values)) return values[index] ?? undefined;
  const steps = Array.isArray(values.step) ? values.step : [values.step];
  const round = steps.reduce((sum, each) => sum + each, 0);
  const rest = steps.slice(0, index % steps.length).reduce((sum, each) => sum + each, 0);
  return Number((values.start + Math.floor(index / steps.length) * round + rest).toFixed(6));
}

import { Core } from '../../app/core.ts';
import { step } from '../../app/pipeline.ts';
import type { Decode, Decoded } from '../../devices/define.ts';
import type { DeviceModels } from '../../devices/match.ts';
import { nativeDecoder } from '../../devices/native.ts';
import type { Alert } from '../../model/alert.ts';
import type { Command, CommandInput } from '../../model/command.ts';
import { notifyPolicySchema } from '../../model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../../model/registry.ts';
import type { Text } from '../../model/text.ts';
import { Registry } from '../../registry/registry.ts';
import type { RuleKinds } from '../../rules/compile.ts';
import { homesOf } from './checks.ts';
import type { LoadedTest } from './load.ts';
import { afterTheEnd, notRecorded, RefusedReports, whyUnable } from './notes.ts';
import { type Entry, SeriesPlan } from './series.ts';
import { durationOf } from './times.ts';

/** What came of a story. */
export interface Played {
  /** In the order in which they were raised. */
  readonly alerts: readonly Alert[];
  /** Why it may prove little, though it pass. */
  readonly notes: readonly Text[];
}

/** Plays the story of a test in virtual time. */
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
    rulesAlone: true,
  });
  const alerts = new Map<string, Alert>();
  const refused = new RefusedReports(times);
  const unheard: Text[] = [];
  const run = (input: Parameters<typeof step>[1]): void => {
    const { effects, refusals } = step(core, input);
    for (const effect of effects) {
      if (effect.type === 'alert') alerts.set(effect.alert.id, effect.alert);
      if (effect.type === 'reply') unheard.push(...notRecorded(effect.id, effect.reply));
    }
    if (input.kind === 'report') refused.add(input, refusals);
  };
  run({ kind: 'tick', receivedAt: times.start, listeningSince: times.start });
  const until = times.instant(test.until) ?? times.start;
  // Stable: what arrives together comes in the order in which it is written.
  const inputs = [...reportsOf(loaded, models), ...toldOf(loaded)].sort((a, b) => arrival(a) - arrival(b));
  let unplayed = 0;
  for (const input of inputs) {
    if (arrival(input) > until) unplayed++;
    else if (input.kind === 'command') run(input);
    else if (input.decoded.ok) {
      const { readings, events, clock, rejections } = input.decoded;
      const { receivedAt, device } = input;
      refused.add({ receivedAt, device, readings, events }, rejections, input.entry);
      run({ kind: 'report', receivedAt, device, clock, readings, events });
    } else refused.add(input, [input.decoded], input.entry);
  }
  run({ kind: 'tick', receivedAt: until });
  const wanted = test.only && new Set(test.only);
  const counted = [...alerts.values()]
    .filter(({ rule }) => wanted?.has(rule) ?? true)
    .sort((a, b) => a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1));
  const spoke = new Set(counted.map(({ rule }) => rule));
  return {
    alerts: counted,
    notes: [...whyUnable(core, test.only, spoke), ...refused.notes(), ...unheard, ...afterTheEnd(unplayed)],
  };
}

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

/** A message of a device, as the decoder of its model reads it. */
interface Said {
  readonly kind: 'said';
  readonly receivedAt: number;
  readonly device: string;
  readonly entry: Entry;
  readonly decoded: Decoded;
}

const arrival = ({ receivedAt }: Said | CommandInput): number => receivedAt;

/** All that devices send, read by the decoder that live messages of the native format go through: it refuses the same. */
function reportsOf({ test, times, devices }: LoadedTest, models: DeviceModels): Said[] {
  const decoders = new Map<string, Decode>();
  const decoderOf = (id: string): Decode | undefined => {
    const model = models.get(devices.find((device) => device.id === id)?.model ?? '');
    if (model && !decoders.has(model.model)) decoders.set(model.model, nativeDecoder(model));
    return decoders.get(model?.model ?? '');
  };
  return test.series.flatMap((series) => {
    const plan = new SeriesPlan(series, times);
    const device = series.device ?? devices[0]?.id ?? '';
    const decode = decoderOf(device);
    const arrives = series.received === undefined ? undefined : times.instant(series.received);
    const said: Said[] = [];
    for (let place = 0; decode && place < plan.count; place++) {
      const entry = plan.entryAt(place);
      if (!entry) continue;
      const receivedAt = Math.max(entry.at, arrives ?? entry.at);
      const decoded = decode(Buffer.from(JSON.stringify(entry)), receivedAt);
      said.push({ kind: 'said', receivedAt, device, entry, decoded });
    }
    return said;
  });
}

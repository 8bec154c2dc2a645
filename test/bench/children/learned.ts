import { join } from 'node:path';
import { Core } from '../../../src/app/core.ts';
import { loadDeviceModels, loadRuleKinds } from '../../../src/app/definitions.ts';
import { loadRuleSet } from '../../../src/app/load.ts';
import { step } from '../../../src/app/pipeline.ts';
import { storeSubject } from '../../../src/app/subject.ts';
import { DAY, HOUR, MINUTE } from '../../../src/lib/clock.ts';
import { type Random, seededRandom } from '../../../src/lib/random.ts';
import type { DeviceEvent, Reading } from '../../../src/model/message.ts';
import { notifyPolicySchema } from '../../../src/model/notify-policy.ts';
import type { RegistryEntry } from '../../../src/model/registry.ts';
import { Registry } from '../../../src/registry/registry.ts';
import type { Routine } from '../../../src/rules/usual-gaps.ts';
import { communityOf } from '../community.ts';
import { bandOf, homeOf, meterOf } from '../names.ts';
import { REPOSITORY } from '../process.ts';

/** Homes that have been watched for some weeks, in a process of its own: what their states weigh once routines are learned. */
export interface LearnedOrder {
  readonly homes: number;
  readonly days: number;
  /** A movement sensor and a front door contact in each home as well. */
  readonly sensors: boolean;
}

export interface LearnedReport {
  /** Bytes of heap and buffers that the core holds for each home beside the registry, devices and all. */
  readonly stateBytes: number;
  /** Characters of all states as they are stored. */
  readonly storedChars: number;
  /** Homes of which the routine of the water is known; and that of all signs of life. */
  readonly learned: number;
  readonly learnedSigns: number;
}

const hallOf = (home: number): string => `pir-${homeOf(home)}`;
const doorOf = (home: number): string => `door-${homeOf(home)}`;
const order = JSON.parse(process.argv[2] ?? '') as LearnedOrder;
const T0 = Date.UTC(2026, 2, 1);
const NO_EVENTS: readonly DeviceEvent[] = [];
const [models, kinds] = await Promise.all([loadDeviceModels(), loadRuleKinds()]);
const rules = await loadRuleSet(join(REPOSITORY, 'config/rules.yaml'), kinds);
if (!rules.ok) throw new Error('config/rules.yaml has mistakes');
const ruleSet = rules.value;
// Every core stays until the end: one that the code in between still held at one weighing and let go of before the next
// was taken off the weight of another.
const cores: Core[] = [];
// The first runs make what is made once: compiled code, tables of zones.
const few = Math.ceil(order.homes / 4);
for (const homes of [few, few]) weighed(homes);
const [little, much] = [weighed(few), weighed(order.homes)];
process.send?.(report(much.core, (much.bytes - little.bytes) / (order.homes - few)));
process.disconnect?.();

/** What some homes take after some weeks, beside their registry; a part of it does not depend on how many they are. */
function weighed(homes: number): { readonly core: Core; readonly bytes: number } {
  const registry = registryOf(homes);
  const before = held();
  const core = watched(registry);
  cores.push(core);
  return { core, bytes: held() - before };
}

/** Some weeks of all homes of a registry. */
function watched(of: Registry): Core {
  const policy = notifyPolicySchema.parse({
    routes: [],
    escalation: [],
    fallback: { channels: ['terminal'] },
  });
  const channels = new Set(['terminal']);
  const watching = new Core({ models, kinds, registry: of, ruleSet, policy, channels, knownAt: T0 });
  const dice = seededRandom('weeks');
  const litres = new Float64Array(of.counts.homes).fill(100_000);
  for (let hour = 0; hour < order.days * 24; hour++)
    for (let home = 0; home < litres.length; home++) live(watching, litres, home, hour, dice);
  watching.changed = [];
  return watching;
}

function registryOf(homes: number): Registry {
  const all: RegistryEntry[] = communityOf({ homes, gateways: 0, directs: 0, now: T0, people: true });
  for (let home = 0; order.sensors && home < homes; home++)
    for (const [id, model, place] of [
      [hallOf(home), 'motion-sensor', 'living-room'],
      [doorOf(home), 'door-contact', 'entrance'],
    ] as const)
      all.push({
        noun: 'device',
        id,
        home: homeOf(home),
        model,
        place,
        enrolledAt: T0 - 30 * DAY,
        disabled: false,
      });
  return Registry.from(all);
}

/** An hour of a home: its meter is read; people move, draw water and go out by day. */
function live(of: Core, litres: Float64Array, home: number, hour: number, dice: Random): void {
  const start = T0 + hour * HOUR + (home % 60) * MINUTE;
  const byDay = hour % 24 < 14 || hour % 24 > 22;
  if (dice.chance(byDay ? 0.6 : 0.1)) (litres[home] as number) += dice.integer(2, 20);
  say(of, meterOf(home), start, [
    { metric: 'water_index_m3', value: (litres[home] as number) / 1000, at: start },
  ]);
  if (hour % 12 === 2)
    say(of, bandOf(home), start + MINUTE, [
      { metric: 'systolic_mmhg', value: dice.integer(110, 145), at: start },
      { metric: 'diastolic_mmhg', value: dice.integer(65, 90), at: start },
      { metric: 'pulse_bpm', value: dice.integer(58, 85), at: start },
      { metric: 'steps_count', value: hour * 100, at: start },
    ]);
  if (!order.sensors) return;
  const moved = dice.chance(byDay ? 0.8 : 0.15);
  say(of, hallOf(home), start + 2 * MINUTE, [
    { metric: 'motion_bool', value: moved ? 1 : 0, at: start + 2 * MINUTE },
  ]);
  if (hour % 4 === 1)
    say(of, doorOf(home), start + 3 * MINUTE, [
      { metric: 'door_open_bool', value: 0, at: start + 3 * MINUTE },
    ]);
  if (hour % 24 !== 3 && hour % 24 !== 6) return;
  const opened = start + 4 * MINUTE;
  say(of, doorOf(home), opened, [{ metric: 'door_open_bool', value: 1, at: opened }]);
  say(of, doorOf(home), opened + MINUTE, [{ metric: 'door_open_bool', value: 0, at: opened + MINUTE }]);
  say(of, hallOf(home), opened + MINUTE, [{ metric: 'motion_bool', value: 1, at: opened + MINUTE }]);
}

function say(of: Core, device: string, receivedAt: number, readings: readonly Reading[]): void {
  step(of, { kind: 'report', receivedAt, device, clock: 'device', readings, events: NO_EVENTS });
}

function report(core: Core, stateBytes: number): LearnedReport {
  let [storedChars, learned, learnedSigns] = [0, 0, 0];
  for (const subject of core.subjects.values()) {
    storedChars += storeSubject(subject, core.rules).length;
    for (const { place, state } of subject.slots) {
      if (core.rules.rules[place]?.kind.kind !== 'personal-routine') continue;
      if ((state as Routine).usual) learned++;
      if ((state as Routine).usualSigns) learnedSigns++;
    }
  }
  return { stateBytes, storedChars, learned, learnedSigns };
}

/** Bytes that are in use after a collection. */
function held(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

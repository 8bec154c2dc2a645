import { join } from 'node:path';
import { Core } from '../../../src/app/core.ts';
import { loadDeviceModels, loadRuleKinds } from '../../../src/app/definitions.ts';
import { loadRuleSet } from '../../../src/app/load.ts';
import { LOOK_AHEAD, lookAhead } from '../../../src/app/look-ahead.ts';
import { step } from '../../../src/app/pipeline.ts';
import { HOUR, MINUTE } from '../../../src/lib/clock.ts';
import type { Reading, Report } from '../../../src/model/message.ts';
import { notifyPolicySchema } from '../../../src/model/notify-policy.ts';
import { type RuleSet, ruleSetSchema } from '../../../src/model/rule-set.ts';
import { Registry } from '../../../src/registry/registry.ts';
import { communityOf } from '../community.ts';
import { bandOf, meterOf } from '../names.ts';
import { REPOSITORY } from '../process.ts';

/**
 * The engine alone, in a process of its own: decoded reports in, effects out, one step after the other; no broker, no
 * decoding, no store. Says how fast it was, how much it holds and how many alerts it raised.
 */
export interface EngineOrder {
  readonly homes: number;
  /** `reference`: low consumption, blood pressure and silence; `product`: config/rules.yaml. */
  readonly rules: 'reference' | 'product';
  /** Hours between two readings of a meter, and of its band. */
  readonly everyHours: number;
  /** How often each of them reads before the count begins, so that windows are full. */
  readonly warmRounds: number;
  /** How often each of them reads while it counts. */
  readonly rounds: number;
  /** Part of the homes that read in those rounds. */
  readonly share: number;
  /** Weigh the state too; each weighing is a whole collection. */
  readonly weigh: boolean;
}

export interface EngineReport {
  readonly messages: number;
  readonly readings: number;
  readonly cpuSeconds: number;
  /** Alerts raised, by rule, over all rounds. */
  readonly alerts: Readonly<Record<string, number>>;
  /** What these must be. */
  readonly expected: Readonly<Record<string, number>>;
  /** Bytes of heap and buffers that the core holds beside the registry. */
  readonly stateBytes: number;
  readonly registryBytes: number;
  readonly rss: number;
}

const order = JSON.parse(process.argv[2] ?? '') as EngineOrder;
const { homes, everyHours } = order;
const T0 = Date.UTC(2026, 2, 1);
const [models, kinds] = await Promise.all([loadDeviceModels(), loadRuleKinds()]);
const ruleSet = await rules();

const empty = held();
const registry = Registry.from(
  communityOf({
    homes,
    gateways: 0,
    directs: 0,
    now: T0,
    meterIntervalMs: everyHours * HOUR,
    people: order.weigh,
  }),
);
const afterRegistry = held();
const core = new Core({
  models,
  kinds,
  registry,
  ruleSet,
  policy: notifyPolicySchema.parse({ routes: [], escalation: [], fallback: { channels: ['terminal'] } }),
  channels: new Set(['terminal']),
  knownAt: T0,
});
/** One home of a thousand draws no water, one has high blood pressure, one has a meter that dies. */
const [DRY, HIGH, DEAD] = [7, 13, 21];
const alerts: Record<string, number> = {};
/** As large as the order in which homes come is far from their order in memory. */
const STRIDE = 7_919;
/** Reports that are made ahead: few enough that they die young, as they do in the service. */
const CHUNK = 250;

let cpuSeconds = 0;
let messages = 0;
let readings = 0;
/** Homes without water that read in the last round: their windows are full, so each of them is found. */
let dry = 0;
for (let round = 0; round < order.warmRounds; round++) run(round);
for (let round = order.warmRounds; round < order.warmRounds + order.rounds; round++) run(round);
const afterRun = held();
const special = Math.floor(homes / 1000);
const report: EngineReport = {
  messages,
  readings,
  cpuSeconds,
  alerts,
  expected: order.rules === 'reference' ? { W1: dry, V1: special, M1: special } : alerts,
  stateBytes: afterRun - afterRegistry,
  registryBytes: afterRegistry - empty,
  rss: process.memoryUsage.rss(),
};
process.send?.(report);
process.disconnect?.();

async function rules(): Promise<RuleSet> {
  if (order.rules === 'product') {
    const loaded = await loadRuleSet(join(REPOSITORY, 'config/rules.yaml'), kinds);
    if (!loaded.ok) throw new Error('config/rules.yaml has mistakes');
    return loaded.value;
  }
  return ruleSetSchema.parse({
    version: 'reference',
    rules: [
      { id: 'W1', kind: 'low-consumption' },
      {
        id: 'V1',
        kind: 'reading-limit',
        params: {
          limits: [
            { metric: 'systolic_mmhg', above: 180 },
            { metric: 'diastolic_mmhg', above: 110 },
          ],
        },
      },
      { id: 'M1', kind: 'silence' },
    ],
  });
}

/** All homes read their meter and their band once, spread over the interval. Making the reports is not counted. */
function run(round: number): void {
  const interval = everyHours * HOUR;
  const last = round < order.warmRounds ? homes : Math.floor(homes * order.share);
  dry = 0;
  for (let from = 0; from < last; from += CHUNK) {
    const to = Math.min(last, from + CHUNK);
    const reports: Report[] = [];
    for (let i = from; i < to; i++) {
      const home = (i * STRIDE) % homes;
      if (home % 1000 === DRY) dry++;
      const receivedAt = T0 + MINUTE + round * interval + Math.floor((i / homes) * interval);
      if (round === 0 || home % 1000 !== DEAD) reports.push(meterReport(home, round, receivedAt));
      // Bands have no window to fill: while it warms up they say once a day that they are alive.
      if (round < order.warmRounds && (round * everyHours) % 24 !== 0) continue;
      reports.push(bandReport(home, round, receivedAt));
      if (home % 1000 === HIGH) reports.push(bandReport(home, round, receivedAt + 500));
    }
    count(reports, round >= order.warmRounds);
  }
}

function count(reports: readonly Report[], counted: boolean): void {
  const before = process.cpuUsage();
  const ids = reports.map(({ device }) => device);
  for (let i = 0; i < reports.length; i++) {
    if (i % LOOK_AHEAD === 0) lookAhead(core, ids, i);
    const report = reports[i] as Report;
    const { effects } = step(core, report);
    for (const effect of effects) {
      if (effect.type === 'alert' && effect.change === 'raised')
        alerts[effect.alert.rule] = (alerts[effect.alert.rule] ?? 0) + 1;
    }
  }
  if (!counted) return;
  const { user, system } = process.cpuUsage(before);
  cpuSeconds += (user + system) / 1e6;
  messages += reports.length;
  for (const report of reports) readings += report.readings.length;
}

function meterReport(home: number, round: number, receivedAt: number): Report {
  const litres = home % 1000 === DRY ? 0 : round * everyHours * 8 + (round % 3);
  return reportOf(meterOf(home), receivedAt, [
    { metric: 'water_index_m3', value: 100 + litres / 1000, at: receivedAt - 1000 },
  ]);
}

function bandReport(home: number, round: number, receivedAt: number): Report {
  const at = receivedAt - 1000;
  return reportOf(bandOf(home), receivedAt, [
    { metric: 'systolic_mmhg', value: home % 1000 === HIGH ? 190 : 110 + ((home + round * 7) % 40), at },
    { metric: 'diastolic_mmhg', value: 65 + ((home + round) % 20), at },
  ]);
}

/** The device's id is a text of its own, as it comes out of a topic. */
function reportOf(device: string, receivedAt: number, readings: Reading[]): Report {
  const fresh = Buffer.from(device).toString('latin1');
  return { kind: 'report', receivedAt, device: fresh, clock: 'device', readings, events: [] };
}

/** Bytes that are in use after a collection. */
function held(): number {
  if (!order.weigh) return 0;
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

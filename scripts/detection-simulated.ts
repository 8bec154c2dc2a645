import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingWriter, recordingLine } from '../simulators/recording.ts';
import { makeSimulation } from '../simulators/simulation.ts';
import { loadDeviceModels, loadEnvelopes, loadRuleKinds } from '../src/app/definitions.ts';
import { loadRuleSet, problemText } from '../src/app/load.ts';
import { runBacktest } from '../src/backtest/run.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';
import type { Alert } from '../src/model/alert.ts';
import { notifyPolicySchema } from '../src/model/notify-policy.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';

/**
 * What the rules are worth in simulated homes of people who live alone, with more and more known of them:
 *
 *   node scripts/detection-simulated.ts [RULES] [SEED] [HOMES] [DAYS]
 *
 * All incidents are collapses, all absences go unannounced unless the variant has them in the registry. The definitions
 * are those of the yardstick on real homes: an alarm is what overlaps of the alerts about a person; ordinary is one that
 * nobody needed while the home was lived in; the first 28 days are not counted.
 */
const [rulesFile = 'config/rules.yaml', seed = '1', homes = '40', days = '100'] = process.argv.slice(2);
const START = Date.parse('2026-01-05T00:00:00+08:00');
const WARM_UP_MS = 28 * DAY;

interface Spell {
  readonly home: string;
  readonly from: number;
  readonly to: number;
}
type Variant = {
  readonly name: string;
  readonly away: boolean;
  readonly models: readonly string[] | undefined;
};
const WATER = ['water-meter'];
const DOOR = 'door-contact';
const MOTION = 'motion-sensor';
const VARIANTS: readonly Variant[] = [
  { name: 'water alone', away: false, models: WATER },
  { name: 'water, absences announced', away: true, models: WATER },
  { name: 'water and door, absences announced', away: true, models: [...WATER, DOOR] },
  { name: 'water and motion, absences announced', away: true, models: [...WATER, MOTION] },
  { name: 'water, door and motion, absences announced', away: true, models: [...WATER, DOOR, MOTION] },
  { name: 'water, door and motion', away: false, models: [...WATER, DOOR, MOTION] },
  { name: 'all sensors, absences announced', away: true, models: undefined },
];

const kinds = await loadRuleKinds();
const models = await loadDeviceModels();
const envelopes = await loadEnvelopes();
const rules = await loadRuleSet(rulesFile, kinds);
if (!rules.ok) throw new Error(problemText(rules.error));
const { community, fleet } = await makeSimulation({
  seed,
  homes: Number(homes),
  days: Number(days),
  start: START,
  sensors: 1,
  incidents: 'collapse=24,away=10',
  settleDays: 28,
});
const folder = await mkdtemp(join(tmpdir(), 'detection-'));
const recording = join(folder, 'recording.ndjson.gz');
try {
  const writer = new RecordingWriter(recording);
  for (const { at, topic, payload } of fleet) await writer.write(recordingLine(at, topic, payload));
  await writer.close();
  const spells = (kind: string): Spell[] =>
    fleet.truth
      .filter((line) => line.kind === kind)
      .map(({ home, from, to }) => ({ home, from: Date.parse(from), to: Date.parse(to) }));
  console.log(
    '| simulated homes | alarms /100 home-days | ordinary /100 lived-in days | delay p50 h | p90 h | within 24 h | incidents | ordinary by rule |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const variant of VARIANTS) console.log(await rowOf(variant, spells('collapse'), spells('away')));
} finally {
  await rm(folder, { recursive: true });
}

async function rowOf(
  variant: Variant,
  collapses: readonly Spell[],
  absences: readonly Spell[],
): Promise<string> {
  const registry = Registry.from(community.entries.flatMap((entry) => entryFor(entry, variant, absences)));
  const { alerts } = await runBacktest({
    recordings: [recording],
    envelopes,
    core: {
      models,
      kinds,
      registry,
      ruleSet: rules.ok ? rules.value : unreachable(),
      policy: notifyPolicySchema.parse({
        routes: [],
        always: ['terminal'],
        fallback: { channels: ['terminal'] },
      }),
      channels: new Set(['terminal']),
    },
  });
  return `| ${variant.name} | ${scoreOf(alerts, collapses, absences).join(' | ')} |`;
}

function unreachable(): never {
  throw new Error('a rule set with mistakes was refused before');
}

function entryFor(
  entry: RegistryEntry,
  { away, models: kept }: Variant,
  absences: readonly Spell[],
): RegistryEntry[] {
  if (entry.noun === 'device' && kept && !kept.includes(entry.model)) return [];
  if (entry.noun !== 'home' || !away) return [entry];
  const periods = absences
    .filter(({ home }) => home === entry.id)
    .map(({ from, to }) => ({ from, until: to, kind: 'travel' as const }));
  return [{ ...entry, away: periods }];
}

function scoreOf(
  alerts: readonly Alert[],
  collapses: readonly Spell[],
  absences: readonly Spell[],
): string[] {
  const counted = START + WARM_UP_MS;
  const end = START + Number(days) * DAY;
  const within = (spells: readonly Spell[], home: string, at: number): boolean =>
    spells.some((spell) => spell.home === home && at >= spell.from && at <= spell.to + HOUR);
  const lasted = (spells: readonly Spell[]): number =>
    spells.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, counted)), 0) /
    DAY;
  const alarms = alarmsOf(alerts);
  const watched = ((end - counted) / DAY) * Number(homes) - lasted(collapses);
  const lived = watched - lasted(absences);
  const unneeded = alarms.filter(({ home, from }) => from >= counted && !within(collapses, home, from));
  const ordinary = unneeded.filter(({ home, from }) => !within(absences, home, from));
  // Of who collapses on the last day nobody can say whether they would have been found within one.
  const delays = collapses
    .filter(
      ({ home, from }) =>
        from + DAY <= end &&
        !alarms.some((alarm) => alarm.home === home && alarm.from <= from && alarm.to > from),
    )
    .map(({ home, from, to }) => {
      const first = alarms.find(
        (alarm) => alarm.home === home && alarm.from > from && alarm.from <= to + HOUR,
      );
      return first ? (first.from - from) / HOUR : Number.POSITIVE_INFINITY;
    })
    .sort((a, b) => a - b);
  const quantile = (share: number): string =>
    (delays[Math.floor(share * delays.length)] ?? Number.NaN).toFixed(1);
  const inTime = delays.filter((delay) => delay <= 24).length / delays.length;
  return [
    ((100 * unneeded.length) / watched).toFixed(2),
    ((100 * ordinary.length) / lived).toFixed(2),
    quantile(0.5),
    quantile(0.9),
    `${(100 * inTime).toFixed(1)} %`,
    String(delays.length),
    countsOf(ordinary.map(({ rule }) => rule)),
  ];
}

/** How often each, the most frequent first: "W0 3, I1 1". */
function countsOf(rules: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => `${rule} ${count}`)
    .join(', ');
}

/** An alarm, with the rule that raised it first. */
interface Alarm extends Spell {
  readonly rule: string;
}

/** Alerts about a person, home by home; those that overlap are one alarm. */
function alarmsOf(alerts: readonly Alert[]): Alarm[] {
  const alarms: { rule: string; home: string; from: number; to: number }[] = [];
  const last = new Map<string, { rule: string; home: string; from: number; to: number }>();
  for (const { about, rule, home, raisedAt, clearedAt = Number.POSITIVE_INFINITY } of alerts) {
    if (about !== 'person') continue;
    const open = last.get(home);
    if (open && raisedAt <= open.to) open.to = Math.max(open.to, clearedAt);
    else {
      const alarm = { rule, home, from: raisedAt, to: clearedAt };
      last.set(home, alarm);
      alarms.push(alarm);
    }
  }
  return alarms;
}

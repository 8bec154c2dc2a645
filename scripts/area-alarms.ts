import { loadDeviceModels, loadEnvelopes, loadRuleKinds } from '../src/app/definitions.ts';
import { loadRuleSet, problemText } from '../src/app/load.ts';
import { loadRegistry } from '../src/app/registry-files.ts';
import { runBacktest } from '../src/backtest/run.ts';
import { DAY } from '../src/lib/clock.ts';
import { notifyPolicySchema } from '../src/model/notify-policy.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';

/**
 * How often areas are told of for nothing, in a recording of homes that nothing happened to:
 *
 *   node scripts/area-alarms.ts RULES RECORDING REGISTRY [HOMES A RISER] [RISERS IN THE TOWN] [SEED]
 *
 * The homes are dealt out at random to risers of so many, as if they were part of a town with so many: neighbours that
 * never were neighbours, so that whatever they do together is chance. Only rules about areas run.
 */
const [rulesFile = '', recording = '', registryFile = '', size = '6', town = '1000', seed = '1'] =
  process.argv.slice(2);
const models = await loadDeviceModels();
const kinds = await loadRuleKinds();
const rules = await loadRuleSet(rulesFile, kinds);
if (!rules.ok) throw new Error(problemText(rules.error));
const loaded = await loadRegistry([registryFile], models);
if (!loaded.ok) throw new Error(problemText(loaded.error));

const COMMUNITY = 'town';
const nodes = (count: number): RegistryEntry[] => [
  { noun: 'node', path: COMMUNITY, level: 'community', name: 'Town', timeZone: 'Europe/Madrid' },
  ...Array.from(
    { length: count },
    (_, n) => ({ noun: 'node', path: `${COMMUNITY}/r${n}`, level: 'building', name: `${n}` }) as const,
  ),
];
const order = new Map(
  loaded.value
    .flatMap((entry) => (entry.noun === 'home' ? [entry.id] : []))
    .map((id) => ({ id, draw: chanceOf(`${seed} ${id}`) }))
    .sort((a, b) => a.draw - b.draw)
    .map(({ id }, place) => [id, Math.floor(place / Number(size))]),
);
const risers = Math.floor(order.size / Number(size));
/** What is left over makes no riser. */
const isIn = (home: string): boolean => (order.get(home) ?? risers) < risers;
const entries = loaded.value.flatMap((entry): RegistryEntry[] => {
  if (entry.noun === 'home' && isIn(entry.id))
    return [{ ...entry, parent: `${COMMUNITY}/r${order.get(entry.id)}` }];
  if (entry.noun !== 'device' || !isIn(entry.home)) return [];
  const { gateway: _, ...device } = entry;
  return [device];
});
const others = Array.from({ length: Math.max(0, Number(town) - risers) }, (_, n) => n + risers).flatMap((n) =>
  Array.from(
    { length: Number(size) },
    (__, k): RegistryEntry => ({ noun: 'home', id: `o${n}-${k}`, parent: `${COMMUNITY}/r${n}`, name: '' }),
  ),
);
const about = rules.value.rules.filter(({ kind }) => kinds.get(kind)?.scope === 'area');
const run = await runBacktest({
  recordings: [recording],
  envelopes: await loadEnvelopes(),
  core: {
    models,
    kinds,
    registry: Registry.from([...nodes(risers), ...entries]),
    whole: Registry.from([...nodes(Math.max(risers, Number(town))), ...entries, ...others]),
    ruleSet: { ...rules.value, rules: about, overrides: [], plans: {} },
    policy: notifyPolicySchema.parse({
      routes: [],
      always: ['terminal'],
      fallback: { channels: ['terminal'] },
    }),
    channels: new Set(['terminal']),
  },
});
const riserDays = (risers * (run.to - run.from)) / DAY;
console.log(`${risers} risers of ${size} homes, ${Math.round(riserDays)} riser-days, in a town of ${town}`);
for (const { id } of about) {
  const count = run.alerts.filter(({ rule }) => rule === id).length;
  const a1000 = (1000 * count) / riserDays;
  console.log(`  ${id}: ${count}, ${a1000.toFixed(3)} a day in 1,000 risers`);
}

/** A number that belongs to a text, between 0 and 1: which home goes where must not depend on the order of the file. */
function chanceOf(text: string): number {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

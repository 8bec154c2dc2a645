import { loadRuleSet } from '../app/load.ts';
import { readListFile } from '../config/list-file.ts';
import { failureProblems, type ImportFormat, parseImport } from '../config/registry-import.ts';
import { parseVisitsCsv } from '../config/visits-csv.ts';
import type { ConfigProblem } from '../config/yaml-file.ts';
import type { DeviceModels } from '../devices/match.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import type { VisitTold } from '../model/visit.ts';
import { Registry } from '../registry/registry.ts';
import type { RuleKinds } from '../rules/compile.ts';
import { type FromFile, held } from './rule-sets.ts';

/** Rules of several files, which hold together; each file stands by itself: what it refers to is in it. */
export async function loadRules(
  files: readonly string[],
  kinds: RuleKinds,
): Promise<Result<FromFile, ConfigProblem[]>> {
  const sets: FromFile[] = [];
  for (const file of files) {
    const loaded = await loadRuleSet(file, kinds);
    if (!loaded.ok) return loaded;
    sets.push({ file, set: loaded.value });
  }
  return ok(held(sets));
}

/** The registry that a file holds, or what is wrong with it, at its lines. */
export function registryIn(
  format: ImportFormat,
  text: string,
  file: string,
  models: DeviceModels,
): Result<Registry, ConfigProblem[]> {
  const parsed = parseImport(format, text, file);
  if (!parsed.ok) return parsed;
  const { put } = parsed.value;
  const against = Registry.from([]).problems(put, [], (name) => models.get(name) !== undefined);
  const problems = failureProblems(parsed.value, file, against);
  return problems.length > 0 ? fail(problems) : ok(Registry.from(put));
}

/** Who was visited when, as `import-visits` reads it; every line that is wrong, or names a home that is not there. */
export async function loadVisits(
  file: string,
  registry: Registry,
): Promise<Result<readonly VisitTold[], ConfigProblem[]>> {
  const { rows, problems } = parseVisitsCsv(await readListFile(file), file, 'Asia/Shanghai');
  const strange = rows.flatMap(({ home, line }) =>
    registry.home(home) ? [] : [{ file, line, path: 'home', message: `there is no home ${home}` }],
  );
  const wrong = [...problems, ...strange].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return wrong.length > 0 ? fail(wrong) : ok(rows.map(({ line: _, ...visit }) => visit));
}

/** All channels that anybody could be told over: a recording has no channels.yaml. */
export function channelsOf(policy: NotifyPolicy, registry: Registry): Set<string> {
  const channels = new Set([
    ...policy.routes.flatMap((route) => route.channels),
    ...policy.always,
    ...policy.fallback.channels,
  ]);
  for (const person of registry.staff()) for (const { channel } of person.channels) channels.add(channel);
  return channels;
}

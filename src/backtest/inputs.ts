import { readFile } from 'node:fs/promises';
import { decodeText } from '../config/registry-import.ts';
import { parseVisitsCsv } from '../config/visits-csv.ts';
import type { ConfigProblem } from '../config/yaml-file.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import type { VisitTold } from '../model/visit.ts';
import type { Registry } from '../registry/registry.ts';

/** Who was visited when, as `import-visits` reads it; every line that is wrong, or names a home that is not there. */
export async function loadVisits(
  file: string,
  registry: Registry,
): Promise<Result<readonly VisitTold[], ConfigProblem[]>> {
  const { rows, problems } = parseVisitsCsv(decodeText(await readFile(file)), file, 'Asia/Shanghai');
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

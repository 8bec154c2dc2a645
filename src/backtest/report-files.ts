import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alertLine } from '../app/alert-line.ts';
import { makeFolder } from '../lib/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { caseLine } from './case-line.ts';
import type { compare } from './compare.ts';
import { weeksCsv } from './compare-table.ts';
import { homeRows, homesCsv } from './home-table.ts';
import { reportPage, type Titles } from './page/report-page.ts';
import type { Scored } from './report.ts';

/** What may lie in a folder of reports; whoever reads one must not take it for that of another run. */
const FILES = [
  'alerts.ndjson',
  'shadow.ndjson',
  'cases.ndjson',
  'homes.csv',
  'comparison.ndjson',
  'comparison.csv',
  'report.json',
  'report.html',
] as const;
type FileName = (typeof FILES)[number];

/** Writes all files of a run. Those of a run before go first: a full disk must not leave its figures beside our alerts. */
export async function writeFiles(
  out: string,
  registry: Registry,
  now: Scored,
  compared: ReturnType<typeof compare> | undefined,
  titles: Titles,
): Promise<void> {
  const { run } = now;
  const comparison = compared ? { comparison: compared.comparison } : {};
  const rows = homeRows(now, registry);
  await makeFolder(out, 0o777);
  for (const file of FILES) await rm(join(out, file), { force: true });
  const write = (name: FileName, text: string): Promise<void> => writeFile(join(out, name), text);
  await write('alerts.ndjson', ndjson(run.alerts.map(alertLine)));
  await write('shadow.ndjson', ndjson(run.shadow.map(alertLine)));
  await write('cases.ndjson', ndjson(run.cases.map(caseLine)));
  await write('homes.csv', homesCsv(rows));
  if (compared) {
    const timeZoneOf = (home: string): string => registry.timeZone(registry.homePath(home) ?? '');
    await write('comparison.ndjson', ndjson(compared.lines));
    await write('comparison.csv', weeksCsv(compared.lines, timeZoneOf));
  }
  await write('report.json', `${JSON.stringify({ ...now.report, ...comparison }, null, 2)}\n`);
  await write('report.html', reportPage({ now, rows, registry, titles, ...comparison }));
}

const ndjson = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

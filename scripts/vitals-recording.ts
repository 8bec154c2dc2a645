import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { recordingLine } from '../simulators/recording.ts';
import { instantOfLocal } from '../src/lib/local-time.ts';

/**
 * Vital signs of real people as a recording and its registry, for `backtest`:
 *
 *   node scripts/vitals-recording.ts CSV MODEL OUT [COLUMN=metric ...]
 *
 * CSV (.gz allowed) has the columns `person` and `ts_local`, local times taken as those of Shanghai, and one for each
 * metric; each person becomes a home with one device of MODEL. Writes OUT.ndjson and OUT.csv.
 */
const [file = '', model = '', out = '', ...pairs] = process.argv.slice(2);
const TIME_ZONE = 'Asia/Shanghai';
const DAY = 86_400_000;
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
const [head = '', ...rows] = text.trim().split(/\r?\n/);
const columns = head.split(',');
const metrics = pairs.map((pair) => pair.split('=') as [string, string]);

const first = new Map<string, number>();
const lines = rows.map((row) => {
  const fields = row.split(',');
  const of = (column: string): string => fields[columns.indexOf(column)] ?? '';
  const person = of('person');
  const wall = Date.parse(`${of('ts_local')}Z`);
  const at = instantOfLocal(Math.floor(wall / DAY), (wall % DAY) / 60_000, TIME_ZONE);
  first.set(person, Math.min(first.get(person) ?? at, at));
  const values = metrics.flatMap(([column, metric]) =>
    of(column) === '' ? [] : [[metric, Number(of(column))]],
  );
  const payload = { at: new Date(at).toISOString(), ...Object.fromEntries(values) };
  return { at, line: recordingLine(at + 1000, `shouwang/${model}-${person}/telemetry`, payload) };
});
lines.sort((a, b) => a.at - b.at);
writeFileSync(`${out}.ndjson`, lines.map(({ line }) => `${line}\n`).join(''));
const homes = [...first].map(
  ([person, at], i) => `c,g1,b${i},u1,${person},${model}-${person},${model},,${new Date(at).toISOString()}\n`,
);
writeFileSync(
  `${out}.csv`,
  `community,grid,building,unit,home,device,model,gateway,enrolled_at\n${homes.join('')}`,
);
console.error(`${lines.length} lines of ${first.size} people`);

import { readFileSync } from 'node:fs';

/**
 * Which share of the incidents of a recording was found within so many hours, by the definitions of the yardstick: what
 * overlaps of the alerts about a person is one alarm; who was in alarm already is left out.
 *
 *   node scripts/found-within.ts HOURS made/incidents/truth.ndjson made/rules/incidents/alerts.ndjson
 */
const [hours = '30', truth = '', alerts = ''] = process.argv.slice(2);
const HOUR = 3_600_000;

interface Alarm {
  readonly from: number;
  to: number;
}

const lines = (file: string): Record<string, string>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);

const alarms = new Map<string, Alarm[]>();
const raised = lines(alerts).filter(({ about }) => about === 'person');
raised.sort((a, b) => (String(a['raisedAt']) < String(b['raisedAt']) ? -1 : 1));
for (const { home = '', raisedAt = '', clearedAt } of raised) {
  const [from, to] = [Date.parse(raisedAt), clearedAt ? Date.parse(clearedAt) : Number.POSITIVE_INFINITY];
  const here = alarms.get(home) ?? [];
  const last = here.at(-1);
  if (last && from <= last.to) last.to = Math.max(last.to, to);
  else here.push({ from, to });
  alarms.set(home, here);
}
let [asked, found] = [0, 0];
for (const { home = '', from = '' } of lines(truth)) {
  const at = Date.parse(from);
  const here = alarms.get(home) ?? [];
  if (here.some((alarm) => alarm.from <= at && alarm.to > at)) continue;
  asked++;
  if (here.some((alarm) => alarm.from > at && alarm.from <= at + Number(hours) * HOUR)) found++;
}
console.log(`${((100 * found) / asked).toFixed(1)} % of ${asked} within ${hours} h`);

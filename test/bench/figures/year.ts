import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count, type Figure, type Row } from '../figure.ts';
import { Child, REPOSITORY, tellUsage } from '../process.ts';
import { writeYear, type YearFiles } from '../year.ts';

const [HOMES, DAYS] = [1_000, 365];
const GOAL_SECONDS = 60;
const GOAL_BYTES = 2 ** 30;
const PATIENCE_MS = 900_000;

/** A year of a small town through `backtest`, as an operator would run it: the whole process, from start to report. */
export const year: Figure = {
  name: 'year',
  title: 'Backtest of a year',
  linuxOnly: false,
  async run(context) {
    const dir = join(context.dir, 'year');
    await mkdir(dir, { recursive: true });
    const homes = context.quick ? HOMES / 10 : HOMES;
    context.say(`writing ${count(homes * DAYS * 24)} readings …`);
    const files = await writeYear(dir, homes, DAYS);
    const rows: Row[] = [];
    for (const [rules, name] of [
      ['config/reference.yaml', 'the reference rule'],
      ['config/rules.yaml', 'the whole default rule set'],
    ] as const) {
      const used = await backtest(dir, files, rules);
      context.say(`${rules}: ${used.seconds.toFixed(1)} s, ${used.cpuSeconds.toFixed(1)} s of CPU`);
      rows.push(
        rowOf(used, `${count(homes)} homes × ${DAYS} days, read hourly, ${name}`, homes, files.lines),
      );
    }
    return rows;
  },
};

interface Used {
  readonly cpuSeconds: number;
  readonly peak: number;
  readonly seconds: number;
}

function rowOf({ cpuSeconds, peak, seconds }: Used, what: string, homes: number, lines: number): Row {
  const goal = (GOAL_SECONDS * homes) / HOMES;
  return {
    what: `\`backtest\` of ${what}: whole process`,
    goal: `≤ ${goal} s, ≤ ${mb(GOAL_BYTES)}`,
    result: `${seconds.toFixed(1)} s, ${mb(peak)}`,
    met: seconds <= goal && peak <= GOAL_BYTES,
    numbers: { seconds, cpuSeconds, peak },
    notes: [
      `${cpuSeconds.toFixed(1)} s of CPU, ${((1e6 * cpuSeconds) / lines).toFixed(2)} µs a reading, all threads; from the start of Node to the written report, the recording gzipped`,
      'every home that drew no water for three days was found',
    ],
  };
}

async function backtest(dir: string, files: YearFiles, rules: string): Promise<Used> {
  const out = join(dir, 'out');
  const startedAt = performance.now();
  const child = new Child(join(REPOSITORY, 'src/main.ts'), {
    args: [
      'backtest',
      ...['--recording', files.recording, '--registry', files.registry],
      ...['--rules', join(REPOSITORY, rules), '--out', out],
    ],
    node: tellUsage,
    log: join(dir, 'backtest.log'),
  });
  const used = await child.says<{ cpuSeconds: number; peak: number }>(PATIENCE_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  await check(out, files);
  return { ...used, seconds };
}

/** @throws when the backtest did not see all, or did not find who drew no water. */
async function check(out: string, { lines, dry }: YearFiles): Promise<void> {
  const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as {
    recording: { messages: number; readings: number };
  };
  if (report.recording.messages !== lines || report.recording.readings !== lines)
    throw new Error(`${JSON.stringify(report.recording)}, expected ${lines} messages and readings`);
  const found = new Set<string>();
  for (const line of (await readFile(join(out, 'alerts.ndjson'), 'utf8')).trim().split('\n')) {
    const { home, about, raisedAt } = JSON.parse(line) as Record<'home' | 'about' | 'raisedAt', string>;
    const spell = dry.get(home);
    const at = Date.parse(raisedAt);
    if (about === 'person' && spell && at > spell.from && at <= spell.to) found.add(home);
  }
  if (found.size !== dry.size) throw new Error(`${found.size} of ${dry.size} homes without water were found`);
}

const mb = (bytes: number): string => `${count(bytes / 2 ** 20)} MB`;

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordingWriter, recordingLine } from '../../../simulators/recording.ts';
import { count, type Figure, interleaved, type Row, ratios, shown, spread, until } from '../figure.ts';
import { bandOf, homeOf, meterOf } from '../names.ts';
import { Child, childFile, REPOSITORY, tellUsage } from '../process.ts';

const GOAL = 0.6;
const HOMES = 5_000;
const QUARTER_MS = 15 * 60_000;
const T0 = Date.UTC(2026, 2, 1);
/** One home of a thousand draws no water, one has high blood pressure. */
const [DRY, HIGH] = [7, 13];

/** A recording through `backtest` with the reference rules, against splitting the same file into lines and JSON.parse. */
export const replay: Figure = {
  name: 'replay',
  title: 'Replay of a recording',
  linuxOnly: false,
  async run(context) {
    const dir = join(context.dir, 'replay');
    await mkdir(dir, { recursive: true });
    // A day and one hour: the window of 24 hours is full.
    const quarters = 100;
    const files = await write(dir, quarters);
    const [rounds, lines] = [context.quick ? 1 : 3, quarters * HOMES * 2];
    const empty = await backtest(dir, { ...files, recording: files.few });
    const [parsed = [], replayed = []] = await interleaved(rounds, [
      () => splitAndParse(dir, files.recording, lines),
      () => backtest(dir, files),
    ]);
    await check(dir, lines);
    const ratio = ratios(parsed, replayed);
    const net = ratios(
      parsed,
      replayed.map((seconds) => seconds - empty),
    );
    const us = (seconds: readonly number[]): string => shown(spread(seconds.map((s) => (s / lines) * 1e6)));
    context.say(`parse ${us(parsed)} µs a line, backtest ${us(replayed)} µs`);
    const row: Row = {
      what: `Replay of ${count(lines)} recorded messages through \`backtest\`, reference rules, against splitting and JSON.parse alone`,
      goal: `≥ ${GOAL} ×`,
      result: `${shown(ratio)} ×`,
      met: ratio.median >= GOAL,
      numbers: {
        ratio: ratio.median,
        net: net.median,
        parseSeconds: parsed,
        backtestSeconds: replayed,
        startSeconds: empty,
      },
      notes: [
        `CPU of the whole processes: ${us(parsed)} µs against ${us(replayed)} µs a message; without the ${empty.toFixed(1)} s that start and the registry of ${count(HOMES)} homes take: ${shown(net)} ×`,
        `${HOMES / 1000} alerts of each rule raised, as they must be`,
      ],
    };
    return [row];
  },
};

interface Files {
  readonly recording: string;
  /** The first hundred lines only. */
  readonly few: string;
  readonly registry: string;
  readonly rules: string;
}

async function write(dir: string, quarters: number): Promise<Files> {
  const files = {
    recording: join(dir, 'recording.ndjson'),
    few: join(dir, 'few.ndjson'),
    registry: join(dir, 'registry.csv'),
    rules: join(dir, 'rules.yaml'),
  };
  const rows = ['community,grid,building,unit,home,device,model,gateway,enrolled_at'];
  for (let home = 0; home < HOMES; home++) {
    const place = `c,g${home % 20},b${home % 200},u${home % 800},${homeOf(home)}`;
    for (const [device, model] of [
      [meterOf(home), 'water-meter'],
      [bandOf(home), 'wristband'],
    ])
      rows.push(`${place},${device},${model},,${new Date(T0).toISOString()}`);
  }
  await writeFile(files.registry, `${rows.join('\n')}\n`);
  await writeFile(files.rules, RULES);
  const [all, few] = [new RecordingWriter(files.recording), new RecordingWriter(files.few)];
  for (let quarter = 0; quarter < quarters; quarter++) {
    for (let home = 0; home < HOMES; home++) {
      for (const line of linesOf(home, quarter)) {
        await all.write(line);
        if (all.lines <= 100) await few.write(line);
      }
    }
  }
  await all.close();
  await few.close();
  return files;
}

const RULES = `version: reference
rules:
  - id: W1
    kind: low-consumption
  - id: V1
    kind: reading-limit
    params:
      limits:
        - { metric: systolic_mmhg, above: 180 }
        - { metric: diastolic_mmhg, above: 110 }
`;

function linesOf(home: number, quarter: number): string[] {
  const receivedAt = T0 + quarter * QUARTER_MS + Math.floor((home / HOMES) * QUARTER_MS);
  const at = new Date(receivedAt - 1000).toISOString();
  // A full cup at every hour but none at night: what never stops would count as a leak.
  const hours = Math.floor(quarter / 4);
  const litres = home % 1000 === DRY ? 0 : (hours - Math.floor(hours / 3)) * 12;
  const meter = {
    at,
    water_index_m3: (100_000 + home + litres) / 1000,
    flow_m3_h: 0.0125,
    battery_pct: 88,
    signal_dbm: -87,
  };
  const band = {
    at,
    systolic_mmhg: home % 1000 === HIGH ? 190 : 110 + ((home + quarter * 7) % 40),
    diastolic_mmhg: 65 + ((home + quarter) % 20),
    pulse_bpm: 60 + ((home + quarter) % 29),
    spo2_pct: 95 + (quarter % 4),
    skin_temperature_c: 33.4,
    steps_count: 10_000 + quarter * 50,
    battery_pct: 88,
  };
  return [
    recordingLine(receivedAt, `shouwang/${meterOf(home)}/telemetry`, meter),
    recordingLine(receivedAt, `shouwang/${bandOf(home)}/telemetry`, band),
  ];
}

interface Usage {
  readonly cpuSeconds: number;
}

async function splitAndParse(dir: string, file: string, lines: number): Promise<number> {
  const child = new Child(childFile('split-parse'), {
    args: [file],
    node: tellUsage,
    log: join(dir, 'parse.log'),
  });
  const parsed = await child.says<{ lines: number }>();
  if (parsed.lines !== lines) throw new Error(`${parsed.lines} lines were parsed, not ${lines}`);
  return ended(child);
}

async function backtest(dir: string, { recording, registry, rules }: Files): Promise<number> {
  const args = [
    '--recording',
    recording,
    '--registry',
    registry,
    '--rules',
    rules,
    '--out',
    join(dir, 'out'),
  ];
  const child = new Child(join(REPOSITORY, 'src/main.ts'), {
    args: ['backtest', ...args],
    node: tellUsage,
    log: join(dir, 'backtest.log'),
  });
  return ended(child);
}

async function ended(child: Child): Promise<number> {
  const { cpuSeconds } = await child.says<Usage>(300_000);
  await until('the process ends', () => child.ended !== undefined, 30_000);
  if (child.ended !== 'exit 0') throw new Error(`${child.ended}: ${child.logText()}`);
  return cpuSeconds;
}

/** @throws when the replay did not see all, or not what is in it. */
async function check(dir: string, lines: number): Promise<void> {
  const alerts = (await readFile(join(dir, 'out/alerts.ndjson'), 'utf8')).trim().split('\n');
  const of = (rule: string): number =>
    alerts.filter((line) => (JSON.parse(line) as { rule?: string }).rule === rule).length;
  const expected = HOMES / 1000;
  if (of('W1') !== expected || of('V1') !== expected || alerts.length !== 2 * expected)
    throw new Error(
      `${of('W1')} and ${of('V1')} of ${alerts.length} alerts, expected ${expected} of each rule`,
    );
  const report = JSON.parse(await readFile(join(dir, 'out/report.json'), 'utf8')) as { messages?: number };
  if (report.messages !== undefined && report.messages !== lines)
    throw new Error(`${report.messages} messages were replayed, not ${lines}`);
}

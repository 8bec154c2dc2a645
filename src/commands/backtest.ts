import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { alertLine } from '../app/alert-line.ts';
import { loadDeviceModels, loadRuleKinds } from '../app/definitions.ts';
import { loadRuleSet, problemText } from '../app/load.ts';
import { type Incident, makeReport } from '../backtest/report.ts';
import { runBacktest } from '../backtest/run.ts';
import { UsageError } from '../cli.ts';
import { decodeText, importFormat, parseImport } from '../config/registry-import.ts';
import { loadYamlFile } from '../config/yaml-file.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Case } from '../model/case.ts';
import { notifyPolicySchema } from '../model/notify-policy.ts';
import { Registry } from '../registry/registry.ts';

interface Options {
  readonly recording: string[];
  readonly registry: string;
  readonly rules: string;
  readonly notify: string;
  readonly truth?: string;
  readonly out: string;
  readonly lateness: number;
  readonly json?: boolean;
}

const DEFAULT_POLICY = fileURLToPath(new URL('../../config/notify.yaml', import.meta.url));

/** `backtest`: what a rule set would have done with a recording, before it is switched on. */
export default function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description(
      'Runs recordings through the same rules and cases as the live service and writes what would have happened.',
    )
    .requiredOption('--recording <file...>', 'recordings (NDJSON, .gz allowed), merged by time of arrival')
    .requiredOption('--registry <file>', 'registry, YAML or CSV')
    .requiredOption('--rules <file>', 'rule set, YAML')
    .requiredOption('--out <dir>', 'writes alerts.ndjson, cases.ndjson and report.json there')
    .option('--truth <file>', 'incidents that truly were, NDJSON: adds recall, delay and false alerts')
    .option('--notify <file>', 'who is told, YAML', DEFAULT_POLICY)
    .option('--lateness <minutes>', 'how far lines may be out of order', Number, 60)
    .option('--json', 'prints the report on stdout')
    .action(async (options: Options) => {
      const models = await loadDeviceModels();
      const kinds = await loadRuleKinds();
      const ruleSet = checked(await loadRuleSet(options.rules, kinds));
      const policy = checked(await loadYamlFile(options.notify, notifyPolicySchema));
      const registry = await loadRegistry(options.registry, (name) => models.get(name) !== undefined);
      const truth = options.truth === undefined ? undefined : await readTruth(options.truth);
      const channels = new Set([
        ...policy.routes.flatMap((route) => route.channels),
        ...policy.always,
        ...policy.fallback.channels,
      ]);
      for (const person of registry.staff()) for (const { channel } of person.channels) channels.add(channel);
      const progress = progressLine();
      const run = await runBacktest({
        recordings: options.recording,
        core: { models, kinds, registry, ruleSet, policy, channels },
        latenessMs: options.lateness * 60_000,
        onProgress: progress.show,
      });
      progress.end();
      const report = makeReport(run, ruleSet.version, truth);
      await mkdir(options.out, { recursive: true });
      await writeFile(join(options.out, 'alerts.ndjson'), ndjson(run.alerts.map(alertLine)));
      await writeFile(join(options.out, 'cases.ndjson'), ndjson(run.cases.map(caseLine)));
      await writeFile(join(options.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
      if (options.json) console.log(JSON.stringify(report));
      else
        console.error(
          `${run.alerts.length} alerts in ${report.homeDays} home-days of ${report.homes} homes; see ${options.out}`,
        );
    });
}

function checked<T>(
  result: { ok: true; value: T } | { ok: false; error: Parameters<typeof problemText>[0] },
): T {
  if (!result.ok) throw new Error(problemText(result.error));
  return result.value;
}

async function loadRegistry(file: string, known: (model: string) => boolean): Promise<Registry> {
  const format = importFormat(file);
  if (!format) throw new UsageError(`${file}: a registry ends in .csv, .yaml or .yml`);
  const { put } = checked(parseImport(format, decodeText(await readFile(file)), file));
  const [problem] = Registry.from([]).problems(put, [], known);
  if (problem) throw new Error(`${file}: ${problem.code} ${JSON.stringify(problem.details ?? {})}`);
  return Registry.from(put);
}

async function readTruth(file: string): Promise<Incident[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { home, kind, from, to } = JSON.parse(line) as Record<string, unknown>;
    const start = typeof from === 'string' ? parseRfc3339(from) : undefined;
    const end = typeof to === 'string' ? parseRfc3339(to) : Number.POSITIVE_INFINITY;
    if (typeof home !== 'string' || typeof kind !== 'string' || start === undefined || end === undefined) {
      throw new Error(`${file}:${index + 1}: expected {"home","kind","from","to"}`);
    }
    return [{ home, kind, from: start, to: end }];
  });
}

const ndjson = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function caseLine({
  openedAt,
  dueAt,
  acknowledgedAt,
  resolvedAt,
  version: _version,
  entries: _entries,
  ...rest
}: Case): unknown {
  const iso = (at: number | undefined): string | null =>
    at === undefined ? null : new Date(at).toISOString();
  return {
    ...rest,
    openedAt: iso(openedAt),
    dueAt: iso(dueAt),
    acknowledgedAt: iso(acknowledgedAt),
    resolvedAt: iso(resolvedAt),
  };
}

/** One line on stderr, rewritten each second on a terminal, each ten seconds elsewhere. */
function progressLine(): { show: (progress: { messages: number; at: number }) => void; end: () => void } {
  const startedAt = performance.now();
  const everyMs = process.stderr.isTTY ? 1_000 : 10_000;
  let shownAt = startedAt;
  return {
    show({ messages, at }) {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      const rate = Math.round(messages / ((now - startedAt) / 1000));
      const line = `${messages} messages, ${rate}/s, recording has reached ${new Date(at).toISOString().slice(0, 16)}`;
      process.stderr.write(process.stderr.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    },
  };
}

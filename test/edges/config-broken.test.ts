import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadParts, problemText } from '../../src/app/load.ts';
import { startService } from '../../src/app/wiring.ts';
import addCheck from '../../src/commands/check.ts';
import { type ConfigProblem, problemIn } from '../../src/config/yaml-file.ts';
import { wallClock } from '../../src/lib/clock.ts';
import { TextError } from '../../src/model/text.ts';
import { runs } from '../runs.ts';
import { type BrokenFile, brokenConfig } from './broken-config.ts';
import { run } from './command-line.ts';

let folder: string;
let shipped: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-broken-'));
  shipped = join(folder, 'config');
  await cp('config', shipped, { recursive: true });
  await writeFile(
    join(shipped, 'service.yaml'),
    `dataDir: ${join(folder, 'none')}\nhttp: { host: 127.0.0.1, port: 0 }\nmqtt: { host: 127.0.0.1, port: 0, webSocketPort: off }\n`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** What `check` says: that it ends without a word about itself is the first thing. */
async function checked(dir: string): Promise<readonly ConfigProblem[]> {
  const { out, error } = await run(addCheck, 'check', '--config', dir, '--json');
  if (error !== undefined && !(error instanceof TextError)) throw error;
  const { ok, problems } = JSON.parse(out) as { ok: boolean; problems: ConfigProblem[] };
  expect(ok).toBe(problems.length === 0);
  expect(ok).toBe(error === undefined);
  return problems;
}

/** What is wrong with what it says of a mistake: no place, or no words. */
function unsaid(problem: ConfigProblem, file: string): string | undefined {
  const [zh, en] = [problemIn('zh')(problem), problemIn('en')(problem)];
  if (/there is no such file|cannot be read/.test(problem.message)) return undefined;
  if (!problem.file.endsWith('.yaml')) return `no file: ${en}`;
  if (problem.file.endsWith(file) && problem.line === undefined) return `no line: ${en}`;
  if (problem.message.trim() === '' || /undefined|\[object/.test(en)) return `no words: ${en}`;
  const words = zh.slice(problem.file.length).replace(/"[^"]*"|`[^`]*`|\S+：/g, '');
  if (/\b[a-z]{3,} [a-z]{3,} [a-z]{3,}\b/.test(words)) return `no Chinese: ${zh}`;
  return undefined;
}

async function starts(dir: string): Promise<void> {
  const dataDir = await mkdtemp(join(folder, 'data-'));
  const parts = await loadParts({ dir, env: {}, flags: { dataDir } });
  if (!parts.ok) throw new Error(problemText(parts.error));
  const started = startService({
    parts: parts.value,
    clock: wallClock(),
    logger: pino({ level: 'silent' }),
    env: {},
    print: () => undefined,
    version: 'test',
    disk: () => undefined,
  });
  const service = await started.catch((error: NodeJS.ErrnoException) => {
    if (OF_MACHINE.includes(error.code ?? '')) return undefined;
    throw error;
  });
  await service?.stop();
}

/** What this machine refuses, or does not know: a name that is none, a port that is taken. */
const OF_MACHINE = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'];

test.each(['rules.yaml', 'registry.yaml', 'channels.yaml', 'notify.yaml', 'rosters.yaml', 'service.yaml'])(
  'whatever becomes of %s, check names each mistake with its place in both languages, and what it passes starts',
  async (file) => {
    const text = await readFile(join(shipped, file), 'utf8');
    const dir = join(folder, `broken-${file}`);
    await cp(shipped, dir, { recursive: true });
    await fc.assert(
      fc.asyncProperty(brokenConfig(text), async ({ bytes }: BrokenFile) => {
        await writeFile(join(dir, file), bytes);
        const problems = await checked(dir);
        expect(problems.map((problem) => unsaid(problem, file)).filter((each) => each !== undefined)).toEqual(
          [],
        );
        if (problems.length === 0) await starts(dir);
      }),
      { numRuns: runs(2, 60) },
    );
  },
);

import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Types and lint, side by side; each says what it has to say when it is through. Exit code 1 if one of them is not content. */
const CHECKS = {
  'types of the service': ['tsc', '-p', '.'],
  'types of the console': ['tsc', '-p', 'src/web'],
  'lint and form': ['biome', 'check', '.'],
} as const;

const root = join(import.meta.dirname, '..');

function check(name: string, [program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) };
  const started = performance.now();
  // By its name, as npm finds it; and through a shell where that is how it is found.
  const child = spawn(program, args, { cwd: root, env, shell: process.platform === 'win32' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ends = (good: boolean, more = ''): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${good ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (!good) console.log(said + more);
    resolve(good);
  };
  child.on('error', (error) => ends(false, error.message));
  child.on('close', (code) => ends(code === 0));
  return promise;
}

const results = await Promise.all(Object.entries(CHECKS).map(([name, command]) => check(name, command)));
if (results.includes(false)) process.exitCode = 1;

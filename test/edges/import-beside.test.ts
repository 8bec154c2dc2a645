import { describe, expect, test } from 'vitest';
import { readBeside } from '../../src/config/import-beside.ts';
import type { ImportReader } from '../../src/config/import-reader.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { type ImportAnswer, importParser } from '../../src/config/registry-import.ts';
import { parseRegistryYaml } from '../../src/config/registry-yaml.ts';
import { formatProblem } from '../../src/config/yaml-file.ts';

const HEADER = 'community,grid,building,unit,home,device,model,gateway,enrolled_at';

describe('a file of somebody else', () => {
  const parserWith = (read: ImportReader) =>
    importParser({ existing: () => undefined, problems: () => [] }, { models: ['wristband'] }, read);
  const ROW = (n: number) => `c,g,b,u,h${n},d${n},wristband,,2026-03-01`;
  /** How often something else was done while the work went on. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    const look = setInterval(() => turns++, 1);
    await work();
    clearInterval(look);
    return turns;
  }

  test('is read beside, so that nothing waits for it, and of many mistakes the first are told and how many more', async () => {
    const wrong = Array.from({ length: 3_000 }, (_, n) => `  - id: c${n}\n    bogus${n}: x\n`).join('');
    const rows = Array.from({ length: 1_000 }, (_, n) => ROW(n)).join('\n');
    const parse = parserWith(readBeside);
    let told: ImportAnswer | undefined;
    const turns = await turnsDuring(async () => {
      told = await parse('yaml', `communities:\n${wrong}`);
    });
    expect([told?.problems.length, told?.more]).toEqual([100, 2_900]);
    const whole = await parse('csv', `${HEADER}\n${rows}`);
    expect([whole?.problems, whole?.added]).toEqual([[], 2_004]);
    // One or two where it is read on this thread.
    expect(turns).toBeGreaterThan(20);
  });

  test('is read like the first after one that was wrong', async () => {
    const parse = parserWith(readBeside);
    const right = async () => {
      const read = await parse('csv', `${HEADER}\n${ROW(1)}\n${ROW(2)}`);
      expect([read?.problems, read?.added]).toEqual([[], 8]);
    };
    await right();
    expect((await parse('csv', 'community'))?.problems).not.toEqual([]);
    await right();
  });

  test('is read no more when whoever sent it has gone, and waits in a line that has an end', async () => {
    let reading = 0;
    const parse = parserWith((_work, _take, stop) => {
      reading++;
      return new Promise((_, reject) => stop?.addEventListener('abort', () => reject(stop.reason)));
    });
    const stop = new AbortController();
    const waiting = Array.from({ length: 5 }, () => parse('csv', '', stop.signal));
    await expect(parse('csv', '')).resolves.toBeUndefined();
    stop.abort();
    await expect(Promise.all(waiting)).resolves.toEqual(waiting.map(() => undefined));
    expect(reading).toBe(1);
    const gone = new AbortController();
    const beside = parserWith(readBeside)('csv', `${HEADER}\n${ROW(1)}`, gone.signal);
    gone.abort();
    await expect(beside).resolves.toBeUndefined();
  });

  test.each([
    ['['.repeat(5_000), /nested too deeply/, '层层嵌套'],
    ['? '.repeat(5_000), /nested too deeply/, '层层嵌套'],
    [
      `z: 1\nz: 2\na: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f']
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcde'[i]}`).join()}]`)
        .join('\n')}`,
      /repeats itself by aliases/,
      '别名',
    ],
  ])('that is made to overwhelm whoever reads it is refused by name', (text, words, chinese) => {
    const read = parseRegistryYaml(text, 'x.yaml', { models: ['wristband'] });
    const [problem] = read.ok ? [] : read.error.map(formatProblem);
    expect(problem).toMatch(words);
    expect(messageIn('zh', String(problem).replace(/^\S+ /, ''))).toContain(chinese);
  });
});

import { expect, test } from 'vitest';
import { Progress } from '../src/lib/progress.ts';

function lastLine(done: number, language: 'zh' | 'en', unit: string): string {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  new Progress({ label: 'x', unit, language, stream }).end(done);
  return lines.join('');
}

test('one of something is told as one, in a language that has a form for it', () => {
  expect(lastLine(1, 'en', 'messages acknowledged')).toMatch(/^x: 1 message acknowledged in /);
  expect(lastLine(2, 'en', 'messages acknowledged')).toMatch(/^x: 2 messages acknowledged in /);
  expect(lastLine(1, 'zh', '条报文')).toMatch(/^x：1 条报文，/);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { evidenceTitle, evidenceValue, isPartOfText } from '../../src/web/format/evidence.ts';
import { locale } from '../../src/web/text/translate.ts';
import { kinds } from '../core.ts';
import { played } from '../rule-examples.ts';

afterEach(() => {
  locale.value = 'zh';
});

const SRC = join(import.meta.dirname, '../../src');
const read = (file: string): string => readFileSync(join(SRC, file), 'utf8');

/** The figures that the examples of a kind lead to. */
function figuresOf(kind: Parameters<typeof played>[0]): (readonly [name: string, value: number | string])[] {
  const alerts = kind.examples.flatMap((example) => played(kind, example).alerts);
  return alerts.flatMap(({ evidence }) => Object.entries(evidence.values));
}
/** A word of the code that is nobody's name of anything. */
const isRaw = (value: string): boolean => /^[a-z]+(?:[A-Z-][a-zA-Z]*)+$/.test(value);

test.each([...kinds.values()].map((kind) => [kind.kind, kind] as const))(
  '%s: each figure of its evidence has a name and a value that people can read, in both languages',
  (_, kind) => {
    for (const [name, value] of figuresOf(kind)) {
      for (const language of ['zh', 'en'] as const) {
        locale.value = language;
        const shown = evidenceValue(name, value, 'Asia/Shanghai');
        expect([name, evidenceTitle(name) !== undefined]).toEqual([name, true]);
        expect([name, shown.value, isRaw(shown.value)]).toEqual([name, shown.value, false]);
        // An instant is a time, not so many milliseconds.
        expect([name, /\d,\d{3},\d{3},\d{3}/.test(shown.value)]).toEqual([name, false]);
      }
    }
  },
);

/** Names in the source of objects that become evidence: what no example leads to, and what the service finds of itself. */
function namesWritten(): readonly string[] {
  const rules = readdirSync(join(SRC, 'rules/kinds')).filter((file) => !file.startsWith('_'));
  const files = [...rules.map((file) => `rules/kinds/${file}`), 'rules/reading-words.ts'];
  files.push('rules/blood-pressure-words.ts', ...readdirSync(join(SRC, 'app')).map((file) => `app/${file}`));
  const found = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(file).matchAll(/\bvalues: (\{(?:[^{}]|\{[^{}]*\})*\})/g)])
    // Without what a call-back takes apart.
    .map(([, literal = '']) => literal.replaceAll(/\(\{[^}]*\}\)/g, ''))
    // Inputs of examples are readings: metrics, which have names.
    .flatMap((literal) => [...literal.matchAll(/[{,]\s*(\w+)\s*(?=[:,}])/g)].map(([, name = '']) => name));
  const asked = ['model/service-finding.ts', 'model/device-fault.ts'].flatMap((file) =>
    [...read(file).matchAll(/values\['(\w+)'\]/g)].map(([, name = '']) => name),
  );
  // Or taken apart by the sentence that it stands in.
  const taken = [...read('model/service-finding.ts').matchAll(/\b(?:text|titleOf): \(\{ ([^}]*) \}\)/g)];
  const named = taken.flatMap(([, names = '']) =>
    [...names.matchAll(/(\w+)(?=[,:]| =|$)/g)].map(([name]) => name),
  );
  return [...new Set([...found, ...asked, ...named])];
}

test('no name that is written into evidence anywhere is missing in the dictionary', () => {
  const names = namesWritten();
  expect(names).toEqual(
    expect.arrayContaining(['waitedFrom', 'inARow', 'roster', 'batteryPct', 'bytesMax', 'total']),
  );
  expect(names.filter((name) => evidenceTitle(name) === undefined && !isPartOfText(name))).toEqual([]);
});

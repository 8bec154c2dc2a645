import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatProblem, loadYaml, loadYamlFile } from '../../src/config/yaml-file.ts';
import { didYouMean } from '../../src/lib/did-you-mean.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { runs } from '../runs.ts';

const schema = z.object({
  hours: z.number().min(1).max(72).default(24),
  port: z.number().int().min(1).max(65_535).optional(),
  wait: z.number().positive().optional().meta({ unit: 'seconds' }),
  name: z.string().min(1).max(10).optional(),
  level: z.enum(['info', 'warn']).default('info'),
  on: z.boolean().optional(),
  key: z.string().min(4).optional().meta({ secret: true }),
  rules: z
    .array(z.object({ id: z.string().regex(/^[a-z]+$/, 'small letters'), limit: z.number().optional() }))
    .default([]),
  shape: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), radius: z.number() }),
      z.object({ kind: z.literal('square'), side: z.number() }),
    ])
    .optional(),
  either: z.union([z.number(), z.literal('off')]).optional(),
});

/** The lines that a person would see. */
function complaints(text: string, of: z.ZodType = schema): string[] {
  const result = loadYaml(text, 'x.yaml', of);
  return result.ok ? [] : result.error.map(formatProblem);
}

describe('a mistake in a YAML file', () => {
  test.each([
    ['hours: abc', 'x.yaml:1:8 hours: found "abc", expected a number between 1 and 72'],
    ['hours: 99', 'x.yaml:1:8 hours: found 99, expected a number between 1 and 72'],
    ['hours:', 'x.yaml:1:7 hours: found nothing, expected a number between 1 and 72'],
    ['port: 1.5', 'x.yaml:1:7 port: found 1.5, expected a whole number between 1 and 65535'],
    ['wait: 0', 'x.yaml:1:7 wait: found 0, expected a number above 0 (seconds)'],
    ['name: ""', 'x.yaml:1:7 name: found "", expected text of 1 to 10 characters'],
    ['level: wran', 'x.yaml:1:8 level: found "wran", expected one of info, warn; did you mean "warn"?'],
    ['on: yes', 'x.yaml:1:5 on: found "yes", expected true or false'],
    ['key: abc', 'x.yaml:1:6 key: found a secret, expected text of at least 4 characters'],
    ['rules: 5', 'x.yaml:1:8 rules: found 5, expected a list'],
    ['rules:\n  - id: a\n  - limit: 3', 'x.yaml:3:5 rules[1].id: is missing, expected text'],
    ['rules:\n  - id: A-1', 'x.yaml:2:9 rules[0].id: found "A-1", expected small letters'],
    [
      'shape: { kind: cirle }',
      'x.yaml:1:16 shape.kind: found "cirle", expected one of circle, square; did you mean "circle"?',
    ],
    [
      'shape: { kind: circle, side: 3, radius: 1 }',
      'x.yaml:1:24 shape.side: unknown key; allowed here: kind, radius',
    ],
    ['either: on', 'x.yaml:1:9 either: found "on", expected a number, or "off"'],
    ['hour: 3', 'x.yaml:1:1 hour: unknown key; did you mean "hours"?'],
    ['"r u l e s": []', 'x.yaml:1:1 r u l e s: unknown key; did you mean "rules"?'],
    ['hours: 1\nhours: 2', 'x.yaml:2:1 this key stands here twice'],
    ['- 1', 'x.yaml:1:1 found a list, expected keys with values'],
  ])('is told with its place, what was found and what is allowed: %j', (text, line) => {
    expect(complaints(text)).toEqual([line]);
  });

  test('in the grammar is told at its line', () => {
    expect(complaints('hours: 1\nrules: [1\nname: x')).toEqual([
      expect.stringMatching(/^x\.yaml:3:1 not valid YAML: /),
    ]);
  });

  test('does not hide the next one: all are told, line by line', () => {
    const lines = complaints('nmae: x\nhours: 0\nrules:\n  - { id: 7, limt: 1 }\nport: 0\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'x.yaml:1:1',
      'x.yaml:2:8',
      'x.yaml:4:11',
      'x.yaml:4:14',
      'x.yaml:5:7',
    ]);
  });

  test('behind an alias is told where the value stands', () => {
    const text = 'rules:\n  - &first { id: A }\n  - *first\n';
    expect(complaints(text)).toEqual(
      expect.arrayContaining(['x.yaml:2:18 rules[0].id: found "A", expected small letters']),
    );
  });

  test('in a file that is not there names the file', async () => {
    const result = await loadYamlFile('/nowhere/rules.yaml', schema);
    expect(result.ok ? [] : result.error.map(formatProblem)).toEqual([
      '/nowhere/rules.yaml there is no such file',
    ]);
  });

  test('that only the caller can see is told at its place too', () => {
    const further = () => [{ path: ['rules', 1, 'id'], message: 'is taken' }];
    const result = loadYaml('rules:\n  - id: a\n  - id: b\n', 'x.yaml', schema, further);
    expect(result.ok ? [] : result.error.map(formatProblem)).toEqual(['x.yaml:3:9 rules[1].id: is taken']);
  });
});

/** Rule sets with comments and blank lines strewn in, and one mistake in a line that is remembered. */
const arbitraryNoise = fc.constantFrom('', '\n', '# a comment\n', '\n\n  # another: { one\n');
const arbitraryRules = fc.array(fc.tuple(fc.boolean(), arbitraryNoise, arbitraryNoise), {
  minLength: 1,
  maxLength: 12,
});

test('a mistake is told at the line where it stands, whatever stands around it', () => {
  const property = fc.property(arbitraryRules, fc.nat(), fc.constantFrom(0, 1, 2), (rules, pick, sort) => {
    const wrong = pick % rules.length;
    const mistake = [
      '    enabled: maybe # HERE\n',
      '    prioritty: P1 # HERE\n',
      '    priority: P9 # HERE\n',
    ][sort];
    const text = rules
      .map(([enabled, before, between], i) => {
        const end = i === wrong ? mistake : `    enabled: ${enabled}\n`;
        return `${before}  - id: R${i}\n${between}    kind: event\n${end}`;
      })
      .join('');
    const file = `version: 2026\nrules:\n${text}`;
    const result = loadYaml(file, 'x.yaml', ruleSetSchema);
    const line = file.split('\n').findIndex((each) => each.includes('# HERE')) + 1;
    expect(result.ok ? [] : result.error.map((problem) => problem.line)).toEqual([line]);
  });
  fc.assert(property, { numRuns: runs(15, 800) });
});

describe('a YAML file without mistakes', () => {
  test('has the defaults of what it leaves out', () => {
    expect(loadYaml('# nothing but a comment\n', 'x.yaml', schema)).toEqual({
      ok: true,
      value: { hours: 24, level: 'info', rules: [] },
    });
  });

  test('keeps a numeral as it was written where text is wanted', () => {
    const result = loadYaml('name: 0501\nhours: 12\n', 'x.yaml', schema);
    expect(result.ok && result.value).toMatchObject({ name: '0501', hours: 12 });
  });

  test('is read from disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shouwang-config-'));
    try {
      await writeFile(join(folder, 'x.yaml'), 'port: 80\n');
      const result = await loadYamlFile(join(folder, 'x.yaml'), schema);
      expect(result.ok && result.value.port).toBe(80);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what was probably meant', () => {
  test('is a name that is a slip away, of whatever name', () => {
    const names = ['gateway', 'enrolledAt', 'expectedInterval', 'residents'];
    const property = fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.constantFrom('drop', 'swap', 'double'),
      (name, at, slip) => {
        const i = at % (name.length - 1);
        const slipped = {
          drop: name.slice(0, i) + name.slice(i + 1),
          swap: name.slice(0, i) + name[i + 1] + name[i] + name.slice(i + 2),
          double: name.slice(0, i) + name[i] + name.slice(i),
        }[slip];
        expect(didYouMean(slipped, names)).toBe(name);
      },
    );
    fc.assert(property, { numRuns: runs(15, 800) });
  });

  test('may be written with other separators, and is nothing when nothing is near', () => {
    expect(didYouMean('expected_interval', ['expectedInterval', 'model'])).toBe('expectedInterval');
    expect(didYouMean('colour', ['expectedInterval', 'model'])).toBeUndefined();
  });
});

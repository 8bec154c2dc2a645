import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clockChange } from '../../src/config/clock-change.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { findProblems } from '../../src/config/schema-words.ts';
import { serviceSchema } from '../../src/config/service-schema.ts';
import { loadYaml, problemIn } from '../../src/config/yaml-file.ts';

const words = (schema: z.ZodType, value: unknown): string[] =>
  findProblems(schema, value).map(({ message }) => messageIn('zh', message));

describe('mistakes in configuration files, in Chinese', () => {
  test('a time that clocks skip or show twice', () => {
    const zh = ['2026-03-29 02:30', '2026-10-25 02:30', 'noon'].map((time) => {
      const problem = clockChange(time, 'Europe/Berlin') ?? 'is no time; write hours since the start';
      return messageIn('zh', `"${time}" ${problem}`);
    });
    expect(zh).toEqual([
      'Europe/Berlin 的钟面上没有 "2026-03-29 02:30"：时钟在此拨快',
      'Europe/Berlin 的钟面上 "2026-10-25 02:30" 出现两次（时钟在此拨慢）；请写 2026-10-25T02:30:00+02:00 或 2026-10-25T02:30:00+01:00',
      '"noon" 不是时间；请写自开始起的小时数（30、"30h"、"1d 6h"）或当地时间（2026-03-02 06:00）',
    ]);
  });

  test.each<[string, z.ZodType, unknown, string]>([
    [
      'bounds and a unit',
      z.int().min(1).max(60).meta({ unit: 's' }),
      0,
      '写的是 0，应为 1 至 60 之间的整数（s）',
    ],
    ['one bound', z.number().min(0), -1, '写的是 -1，应为不小于 0 的数字'],
    ['two open bounds', z.number().gt(0).lt(9), 'abc', '写的是 "abc"，应为大于 0、小于 9 的数字'],
    ['a missing text', z.string().min(1), undefined, '缺失，应为不为空的文字'],
    ['a text too long', z.string().min(2).max(3), 'a, b', '写的是 "a, b"，应为 2 至 3 个字符的文字'],
    [
      'a choice and a hint',
      z.enum(['influx1', 'sqlite']),
      'influx3',
      '写的是 "influx3"，应为以下之一：influx1, sqlite；是否想写 "influx1"？',
    ],
    [
      'alternatives',
      z.union([z.int().min(0).max(9), z.literal('off')]),
      [],
      '写的是空列表，应为 0 至 9 之间的整数，或 "off"',
    ],
    ['an empty list', z.array(z.string()).min(1), [], '写的是空列表，应为不为空的列表'],
    ['a short one', z.array(z.string()).min(2), ['a'], '写的是列表，应为至少 2 项的列表'],
    ['nothing where a list belongs', z.array(z.string()), null, '写的是空，应为列表'],
    [
      'a secret, which is not shown',
      z.string().min(9).meta({ secret: true }),
      'abc',
      '写的是一个密钥，应为至少 9 个字符的文字',
    ],
  ])('%s', (_name, schema, value, expected) => {
    expect(words(schema, value)).toEqual([expected]);
  });

  test('keep their place in the file, and what stands in it', () => {
    const text = 'site: { nam: x }\nhttp: { port: "found 1, expected 2" }\nmqtt: { x: 1, x: 2 }\n';
    const read = (yaml: string): string[] => {
      const loaded = loadYaml(yaml, 'service.yaml', serviceSchema);
      return loaded.ok ? [] : loaded.error.map(problemIn('zh'));
    };
    const twice = 'service.yaml:3:15 这个键写了两次';
    expect(read(text)).toContain(twice);
    // What stands beside it is looked at all the same.
    expect(read(text).filter((line) => line !== twice).length).toBeGreaterThan(1);
    expect(read(text.replace('x: 2', 'y: 2').replace('mqtt', '# '))).toEqual([
      'service.yaml:1:9 site.nam: 没有这个键；是否想写 "name"？',
      'service.yaml:2:15 http.port: 写的是 "found 1, expected 2"，应为 0 至 65535 之间的整数',
    ]);
  });

  test.each([
    ['no roster "a" in rosters.yaml', 'rosters.yaml 中没有值班表 "a"'],
    ['found 80, which is already http.port', '写的是 80，已用于 http.port'],
    ['no rule "W9" in this set', '规则集中没有规则 "W9"'],
  ])('that no schema finds: %s', (english, chinese) => {
    expect(messageIn('zh', english)).toBe(chinese);
  });

  test('that no line knows stay as they were written', () => {
    expect(messageIn('zh', 'this was never said before')).toBe('this was never said before');
    expect(messageIn('en', 'is missing, expected text')).toBe('is missing, expected text');
  });
});

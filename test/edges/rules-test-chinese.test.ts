import { expect, test } from 'vitest';
import { textOf } from '../../src/cli-words.ts';
import { rulesTests } from './rules-test-run.ts';

const { run, file } = rulesTests('zh_CN.UTF-8');

const story = (more: string): string => `rules:
  - { id: B, kind: event, params: { events: [sos] }, priority: P1 }
  - { id: V, kind: reading-limit, params: { limits: [{ metric: pulse_bpm, above: 120 }] } }
devices: [{ id: band, model: wristband }]
tests:
  - name: 呼叫
    until: 3d
    ${more}
`;

test('differences, notes and verdicts are Chinese at a Chinese terminal, and English for programs', async () => {
  const path = await file(
    'zh.yaml',
    story(`series: [{ at: 1h, event: sos }, { at: 2h, values: { pulse_bpm: 3000 } }]
    only: [B, V]
    away: [{ from: 30min, until: 3d }]
    expect: [{ rule: B, raised: 2h 30min, cleared: 3h, reason: recovered, priority: P2 }]`),
  );
  const { out, error } = await run(path);
  expect(out.split('\n').slice(1)).toEqual([
    '    - B 03-01 02:30 (2.5h) 告警，03-01 03:00 (3h) 解除，recovered，P2',
    '    + B 03-01 01:00 (1h) 告警，结束时仍未解除，P1',
    '        告警比应有时间早 1 小时 30 分钟；应在 03-01 03:00 (3h) 解除，但仍未解除；priority 为 P1，应为 P2',
    '    提示：结束时 V 不可能发现任何情况：device-silent（设备无数据）',
    '    提示：没有采纳：out-of-range × 1（读数超出合理范围），首次：band 03-01 02:00 (2h), pulse_bpm 3000',
  ]);
  expect(textOf(error as Error).zh).toBe('1 个测试中 1 个未通过');
  const { tests } = JSON.parse((await run('--json', path)).out);
  expect(tests[0].diff[2]).toContain('raised 1 h 30 min earlier than expected');
  expect(tests[0].notes[0]).toBe('V could find nothing at the end: device-silent (no data from the device)');
});

test('an alert that nobody expected shows its evidence in Chinese', async () => {
  const { out } = await run(
    await file('more.yaml', story('series: [{ at: 1h, event: sos }]\n    expect: []')),
  );
  expect(out).toMatch(/\+ B 03-01 01:00 \(1h\) 告警，结束时仍未解除，P1\n {8}03-01 01:00 紧急呼叫/);
});

/** All that is wrong with a story, as a Chinese terminal has it, without its places. */
async function mistakes(text: string): Promise<string[]> {
  const { error } = await run(await file('wrong.yaml', text));
  return textOf(error as Error)
    .zh.split('\n')
    .slice(1)
    .map((line) => line.replace(/^.*?wrong\.yaml:\S+ \S+: /, ''));
}

test('every mistake is said in Chinese', async () => {
  const wrong = story(`away: [{ from: 2d, until: 1d }, { from: 5d, until: 6d, home: hoome }]
    visits: [{ at: 2026-02-20, result: seen }, { at: 2d, told: 1d, result: seen }, { at: 3h }]
    series:
      - { at: 5h, event: leak }
      - { at: 5h, values: { water_index_m3: 3 } }
      - { device: ring, at: 5h, every: 1h, until: 7h, absent: [[18h, 20h]], values: { pulse_bpm: 70 } }
      - { at: 5h, received: 3h, values: { pulse_bpm: 70 } }
      - { at: 5h, values: { pulse_bpm: [null] } }
      - { at: 1h, every: 1s, until: 400d, event: sos }
      - { at: 1h, every: x, event: sos }
      - { at: 1h }
    only: [V]
    expect: [{ rule: V, raised: 4h, cleared: 2h }, { rule: B, raised: 4h, reason: recovered }]`);
  const said = await mistakes(wrong.replace('wristband }', 'wristband, expectedInterval: soon }'));
  expect(said).toHaveLength(20);
  for (const line of said) expect(line.replace(/"[^"]*"|可用：.*/g, '')).toMatch(/^[^a-z]*\p{Script=Han}/u);
  expect(await mistakes(story('expect: []').replace('3d', '0'))).toEqual(['"0" 不晚于故事的开始']);
  expect(await mistakes(story('expect: []').replace('wristband', 'wristbnd'))).toEqual([
    '没有设备型号 "wristbnd"；是否想写 "wristband"？',
  ]);
  expect(
    await mistakes(story('only: [BB]\n    expect: []').replace('{ id: V,', '{ id: V, enabled: false,')),
  ).toEqual(['本测试的规则中没有规则 "BB"；是否想写 "B"？']);
  expect(
    await mistakes(story('only: [V]\n    expect: []').replace('{ id: V,', '{ id: V, enabled: false,')),
  ).toEqual(['规则 "V" 没有启用；请用 overrides 启用它']);
});

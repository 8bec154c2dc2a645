import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli.ts';
import { atLength } from '../runs.ts';
import { rulesTests } from './rules-test-run.ts';

const { run, file, folder } = rulesTests();

const HEAD = `rules: [{ id: W, kind: low-consumption, params: { windowHours: 24, belowLitres: 10 } }]
start: 2026-03-01
`;
/** 100 litres in the first hour, then nothing. */
const DRY = `
    series: [{ at: 0, every: 1h, until: 60h, absent: GAPS, values: { water_index_m3: [99.9, 100, 100, 100] } },
             { at: 4, every: 1h, until: 60h, absent: GAPS, values: { water_index_m3: 100 } }]
    until: 60h
`;
const story = (expected: string, gaps = '[]'): string =>
  `${HEAD}tests:\n  - name: dry${DRY.replaceAll('GAPS', gaps)}    expect: ${expected}\n`;

atLength('the examples that come with the service pass', async () => {
  const files = (await readdir('config/examples')).filter((name) => name.endsWith('.yaml'));
  expect(files).not.toEqual([]);
  for (const name of files) {
    const { out, error } = await run(join('config/examples', name));
    expect(error).toBeUndefined();
    expect(out).not.toContain('✗');
  }
});

test('an alert must come at its time, to the minute, by offset or by the wall clock', async () => {
  const raised = await run('--json', await file('right.yaml', story('[{ rule: W, raised: 1d 1h }]')));
  expect(raised.error).toBeUndefined();
  expect(JSON.parse(raised.out)).toMatchObject({ ok: true, passed: 1, failed: 0 });
  const clock = await run(
    await file('clock.yaml', story('[{ rule: W, raised: 2026-03-02 01:00, priority: P2 }]')),
  );
  expect(clock.error).toBeUndefined();
});

test.each([
  ['raised: 2026-03-29 02:30', 'does not come on the clocks of Europe/Berlin: they are put forward over it'],
  [
    'raised: 2026-10-25 02:30',
    'comes twice on the clocks of Europe/Berlin, which are put back then; write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00',
  ],
])('a time that the clocks skip or show twice is refused with its place: %s', async (time, why) => {
  const text = story(`[{ rule: W, ${time} }]`).replace('tests:', 'timeZone: Europe/Berlin\ntests:');
  const { error } = await run(await file('change.yaml', text));
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toMatch(/change\.yaml:9:\d+/);
  expect(String(error)).toContain(why);
});

test('either hour of an autumn night may be meant: with its offset it is taken', async () => {
  const night = ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'].map((time) =>
    story(`[{ rule: W, raised: ${time} }]`)
      .replace('tests:', 'timeZone: Europe/Berlin\ntests:')
      .replace('start: 2026-03-01', 'start: 2026-10-24 01:30'),
  );
  const [first, second] = [
    await run(await file('a.yaml', night[0] ?? '')),
    await run(await file('b.yaml', night[1] ?? '')),
  ];
  expect(first.error).toBeUndefined();
  expect(second.out).toContain('raised 1 h earlier than expected');
});

test('a difference is shown in local time, with what is wrong about it, and fails', async () => {
  const { out, error } = await run(
    await file('late.yaml', story('[{ rule: W, raised: 30h, cleared: 40h }]')),
  );
  expect(out.split('\n').slice(1)).toEqual([
    '    - W raised 03-02 06:00 (30h), cleared 03-02 16:00 (40h)',
    '    + W raised 03-02 01:00 (25h), open at the end',
    '        raised 5 h earlier than expected; cleared at 03-02 16:00 (40h) expected, but it is still open',
  ]);
  expect(out).toMatch(/^✗ dry {2}.*late\.yaml:4/);
  expect(error).toMatchObject({ message: '1 of 1 test failed' });
  expect(error).not.toBeInstanceOf(UsageError);
});

test('an empty list means that nothing may come, and what comes all the same is told with its evidence', async () => {
  const { out, error } = await run(await file('must-not.yaml', story('[]')));
  expect(error).toMatchObject({ message: '1 of 1 test failed' });
  expect(out).toMatch(/\+ W raised 03-02 01:00 \(25h\), open at the end, P2\n.* L of water in 24 h/);
  const gaps = '[[3h, 58h]]';
  expect((await run(await file('gap.yaml', story('[]', gaps)))).error).toBeUndefined();
});

test('an override of the file or of one test changes the rule for it alone', async () => {
  const twice = `${story('[]')}    overrides: [{ rule: W, enabled: false }]\n${story('[{ rule: W, raised: 25h }]').split('tests:\n')[1]}`;
  expect((await run(await file('override.yaml', twice))).error).toBeUndefined();
});

test('every mistake in a file is told at its place, and is not a failed test', async () => {
  const wrong = `rules: [{ id: W, kind: low-consumption, params: { windowHours: x } }]
start: soon
devices: [{ id: m, model: watermeter }]
tests:
  - name: one
    series: [{ device: q, at: noon, values: { water_index_m3: 1 } }]
    until: 3x
    expect: [{ rule: W, raised: never }]
`;
  const { error } = await run(await file('wrong.yaml', wrong));
  expect(error).toBeInstanceOf(UsageError);
  const places = [...String(error).matchAll(/wrong\.yaml:(\d+:\d+) (\S+):/g)].map(
    ([, place, path]) => `${place} ${path}`,
  );
  expect(places).toEqual([
    '2:8 start',
    '3:27 devices[0].model',
    '6:24 tests[0].series[0].device',
    '6:31 tests[0].series[0].at',
    '7:12 tests[0].until',
    '8:33 tests[0].expect[0].raised',
  ]);
  const params = await run(
    await file(
      'params.yaml',
      wrong
        .replace('windowHours: x', 'windowHours: 0')
        .replace(/start: [\s\S]*/, story('[]').split('start: 2026-03-01\n')[1] ?? ''),
    ),
  );
  expect(String(params.error)).toMatch(/params\.yaml:1:\d+ rules\[0\]\.params\.windowHours: /);
  expect((await run(join(folder(), 'nowhere.yaml'))).error).toBeInstanceOf(UsageError);
});

const SENSORS = `rules: [{ id: I2, kind: long-bathroom-stay, params: {} }]
devices: [{ id: hall, model: motion-sensor, place: hall }, { id: bath, model: motion-sensor, place: bathroom }]
tests:
  - name: stays
    only: [I2]
    series:
      - { device: hall, at: 8h, every: 30min, until: 12h, values: { motion_bool: 0 } }
      - { device: hall, at: 8h 54min, values: { motion_bool: 1 } }
      - { device: bath, at: 9h, values: { motion_bool: 1 } }
    until: 12h
    expect: [{ rule: I2, raised: 10h }]
`;

test('a sensor hangs where the test says; without that, a rule that raised nothing is told to have been unable to', async () => {
  const { out, error } = await run(await file('bathroom.yaml', SENSORS));
  expect([error, out]).toEqual([undefined, '✓ stays']);
  const nowhere = SENSORS.replace(', place: bathroom', '').replace(/expect: .*/, 'expect: []');
  const vacuous = await run(await file('nowhere.yaml', nowhere));
  expect([vacuous.error, vacuous.out]).toEqual([
    undefined,
    '✓ stays\n    note: I2 could find nothing at the end: no-device (no device measures what it needs)',
  ]);
});

test('while the home is away, what is missing raises nothing', async () => {
  const away = (more: string): string =>
    story('[]').replace('- name: dry', `- name: dry\n    away: [{ from: 20h, until: 60h${more} }]`);
  const { out, error } = await run(await file('away.yaml', away('')));
  expect([error, out]).toEqual([
    undefined,
    '✓ dry\n    note: W could find nothing at the end: away (the home is away)',
  ]);
  const elsewhere = await run(await file('elsewhere.yaml', away(', home: h9')));
  expect(String(elsewhere.error)).toContain('away[0].home: no home "h9"; there are home');
});

test('an alert that ends before it is raised, or an end with a reason and no time, is a mistake', async () => {
  const early = await run(await file('early.yaml', story('[{ rule: W, raised: 25h, cleared: 20h }]')));
  expect(String(early.error)).toContain('expect[0].cleared: "20h" lies before it is raised');
  const timeless = await run(
    await file('timeless.yaml', story('[{ rule: W, raised: 25h, reason: recovered }]')),
  );
  expect(String(timeless.error)).toContain('expect[0].reason: goes with "cleared"');
});

test('the reason is not spoken of where the alert is open', async () => {
  const { out } = await run(
    await file('open.yaml', story('[{ rule: W, raised: 25h, cleared: 40h, reason: recovered }]')),
  );
  expect(out).toContain('but it is still open');
  expect(out).not.toContain('undefined');
});

test('a metric that is none is told with those that there are', async () => {
  const wrong = story('[]').replaceAll('water_index_m3', 'litres');
  expect(String((await run(await file('metric.yaml', wrong))).error)).toMatch(
    /allowed here: .*water_index_m3/,
  );
});

test('a test of a rule that is not there, or does not run, is a mistake and no success', async () => {
  const misspelt = await run(
    await file('misspelt.yaml', story('[]').replace('- name: dry', '- name: dry\n    only: [W9]')),
  );
  expect(misspelt.error).toBeInstanceOf(UsageError);
  expect(String(misspelt.error)).toContain('no rule "W9" in the rules of this test');
  const off = story('[]')
    .replace('{ id: W,', '{ id: W, enabled: false,')
    .replace('- name: dry', '- name: dry\n    only: [W]');
  expect(String((await run(await file('off.yaml', off))).error)).toContain('rule "W" is not enabled');
  const awaited = await run(await file('awaited.yaml', story('[{ rule: X, raised: 1d }]')));
  expect(String(awaited.error)).toContain('no rule "X" in the rules of this test');
});

const visits = (list: string, expected: string, more = ''): string =>
  `rules: [{ id: C3, kind: visit-overdue }]
tests:
  - name: visits
    visits: ${list}
    until: 30d
    expect: ${expected}
${more}`;

test('visits and major changes are told as people tell them, also late, and wrong ones are said', async () => {
  const late = '[{ at: 1d, change: discharge }, { at: 1d 20h, told: 3d, result: seen }]';
  const right = await run(
    await file('visits.yaml', visits(late, '[{ rule: C3, raised: 2d, cleared: 3d, reason: late-data }]')),
  );
  expect(right.error).toBeUndefined();
  const wrong = await run(
    await file('wrong-visits.yaml', visits('[{ at: 2d, told: 1d, result: seen }, { at: 3d }]', '[]')),
  );
  expect(wrong.error).toMatchObject({ message: expect.stringContaining('lies before the visit itself') });
  expect(wrong.error).toMatchObject({ message: expect.stringContaining('either a result or a change') });
  const idle = await run(await file('no-visits.yaml', visits('[]', '[]', '    only: [C3]\n')));
  expect(idle.out).toContain('C3 could find nothing at the end: no-visits');
});

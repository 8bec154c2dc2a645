import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli.ts';
import { someOf } from '../runs.ts';
import { rulesTests } from './rules-test-run.ts';

const { run, file } = rulesTests();

const HEAD = `rules:
  - { id: W, kind: low-consumption, params: { windowHours: 24, belowLitres: 10 } }
  - { id: V, kind: reading-limit, params: { limits: [{ metric: pulse_bpm, above: 120 }] } }
  - { id: C, kind: visit-overdue }
start: 2026-03-01
devices: [{ id: meter, model: water-meter }, { id: band, model: wristband }]
tests:
  - name: quiet
    until: 3d
    expect: []
`;

const SENT = '{ device: band, at: 5h, every: 1h, until: 10h, values: { pulse_bpm: 70 } }';

/** What is said of a story that has this beside its name, and nothing where it is taken. */
async function said(more: string, head = HEAD): Promise<string[]> {
  const { error } = await run(await file('story.yaml', `${head}    ${more}\n`));
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(UsageError);
  return String(error)
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^.*story\.yaml:/, ''));
}

describe('a story that proves nothing is a mistake with its place', () => {
  test.each(
    someOf(
      [
        [
          'a series that sends nothing',
          'until: 10h',
          'until: 2h',
          '11:56 tests[0].series[0].until: "2h" is not after "5h"',
        ],
        [
          'a gap that ends before it begins',
          'values',
          'absent: [[8h, 6h]], values',
          '11:75 tests[0].series[0].absent[0][1]: "6h" is not after "8h"',
        ],
        [
          'a gap in which nothing would be sent',
          'values',
          'absent: [[18h, 26h]], values',
          '11:70 tests[0].series[0].absent[0]: takes nothing away: nothing would be sent then',
        ],
        [
          'a gap over all of it',
          'values',
          'absent: [[1h, 26h]], values',
          '11:14 tests[0].series[0]: sends nothing: every value of it is absent',
        ],
        [
          'a list without any value',
          'every: 1h, until: 10h, values: { pulse_bpm: 70',
          'values: { pulse_bpm: [null, null]',
          '11:14 tests[0].series[0]: sends nothing: every value of it is absent',
        ],
        [
          'a series before the story',
          'at: 5h',
          'at: 2026-02-20',
          '11:34 tests[0].series[0].at: "2026-02-20" lies before the story begins',
        ],
        [
          'a series after it',
          'at: 5h, every: 1h, until: 10h',
          'at: 80h',
          '11:34 tests[0].series[0].at: "80h" lies after the story ends ("3d")',
        ],
        [
          'one that arrives before it is measured',
          'values',
          'received: 4h, values',
          '11:71 tests[0].series[0].received: "4h" lies before what is measured',
        ],
        [
          'more than anybody can mean',
          'every: 1h, until: 10h',
          'every: 1s, until: 9d',
          '11:14 tests[0].series[0]: 759600 reports are more than 300000 in one series: look at "every" and "until"',
        ],
      ],
      3,
    ),
  )('%s', async (_name, before, after, expected) => {
    expect(await said(`series: [${SENT}]`)).toEqual([]);
    expect(await said(`series: [${SENT.replace(before, after)}]`)).toEqual([expected]);
  });

  test('a metric or an event that the model of the device does not have', async () => {
    const [metric] = await said('series: [{ device: meter, at: 1h, values: { pulse_bpm: 70 } }]');
    expect(metric).toMatch(
      /series\[0\]\.values\.pulse_bpm: a water-meter has no metric "pulse_bpm"; it has water_index_m3/,
    );
    const [event] = await said('series: [{ device: band, at: 1h, event: leak }]');
    expect(event).toMatch(/series\[0\]\.event: a wristband has no event "leak"; it has sos, fall/);
  });

  test.each(['-5', '0', '0h', '2026-02-20'])('an end at %s, before anything can happen', async (end) => {
    const [first] = await said('', HEAD.replace('until: 3d', `until: ${end}`));
    expect(first).toBe(`9:12 tests[0].until: "${end}" is not after the start of the story`);
  });

  test('visits and absences outside the story', async () => {
    const visits =
      '[{ at: 400d, result: seen }, { at: 2026-02-20, result: seen }, { at: 1d, told: 9d, result: seen }]';
    expect(await said(`visits: ${visits}`)).toEqual([
      expect.stringContaining('visits[0].at: "400d" lies after the story ends ("3d")'),
      expect.stringContaining('visits[1].at: "2026-02-20" lies before the story begins'),
      expect.stringContaining('visits[2].told: "9d" lies after the story ends ("3d")'),
    ]);
    expect(await said('visits: [{ at: 2026-02-20, told: 1h, result: seen }]')).toEqual([]);
    expect(await said('away: [{ from: 5d, until: 6d }, { from: 2026-02-01, until: 2026-02-03 }]')).toEqual([
      expect.stringContaining('away[0].from: "5d" lies after the story ends ("3d")'),
      expect.stringContaining('away[1].until: "2026-02-03" lies before the story begins'),
    ]);
    expect(await said('away: [{ from: 2026-02-01, until: 60d }]')).toEqual([]);
  });

  test('alerts that could never count', async () => {
    expect(await said('only: []')).toEqual([
      expect.stringContaining('only: found an empty list, expected a list that is not empty'),
    ]);
    const expected = (list: string): string => HEAD.replace('expect: []', `expect: [${list}]`);
    expect(await said('only: [V]', expected('{ rule: W, raised: 1d }'))).toEqual([
      expect.stringContaining('expect[0].rule: rule "W" is not among those in "only"'),
    ]);
    expect(await said('', expected('{ rule: W, raised: 4d, cleared: 5d }, { rule: W, raised: -3 }'))).toEqual(
      [
        expect.stringContaining('expect[0].raised: "4d" lies after the story ends ("3d")'),
        expect.stringContaining('expect[0].cleared: "5d" lies after the story ends ("3d")'),
        expect.stringContaining('expect[1].raised: "-3" lies before the story begins'),
      ],
    );
  });

  test('a name that is not there, with the one that was meant', async () => {
    const expected = (more: string): string =>
      HEAD.replace('expect: []', `expect: [{ rule: W, raised: 1d, ${more} }]`);
    expect(await said('', expected('home: hoome'))).toEqual([
      expect.stringContaining('expect[0].home: no home "hoome"; did you mean "home"?'),
    ]);
    expect(await said('', expected('device: bund'))).toEqual([
      expect.stringContaining('expect[0].device: no device "bund"; did you mean "band"?'),
    ]);
    expect(await said('', HEAD.replace('wristband', 'wristbnd'))).toEqual([
      expect.stringContaining('devices[1].model: no device model "wristbnd"; did you mean "wristband"?'),
    ]);
    expect(await said('', HEAD.replace(/tests:[\s\S]*/, 'tests: []'))).toEqual([
      expect.stringContaining('tests: found an empty list, expected a list that is not empty'),
    ]);
  });
});

describe('what a story leaves unproved is noted beside the verdict', () => {
  const notes = async (more: string): Promise<string[]> => {
    const { out, error } = await run(await file('noted.yaml', `${HEAD}    ${more}\n`));
    expect([error, out.split('\n')[0]]).toEqual([undefined, '✓ quiet']);
    return out
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  };

  test('a rule that could find nothing at the end: nothing was ever sent, or the home is away', async () => {
    expect(await notes('only: [W]')).toEqual([
      'note: W could find nothing at the end: never-reported (its device never reported)',
    ]);
    expect(await notes('only: [C]\n    visitClass: high\n    away: [{ from: 1h, until: 5d }]')).toEqual([
      'note: C could find nothing at the end: away (the home is away)',
    ]);
    expect(await notes('only: [C]\n    visitClass: high')).toEqual([]);
  });

  test('where all rules count, it is told if not one of them could', async () => {
    expect(await notes('')).toHaveLength(3);
    expect(await notes('visitClass: high')).toEqual([]);
  });

  test('readings that the live service would refuse raise nothing, and are counted by their reason', async () => {
    const wild = `only: [V]\n    series: [{ device: band, at: 1h, every: 10min, until: 3h, values: { pulse_bpm: 3000 } }]`;
    expect(await notes(wild)).toEqual([
      'note: V could find nothing at the end: never-reported (its device never reported)',
      'note: not taken: out-of-range × 12 (The value lies outside what can be true), first: band 03-01 01:00 (1h), pulse_bpm 3000',
    ]);
    const back = `series: [{ device: meter, at: 1h, every: 1h, until: 3d, values: { water_index_m3: { start: 100, step: -1 } } }]`;
    expect(await notes(`visitClass: high\n    ${back}`)).toContainEqual(
      expect.stringContaining('not taken: counter-backwards × '),
    );
  });

  test('messages that would come after the end, and visits too old to be recorded', async () => {
    expect(
      await notes(`visitClass: high\n    series: [${SENT.replace('until: 10h', 'until: 80h')}]`),
    ).toEqual(['note: 7 messages would come after the end, and did not']);
    expect(await notes('visitClass: high\n    visits: [{ at: 1990-01-01, told: 1h, result: seen }]')).toEqual(
      [expect.stringContaining('note: visits[0] not recorded: VISIT_TOO_OLD')],
    );
  });
});

test('a parameter that the kind of a rule does not have is told once, with the one that was meant', async () => {
  const wrong = HEAD.replace('windowHours: 24', 'windowHour: 24').replace(
    'tests:',
    'overrides: [{ rule: W, params: { belowLitres: 20 } }]\ntests:',
  );
  expect(await said('', wrong)).toEqual([
    '2:59 rules[0].params.windowHour: unknown key; did you mean "windowHours"?',
  ]);
  const below = HEAD.replace('above: 120', 'over: 120');
  expect(await said('', below)).toContainEqual(
    expect.stringContaining('rules[1].params.limits[0].over: unknown key; allowed here: metric, above'),
  );
  const own = HEAD.replace('tests:', 'overrides: [{ rule: W, params: { belowLitress: 20 } }]\ntests:');
  expect(await said('', own)).toEqual([
    expect.stringContaining('overrides[0].params.belowLitress: unknown key; did you mean "belowLitres"?'),
  ]);
});

test('a word that a parameter does not know is told with what was found, as other mistakes are', async () => {
  const typo = HEAD.replace('id: C, kind: visit-overdue', 'id: B, kind: event, params: { events: [soss] }');
  expect(await said('', typo)).toEqual([
    expect.stringMatching(
      /params\.events\[0\]: found "soss", expected one of sos, fall, .*; did you mean "sos"\?$/,
    ),
  ]);
});

describe('a difference', () => {
  const sos = (expected: string): string =>
    HEAD.replace('id: C, kind: visit-overdue', 'id: B, kind: event, params: { events: [sos] }, priority: P1')
      .replace('model: wristband }', 'model: wristband, home: h2 }')
      .replace(
        'expect: []',
        `series: [{ device: band, at: 1h, event: sos }]\n    only: [B]\n    expect: ${expected}`,
      );

  test('names every field that differs, and shows it on both sides', async () => {
    const wrong =
      '[{ rule: B, raised: 90min, cleared: 2h, reason: recovered, priority: P2, count: 4, about: home, device: meter, home: home, since: 30min }]';
    const { out } = await run(await file('all-wrong.yaml', sos(wrong)));
    expect(out.split('\n').slice(1)).toEqual([
      '    - B raised 03-01 01:30 (1.5h), cleared 03-01 02:00 (2h), since 03-01 00:30 (0.5h), recovered, P2, about home, home home, device meter, count 4',
      '    + B raised 03-01 01:00 (1h), open at the end, since 03-01 01:00 (1h), P1, about person, home h2, device band, count 1',
      '        raised 30 min earlier than expected; cleared at 03-01 02:00 (2h) expected, but it is still open; since 30 min later than expected; priority is P1, expected P2; about is person, expected home; home is h2, expected home; device is band, expected meter; count is 1, expected 4',
    ]);
  });

  test('pairs what is right in all before what is only near', async () => {
    const { out } = await run(
      await file(
        'pairs.yaml',
        sos('[{ rule: B, raised: 30min, count: 1 }, { rule: B, raised: 1h, priority: P1 }]')
          .replace('home: h2 }', 'home: h2 }, { id: other, model: wristband }')
          .replace('event: sos }]', 'event: sos }, { device: other, at: 2h, event: sos }]'),
      ),
    );
    expect(out.split('\n').slice(1)).toEqual([
      '    - B raised 03-01 00:30 (0.5h), open at the end, count 1',
      '    + B raised 03-01 02:00 (2h), open at the end, count 1',
      '        raised 1 h 30 min later than expected',
      '      B raised 03-01 01:00 (1h), open at the end, P1',
    ]);
  });

  test('is none where two alerts of the same time are written in the other order', async () => {
    const two = sos('[{ rule: B, raised: 1h, device: band }, { rule: B, raised: 1h, device: other }]')
      .replace('home: h2 }', 'home: h2 }, { id: other, model: wristband }')
      .replace('event: sos }]', 'event: sos }, { device: other, at: 1h, event: sos }]');
    const orders = [
      two,
      two
        .replace('device: band }, {', 'device: x }, {')
        .replace('device: other }]\n', 'device: band }]\n')
        .replace('device: x }', 'device: other }'),
    ];
    for (const text of orders) expect((await run(await file('two.yaml', text))).error).toBeUndefined();
  });
});

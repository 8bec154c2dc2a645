import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { RecordingWriter, recordingLine } from '../../simulators/recording.ts';
import { registryYaml } from '../../simulators/registry-files.ts';
import { makeSimulation } from '../../simulators/simulation.ts';
import { weeksCsv } from '../../src/backtest/compare-table.ts';
import { UsageError } from '../../src/cli.ts';
import addBacktest from '../../src/commands/backtest.ts';
import { atLength } from '../runs.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backtest-'));
  const start = Date.parse('2026-03-01T00:00:00+08:00');
  const { community, fleet } = await makeSimulation({
    seed: 'report',
    homes: 4,
    start,
    days: 4,
    incidents: 'away=20,fall=60,collapse=60',
    settleDays: 1,
  });
  const writer = new RecordingWriter(join(dir, 'rec.ndjson'));
  for (const { at, topic, payload } of fleet) await writer.write(recordingLine(at, topic, payload));
  await writer.close();
  await writeFile(join(dir, 'registry.yaml'), registryYaml(community));
  await writeFile(join(dir, 'truth.ndjson'), fleet.truth.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const rules = await readFile('config/rules.yaml', 'utf8');
  await writeFile(
    join(dir, 'other.yaml'),
    rules.replace('belowLitres: 10, clearAboveLitres: 15', 'belowLitres: 40, clearAboveLitres: 45'),
  );
});
afterAll(() => rm(dir, { recursive: true }));

/** What it said beside its data, the last time. */
let said: string[] = [];

async function run(out: string, ...more: string[]): Promise<unknown> {
  said = [];
  const program = new Command().exitOverride();
  addBacktest(program);
  const silent = [
    vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line)),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  const common = ['--recording', join(dir, 'rec.ndjson'), '--registry', join(dir, 'registry.yaml')];
  const error = await program
    .parseAsync(['backtest', ...common, '--out', join(dir, out), ...more], { from: 'user' })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  for (const spy of silent) spy.mockRestore();
  return error;
}
const read = (out: string, file: string): Promise<string> => readFile(join(dir, out, file), 'utf8');

const asked = (): string[] => [
  ...['--rules', join(dir, 'other.yaml'), '--against', 'config/rules.yaml'],
  ...['--truth', join(dir, 'truth.ndjson')],
];

atLength(
  'the same inputs give the same bytes in every file, the comparison and the page among them, in any number of threads',
  async () => {
    expect(await run('alone', ...asked())).toBeUndefined();
    expect(await run('two', ...asked(), '--threads', '2')).toBeUndefined();
    const files = await readdir(join(dir, 'alone'));
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) expect(await read('two', file)).toBe(await read('alone', file));
  },
);

test('a backtest says what was found, what was missed, and what another rule set makes of the same', async () => {
  expect(await run('one', ...asked())).toBeUndefined();
  const files = (await readdir(join(dir, 'one'))).sort();
  expect(files).toEqual([
    'alerts.ndjson',
    'cases.ndjson',
    'comparison.csv',
    'comparison.ndjson',
    'homes.csv',
    'report.html',
    'report.json',
    'shadow.ndjson',
  ]);
  const report = JSON.parse(await read('one', 'report.json'));
  expect(report.person.recall).toBeGreaterThan(0.5);
  expect(report.rules.B2).toMatchObject({ recall: 1, falseAlerts: 0 });
  expect(report.rules.B2).not.toHaveProperty('notRecorded');
  expect(report.rules.C3).toMatchObject({ alerts: 0, notRecorded: 'visits' });
  expect(await read('one', 'report.html')).toMatch(/<b>C3<\/b>[^;]*记录里没有走访/);
  expect(report.notices.people.length).toBeGreaterThan(0);
  const { changes } = report.comparison;
  expect(changes.appears + changes.earlier).toBeGreaterThan(0);
  expect(changes.appears + changes.earlier + changes.later + changes.same).toBe(report.overall.alerts);
  expect((await read('one', 'homes.csv')).split('\n').length).toBe(6);
});

test('two rule sets are told apart by what each rule gains and loses, in every home and week, and what of it was false', async () => {
  const { comparison, rules } = JSON.parse(await read('one', 'report.json'));
  const { W1, W0 } = comparison.byRule;
  const [now, before] = W1.alerts;
  expect(now - before).toBe(W1.appears - W1.disappears);
  expect(W1.appears).toBeGreaterThan(0);
  expect(W1.falseAlerts[0]).toBe(rules.W1.falseAlerts);
  expect(W1.found).toEqual([rules.W1.found, comparison.rules.W1.found]);
  expect(W1.perHomeWeek[0]).toBeCloseTo((7 * now) / rules.W1.homeDays, 3);
  expect(W0).toMatchObject({ appears: 0, disappears: 0, earlier: 0, later: 0 });
  const weeks = (await read('one', 'comparison.csv')).trim().split('\n');
  expect(weeks[0]).toBe(
    'home,week,alerts,against,appears,disappears,earlier,later,appears_false,disappears_false',
  );
  expect(new Set(weeks.slice(1).map((line) => line.split(',')[1]))).toEqual(new Set(['2026-03-02']));
  // Sunday in London, and Monday where the home is.
  const raised = { id: 'a1', rule: 'W1', priority: 'P2', raisedAt: '2026-03-08T16:30:00Z', clearedAt: null };
  const line = { change: 'appears', home: 'h', about: 'person', alert: raised, against: null } as const;
  expect(weeksCsv([{ ...line, shiftHours: null }], () => 'Asia/Shanghai').split('\n')[1]).toBe(
    'h,2026-03-09,1,0,1,0,0,0',
  );
  const sum = (column: number) =>
    weeks.slice(1).reduce((all, line) => all + Number(line.split(',')[column]), 0);
  expect([sum(4), sum(5)]).toEqual([comparison.changes.appears, comparison.changes.disappears]);
  const words = said.find((line) => line.startsWith('  W1: ')) ?? '';
  expect(words).toContain(
    `  W1: ${before} → ${now} alerts (${W1.perHomeWeek[1]} → ${W1.perHomeWeek[0]} in a home and week)`,
  );
  expect(words).toContain(`, ${W1.appears} gained (${W1.appearsFalse} false), `);
  expect(said.at(-1)).toMatch(/^ {2}\d+ other rules: no change$/);
  const page = await read('one', 'report.html');
  expect(page).toMatch(/每户每周.*In a home and week/);
});

atLength('a recording with bad lines has all of them told at once, in any number of threads', async () => {
  const [begin = '', ...rest] = (await readFile(join(dir, 'rec.ndjson'), 'utf8')).split('\n');
  const broken = join(dir, 'broken.ndjson');
  await writeFile(broken, [begin, '{"receivedAt":', ...rest, '{"topic":"a"}', '{"topic":"b"}'].join('\n'));
  const answers: string[] = [];
  for (const threads of ['1', '2']) {
    const error = await run(
      'bad',
      '--recording',
      broken,
      '--rules',
      'config/rules.yaml',
      '--threads',
      threads,
    );
    answers.push(String(error));
  }
  expect(answers[0]).toMatch(/3 lines are no messages, beside \d+ messages \(no-time 2, no-json 1\):\n/);
  expect(answers[0]).toContain(`  ${broken}:2 no-json: not valid JSON; found {"receivedAt":\n  ${broken}:`);
  expect(answers[1]).toBe(answers[0]);
});

test('two rule sets of one version are told apart by their files', async () => {
  const report = JSON.parse(await read('one', 'report.json'));
  const version = /^version: '(.*)'$/m.exec(await readFile('config/rules.yaml', 'utf8'))?.[1];
  expect([report.ruleSet, report.comparison.against]).toEqual([
    `${version} (other.yaml)`,
    `${version} (rules.yaml)`,
  ]);
});

test('the page needs nothing from elsewhere, and says everything in both languages', async () => {
  const page = await read('one', 'report.html');
  expect(page).not.toMatch(/<script|(src|href)="(?!#)|url\(|@import/);
  expect(page.match(/class="zh"/g)?.length).toBe(page.match(/class="en"/g)?.length);
  expect(page).toContain('aria-label');
});

atLength('a rule in shadow tells nobody, and its alerts and figures stand apart', async () => {
  const rules = await readFile('config/rules.yaml', 'utf8');
  const shadowed = rules.replace(
    '    kind: event\n    priority: P1\n    params: { events: [fall]',
    '    kind: event\n    mode: shadow\n    priority: P1\n    params: { events: [fall]',
  );
  expect(shadowed).not.toBe(rules);
  await writeFile(join(dir, 'shadow.yaml'), shadowed);
  expect(
    await run('shadow', '--rules', join(dir, 'shadow.yaml'), '--truth', join(dir, 'truth.ndjson')),
  ).toBeUndefined();
  const rulesIn = async (file: string): Promise<string[]> =>
    (await read('shadow', file))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).rule);
  expect(new Set(await rulesIn('shadow.ndjson'))).toEqual(new Set(['B2']));
  expect(await rulesIn('alerts.ndjson')).not.toContain('B2');
  const report = JSON.parse(await read('shadow', 'report.json'));
  expect(report.rules.B2).toBeUndefined();
  expect(report.shadowRules.B2).toMatchObject({ recall: 1, falseAlerts: 0 });
});

atLength('without truth nothing is called false', async () => {
  expect(await run('plain', '--rules', 'config/rules.yaml')).toBeUndefined();
  const report = JSON.parse(await read('plain', 'report.json'));
  expect(report.person.falseAlerts).toBeUndefined();
  expect(report.notices.atNightForNothing).toBeUndefined();
  expect(await read('plain', 'report.html')).not.toContain('alert-false"');
});

atLength(
  'the terminal says how much was found, about people and in all, in the language of its reader',
  async () => {
    vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
    onTestFinished(() => void vi.unstubAllEnvs());
    const truth = ['--truth', join(dir, 'truth.ndjson')];
    expect(await run('told', '--rules', 'config/rules.yaml', ...truth)).toBeUndefined();
    const { person, overall } = JSON.parse(await read('told', 'report.json'));
    expect(said.find((line) => line.startsWith('关于老人：'))).toContain(
      `发现 ${person.found} / ${person.incidents} 起`,
    );
    expect(said.find((line) => line.startsWith('全部告警：'))).toContain(`误报 ${overall.falseAlerts} 条`);
    const page = await read('told', 'report.html');
    expect(page).toContain('False alerts about people / 30 home-days');
    expect(page).toContain('with those about devices, homes, areas');
  },
);

test('a registry of other homes is an error that says what was refused', async () => {
  await writeFile(
    join(dir, 'others.csv'),
    'community,grid,building,unit,home,device,model,gateway,enrolled_at\nc,g1,b1,u1,h1,wm1,water-meter,,2026-01-01\n',
  );
  const error = await run('others', '--rules', 'config/rules.yaml', '--registry', join(dir, 'others.csv'));
  expect(String(error)).toContain('nothing was taken');
  expect(said.join('\n')).toMatch(/[1-9]\d* refusals in \d+ messages: \d+ unknown-device/);
});

atLength(
  'a home that nobody knows counts neither as found nor as missed, and a slip of the pen is told',
  async () => {
    const line = '{"home":"nowhere","kind":"colapse","from":"2026-03-03T08:00:00Z"}';
    const truth = await readFile(join(dir, 'truth.ndjson'), 'utf8');
    await writeFile(join(dir, 'slips.ndjson'), `${truth}${line}\n`);
    expect(
      await run('slips', '--rules', 'config/rules.yaml', '--truth', join(dir, 'slips.ndjson')),
    ).toBeUndefined();
    const [slips, without] = await Promise.all(['slips', 'told'].map((out) => read(out, 'report.json')));
    const [{ person, scoring, incidents }, told] = [JSON.parse(slips ?? ''), JSON.parse(without ?? '')];
    expect(person).toEqual(told.person);
    expect([scoring.homesUnknown, incidents]).toEqual([['nowhere'], told.incidents + 1]);
    expect(said.join('\n')).toContain('nowhere; their incident is left out of every figure');
    expect(said.join('\n')).toContain('of a kind that nobody knows, "colapse" (did you mean collapse?)');
  },
);

test('a file or folder that is named and not there is a mistake of whoever asks, whatever it is for', async () => {
  const rules = ['--rules', 'config/rules.yaml'];
  for (const flag of [
    '--registry',
    '--rules',
    '--against',
    '--truth',
    '--visits',
    '--notify',
    '--config',
    '--models',
  ])
    expect([flag, await run('none', ...rules, flag, join(dir, 'nowhere'))]).toEqual([
      flag,
      expect.any(UsageError),
    ]);
});

test('several files of rules are one set, and an id that two of them have is told', async () => {
  const file = (name: string, version: string, id: string, kind: string): Promise<void> =>
    writeFile(join(dir, name), `version: '${version}'\nrules: [{ id: ${id}, kind: ${kind} }]\n`);
  await file('water.yaml', 'w', 'W1', 'low-consumption');
  await file('devices.yaml', 'd', 'M1', 'silence');
  await file('again.yaml', 'w', 'W1', 'no-draw');
  const files = (...names: string[]): string[] => ['--rules', ...names.map((name) => join(dir, name))];
  expect(await run('several', ...files('water.yaml', 'devices.yaml'))).toBeUndefined();
  const report = JSON.parse(await read('several', 'report.json'));
  expect([report.ruleSet, Object.keys(report.rules)]).toEqual(['w + d', ['M1', 'W1']]);
  expect(String(await run('twice', ...files('water.yaml'), ...files('again.yaml')))).toMatch(
    /rule W1 stands in .*water\.yaml and in .*again\.yaml/,
  );
});

test('each rule has the home-days and the share measured of the homes that it can see, and what it would have sent', async () => {
  const { rules, overall, homeDays, measuredShare, notices } = JSON.parse(await read('one', 'report.json'));
  expect(overall).toMatchObject({ homeDays, measuredShare });
  expect(rules.W1).toMatchObject({ homeDays, measuredShare: expect.any(Number) });
  // No home of this recording has a door contact.
  expect(rules.D1).toMatchObject({ homeDays: 0, measuredShare: 0, notices: { total: 0 } });
  const page = await read('one', 'report.html');
  expect(page).toMatch(/条规则没有看护任何一户.*<b>C1<\/b>.*<b>D1<\/b>/);
  // Their meters are read each hour, which this rule takes for too seldom, and the other does not.
  expect([rules.W6.homeDays, rules['W6-hourly'].homeDays]).toEqual([0, homeDays]);
  // Nor an electricity meter; and a rule over others watches where enough of them do: water alone is one signal of two.
  expect(rules['M3-power']).toMatchObject({ homeDays: 0, measuredShare: 0 });
  expect(rules.C1).toMatchObject({ homeDays: 0, measuredShare: 0 });
  expect(rules['V1-symptoms'].homeDays).toBe(rules.V1.homeDays);
  const sent = Object.values<{ notices: { total: number; toPeople: number } }>(rules);
  expect(sent.reduce((sum, rule) => sum + rule.notices.total, 0)).toBe(notices.total);
  expect(sent.reduce((sum, rule) => sum + rule.notices.toPeople, 0)).toBe(notices.toPeople);
});

test('of an empty recording nothing is said: not when it began, either', async () => {
  await writeFile(join(dir, 'empty.ndjson'), '');
  const said = { rules: ['--rules', 'config/reference.yaml'], recording: join(dir, 'empty.ndjson') };
  const program = new Command().exitOverride();
  addBacktest(program);
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  onTestFinished(() => void vi.restoreAllMocks());
  const files = ['--recording', said.recording, '--registry', join(dir, 'registry.yaml')];
  await program.parseAsync(['backtest', ...files, ...said.rules, '--out', join(dir, 'empty')], {
    from: 'user',
  });
  expect(JSON.parse(await read('empty', 'report.json')).recording).toMatchObject({ from: null, to: null });
  expect(await read('empty', 'report.html')).not.toContain('1970');
});

test('a registry that names an unknown model is told with its line', async () => {
  const columns = 'community,grid,building,unit,home,device,model,gateway,enrolled_at';
  await writeFile(join(dir, 'model.csv'), `${columns}\nc,g1,b1,u1,h1,wm1,water-metre,,2026-01-01\n`);
  const error = await run('model', '--rules', 'config/reference.yaml', '--registry', join(dir, 'model.csv'));
  expect(String(error)).toMatch(/model\.csv:2 .*there is no device model "water-metre"/);
});

test('all instants of a case are told as RFC 3339, those that were promised too', async () => {
  const cases = (await read('one', 'cases.ndjson')).trim().split('\n');
  const { openedAt, due, promised } = JSON.parse(cases[0] ?? '');
  for (const instant of [openedAt, ...Object.values(due), ...Object.values(promised)])
    expect(instant).toMatch(/^2026-03-\d\dT/);
});

test('nothing of a run before stays in the folder, not even a comparison that is not asked for any more', async () => {
  await writeFile(join(dir, 'plain.yaml'), "version: 'p'\nrules: [{ id: W1, kind: low-consumption }]\n");
  await run('again', '--rules', join(dir, 'plain.yaml'), '--against', 'config/reference.yaml');
  expect(await readdir(join(dir, 'again'))).toContain('comparison.ndjson');
  await run('again', '--rules', join(dir, 'plain.yaml'));
  expect(await readdir(join(dir, 'again'))).not.toContain('comparison.ndjson');
});

test('an override of a home that nobody has enrolled is told: the home that was meant has the limits of all', async () => {
  const override = '{ home: h-9, rule: W1, enabled: false, author: a, reason: b }';
  const set = `version: 'o'\nrules: [{ id: W1, kind: low-consumption }]\noverrides: [${override}]\n`;
  await writeFile(join(dir, 'stray.yaml'), set);
  expect(await run('stray', '--rules', join(dir, 'stray.yaml'))).toBeUndefined();
  expect(said).toContain('note: o: overrides name 1 home that is not enrolled, and hold nowhere: h-9');
  await run('stray', '--rules', join(dir, 'plain.yaml'));
  expect(said.join()).not.toContain('not enrolled');
});

test('an incident outside of the time of the recording is told, and neither found nor missed', async () => {
  const truth = await read('.', 'truth.ndjson');
  const { home } = JSON.parse(truth.split('\n')[0] ?? '');
  const later = `${JSON.stringify({ home, kind: 'collapse', from: '2027-03-09T05:00:00Z' })}\n`;
  await writeFile(join(dir, 'later.ndjson'), truth + later);
  const figuresOf = async (file: string): Promise<Record<string, unknown>> => {
    await run('truth', '--rules', join(dir, 'plain.yaml'), '--truth', join(dir, file));
    return JSON.parse(await read('truth', 'report.json'));
  };
  const [given, more] = [await figuresOf('truth.ndjson'), await figuresOf('later.ndjson')];
  expect(said).toContain(
    'note: the truth has 1 incident outside of the time of the recording, left out of every figure',
  );
  expect(more).toEqual({ ...given, scoring: { ...(given['scoring'] as object), incidentsOutside: 1 } });
});

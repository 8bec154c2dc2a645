import { dirname, resolve } from 'node:path';
import { loadRuleSet } from '../../app/load.ts';
import { clockChange } from '../../config/clock-change.ts';
import { parseInstant } from '../../config/instants.ts';
import {
  type ConfigProblem,
  type FurtherProblem,
  inFileOrder,
  loadYaml,
  readText,
  YamlText,
} from '../../config/yaml-file.ts';
import type { DeviceModels } from '../../devices/match.ts';
import { isTimeZone } from '../../lib/local-time.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { RuleSet } from '../../model/rule-set.ts';
import { checkRuleSet, type RuleKinds } from '../../rules/compile.ts';
import { type RulesTest, type RulesTestFile, rulesTestSchema } from './schema.ts';
import { durationOf, TestTimes } from './times.ts';

/** A test that is ready to be played. */
export interface LoadedTest {
  readonly file: string;
  readonly line: number;
  readonly test: RulesTest;
  readonly times: TestTimes;
  readonly home: string;
  readonly devices: RulesTestFile['devices'];
  readonly ruleSet: RuleSet;
}

/** Reads a file of tests. Every mistake is told with its line and column. */
export async function loadRulesTests(
  file: string,
  kinds: RuleKinds,
  models: DeviceModels,
): Promise<Result<LoadedTest[], ConfigProblem[]>> {
  const text = await readText(file);
  if (!text.ok) return text;
  const parsed = loadYaml(text.value, file, rulesTestSchema, (content) => furtherProblems(content, models));
  const yaml = YamlText.read(text.value, file);
  if (!parsed.ok || !yaml.ok) return parsed.ok ? fail([]) : parsed;
  const content = parsed.value;
  const base = await baseRules(content, file, kinds);
  if (!base.ok) return base;
  const problems: ConfigProblem[] = [];
  const tests = content.tests.map((test, index): LoadedTest => {
    const ruleSet = withOverrides(base.value, content, test);
    const from = base.value.overrides.length;
    for (const { path, message } of checkRuleSet(ruleSet, kinds))
      problems.push(yaml.value.problem(placeOf(path, content, index, from), message));
    for (const { path, message } of unknownRules(test, ruleSet))
      problems.push(yaml.value.problem(['tests', index, ...path], message));
    return {
      file,
      line: yaml.value.position(['tests', index]).line,
      test,
      times: timesOf(content, test),
      home: content.home,
      devices: test.devices ?? content.devices,
      ruleSet,
    };
  });
  return problems.length > 0 ? fail(unique(problems).sort(inFileOrder)) : ok(tests);
}

/** A test of a rule that does not run proves nothing, and would pass for ever. */
function unknownRules(test: RulesTest, { rules, overrides }: RuleSet): FurtherProblem[] {
  const runs = (id: string): string | undefined => {
    const rule = rules.find((each) => each.id === id);
    if (!rule) return `no rule "${id}" in the rules of this test`;
    const on = rule.enabled || overrides.some((each) => each.rule === id && each.enabled);
    return on ? undefined : `rule "${id}" is not enabled; switch it on with an override`;
  };
  const named = [
    ...(test.only ?? []).map((id, index) => ({ id, path: ['only', index] })),
    ...test.expect.map(({ rule }, index) => ({ id: rule, path: ['expect', index, 'rule'] })),
  ];
  return named.flatMap(({ id, path }) => {
    const message = id === undefined ? undefined : runs(id);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** The same mistake in the rules of the file is found for each of its tests. */
function unique(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem]));
  return [...seen.values()];
}

async function baseRules(
  { rules }: RulesTestFile,
  file: string,
  kinds: RuleKinds,
): Promise<Result<RuleSet, ConfigProblem[]>> {
  if (typeof rules === 'string') return loadRuleSet(resolve(dirname(file), rules), kinds);
  return ok({ version: 'rules-test', rules, overrides: [] });
}

function withOverrides(base: RuleSet, { home, overrides }: RulesTestFile, test: RulesTest): RuleSet {
  const added = [...overrides, ...test.overrides].map((each) => ({ ...each, home: each.home ?? home }));
  return { ...base, overrides: [...base.overrides, ...added] };
}

/** Where in the file of tests stands what the checked rule set has at this path. */
function placeOf(
  path: readonly (string | number)[],
  { overrides }: RulesTestFile,
  test: number,
  before: number,
): (string | number)[] {
  if (path[0] !== 'overrides') return [...path];
  const index = Number(path[1]) - before;
  const rest = path.slice(2);
  return index < overrides.length
    ? ['overrides', index, ...rest]
    : ['tests', test, 'overrides', index - overrides.length, ...rest];
}

const timesOf = ({ start, timeZone }: RulesTestFile, test: RulesTest): TestTimes =>
  new TestTimes(parseInstant(test.start ?? start, timeZone) ?? 0, timeZone);

const NO_TIME =
  'is no time; write hours since the start (30, "30h", "1d 6h") or a local time (2026-03-02 06:00)';

/** What the schema cannot see: times, names of devices and models. */
function furtherProblems(content: RulesTestFile, models: DeviceModels): FurtherProblem[] {
  const problems: FurtherProblem[] = [];
  const say = (path: FurtherProblem['path'], message: string): void => void problems.push({ path, message });
  if (!isTimeZone(content.timeZone)) {
    say(['timeZone'], `"${content.timeZone}" is no IANA time zone, such as Asia/Shanghai`);
    return problems;
  }
  checkStart(content.start, content.timeZone, ['start'], say);
  checkDevices(content.devices, models, ['devices'], say);
  content.tests.forEach((test, index) => {
    const at = (...path: (string | number)[]) => ['tests', index, ...path];
    if (test.start !== undefined) checkStart(test.start, content.timeZone, at('start'), say);
    if (test.devices) checkDevices(test.devices, models, at('devices'), say);
    const times = timesOf(content, test);
    const time = (value: number | string | undefined, path: (string | number)[]): void => {
      if (value === undefined) return;
      const problem = times.instant(value) === undefined ? NO_TIME : clockChange(value, content.timeZone);
      if (problem !== undefined) say(path, `"${value}" ${problem}`);
    };
    const homes = homesOf(test.devices ?? content.devices, content.home);
    const checkHome = (home: string | undefined, path: (string | number)[]): void => {
      if (home !== undefined && !homes.has(home))
        say(path, `no home "${home}"; there are ${[...homes].join(', ')}`);
    };
    time(test.until, at('until'));
    test.away.forEach(({ home, from, until }, n) => {
      time(from, at('away', n, 'from'));
      time(until, at('away', n, 'until'));
      const [begin, end] = [times.instant(from), times.instant(until)];
      if (begin !== undefined && end !== undefined && end <= begin)
        say(at('away', n, 'until'), 'must come after from');
      checkHome(home, at('away', n, 'home'));
    });
    test.visits.forEach(({ home, at: when, told, result, change }, n) => {
      time(when, at('visits', n, 'at'));
      time(told, at('visits', n, 'told'));
      const [was, said] = [times.instant(when), told === undefined ? undefined : times.instant(told)];
      if (was !== undefined && said !== undefined && said < was)
        say(at('visits', n, 'told'), 'lies before the visit itself');
      if ((result === undefined) === (change === undefined))
        say(at('visits', n), 'wants either a result or a change');
      checkHome(home, at('visits', n, 'home'));
    });
    test.expect.forEach((expected, n) => {
      for (const key of ['raised', 'cleared', 'since'] as const) time(expected[key], at('expect', n, key));
      const [raised, cleared] = [expected.raised, expected.cleared ?? Number.POSITIVE_INFINITY].map((each) =>
        times.instant(each),
      );
      if (raised !== undefined && cleared !== undefined && cleared < raised)
        say(at('expect', n, 'cleared'), `"${expected.cleared}" lies before it is raised`);
      if (expected.reason !== undefined && expected.cleared === undefined)
        say(at('expect', n, 'reason'), 'goes with "cleared": an alert that is open has none');
    });
    checkSeries(test, test.devices ?? content.devices, at('series'), time, say);
  });
  return problems;
}

/** The homes in which the devices of a test hang. */
export const homesOf = (devices: RulesTestFile['devices'], home: string): Set<string> =>
  new Set(devices.map((device) => device.home ?? home));

type Say = (path: FurtherProblem['path'], message: string) => void;

function checkStart(start: string, timeZone: string, path: FurtherProblem['path'], say: Say): void {
  if (parseInstant(start, timeZone) === undefined)
    say(path, `"${start}" is no time such as 2026-03-01 or 2026-03-01 08:00`);
  const change = clockChange(start, timeZone);
  if (change !== undefined) say(path, `"${start}" ${change}`);
}

function checkDevices(
  devices: RulesTestFile['devices'],
  models: DeviceModels,
  path: FurtherProblem['path'],
  say: Say,
): void {
  devices.forEach(({ model, expectedInterval }, index) => {
    if (models.get(model) === undefined) {
      const known = models.all().map((definition) => definition.model);
      say([...path, index, 'model'], `no device model "${model}"; there are ${known.join(', ')}`);
    }
    if (expectedInterval !== undefined && durationOf(expectedInterval) === undefined)
      say(
        [...path, index, 'expectedInterval'],
        `"${expectedInterval}" is no duration such as 15min, 1h or 1d`,
      );
  });
}

function checkSeries(
  { series }: RulesTest,
  devices: RulesTestFile['devices'],
  path: FurtherProblem['path'],
  time: (value: number | string | undefined, path: (string | number)[]) => void,
  say: Say,
): void {
  series.forEach((each, index) => {
    const at = (...rest: (string | number)[]) => [...path, index, ...rest];
    for (const key of ['at', 'until', 'received'] as const) time(each[key], at(key));
    each.absent.forEach((gap, n) => {
      time(gap[0], at('absent', n, 0));
      time(gap[1], at('absent', n, 1));
    });
    if (each.every !== undefined && durationOf(each.every) === undefined)
      say(at('every'), `"${each.every}" is no duration such as 15min, 1h or 1d`);
    if (
      each.every !== undefined &&
      each.until === undefined &&
      !Object.values(each.values).some(Array.isArray)
    )
      say(at(), 'a series with "every" needs "until", or a list of values');
    const names = devices.map(({ id }) => id);
    if (each.device === undefined && devices.length > 1)
      say(at(), `which device? there are ${names.join(', ')}`);
    if (each.device !== undefined && !names.includes(each.device))
      say(at('device'), `no device "${each.device}"; there are ${names.join(', ')}`);
    if (Object.keys(each.values).length === 0 && each.event === undefined)
      say(at(), 'neither values nor an event');
  });
}

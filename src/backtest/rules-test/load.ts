import { dirname, resolve } from 'node:path';
import { loadRuleSet } from '../../app/load.ts';
import {
  type ConfigProblem,
  type FurtherProblem,
  inFileOrder,
  loadYaml,
  readText,
  YamlText,
} from '../../config/yaml-file.ts';
import type { DeviceModels } from '../../devices/match.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { RuleSet } from '../../model/rule-set.ts';
import { checkRuleSet, type RuleKinds } from '../../rules/compile.ts';
import { furtherProblems, none, timesOf } from './checks.ts';
import { type RulesTest, type RulesTestFile, rulesTestSchema } from './schema.ts';
import type { TestTimes } from './times.ts';

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
    if (!rule)
      return none(
        'rule',
        id,
        rules.map((each) => each.id),
        ' in the rules of this test',
      );
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

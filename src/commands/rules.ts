import type { Command } from 'commander';
import { loadRuleKinds } from '../app/definitions.ts';
import { problemText } from '../app/load.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { type LoadedTest, loadRulesTests } from '../backtest/rules-test/load.ts';
import { play } from '../backtest/rules-test/play.ts';
import { type Verdict, verdictOf } from '../backtest/rules-test/verdict.ts';
import { UsageError } from '../cli.ts';
import type { ConfigProblem } from '../config/yaml-file.ts';

const HELP = `
A file names rules (a file, or the rules themselves), devices, and tests: what is sent, and at what time which alerts
must come. An empty "expect" means: no alert. Time is virtual. Form and examples: docs/rules-test.md and
config/examples/rules-test.yaml.

Exit codes: 0 all tests pass; 1 a test fails; 2 a file has mistakes, told with line and column.
`;

/** `rules test`: rules against stories that users write. */
export default function addRules(program: Command): void {
  const rules = program.command('rules').description('tests for the rules that you write');
  rules
    .command('test <file...>')
    .description('plays stories through rules in virtual time and compares the alerts with those expected')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(files: string[], { json }: { json?: boolean }): Promise<void> {
  const [kinds, models] = [await loadRuleKinds(), await modelsOrFail()];
  const problems: ConfigProblem[] = [];
  const tests: LoadedTest[] = [];
  for (const file of files) {
    const loaded = await loadRulesTests(file, kinds, models);
    if (loaded.ok) tests.push(...loaded.value);
    else problems.push(...loaded.error);
  }
  if (problems.length > 0) {
    if (json) console.log(JSON.stringify({ ok: false, problems }));
    throw new UsageError(
      `${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}\n${problemText(problems)}`,
    );
  }
  const verdicts = tests.map((test) => verdictOf(test, play(test, kinds, models)));
  const failed = verdicts.filter(({ passed }) => !passed).length;
  if (json)
    console.log(
      JSON.stringify({ ok: failed === 0, passed: verdicts.length - failed, failed, tests: verdicts }),
    );
  else for (const verdict of verdicts) console.log(linesOf(verdict));
  if (failed > 0)
    throw new Error(`${failed} of ${verdicts.length} ${verdicts.length === 1 ? 'test' : 'tests'} failed`);
  console.error(`${verdicts.length} ${verdicts.length === 1 ? 'test' : 'tests'} passed`);
}

function linesOf({ passed, file, line, name, diff, notes }: Verdict): string {
  const told = notes.map((each) => `    note: ${each}`);
  if (passed) return [`✓ ${name}`, ...told].join('\n');
  return [`✗ ${name}  ${file}:${line}`, ...diff.map((each) => `    ${each}`), ...told].join('\n');
}

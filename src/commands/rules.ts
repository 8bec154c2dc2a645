import type { Command } from 'commander';
import { loadRuleKinds } from '../app/definitions.ts';
import { problemText } from '../app/load.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { type LoadedTest, loadRulesTests } from '../backtest/rules-test/load.ts';
import { play } from '../backtest/rules-test/play.ts';
import { type Verdict, verdictOf } from '../backtest/rules-test/verdict.ts';
import { UsageError } from '../cli.ts';
import { spoken, tell } from '../cli-words.ts';
import type { ConfigProblem } from '../config/yaml-file.ts';
import { type Text, TextError } from '../model/text.ts';

const HELP: Text = {
  en: `
A file names rules (a file, or the rules themselves), devices, and tests: what is sent, and at what time which alerts
must come. An empty "expect" means: no alert. Time is virtual. Form and examples: docs/rules-test.md and
config/examples/rules-test.yaml.

Exit codes: 0 all tests pass; 1 a test fails; 2 a file has mistakes, told with line and column.
`,
  zh: `
文件写明规则（文件名，或规则本身）、设备和测试：发送什么，何时须出现哪些告警。
空的 "expect" 表示没有告警。时间是虚拟的。形式和例子见 docs/rules-test.md 和 config/examples/rules-test.yaml。

退出码：0 全部通过；1 有测试未通过；2 文件有误，并指出行和列。
`,
};

/** `rules test`: rules against stories that users write. */
export default function addRules(program: Command): void {
  const rules = program.command('rules').description('tests for the rules that you write');
  rules
    .command('test <file...>')
    .description('plays stories through rules in virtual time and compares the alerts with those expected')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', () => spoken(HELP))
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
    throw new UsageError({
      zh: `${problems.length} 处错误\n${problemText(problems, 'zh')}`,
      en: `${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}\n${problemText(problems)}`,
    });
  }
  const verdicts = tests.map((test) => verdictOf(test, play(test, kinds, models)));
  const failed = verdicts.filter(({ passed }) => !passed).length;
  if (json) {
    const passed = verdicts.length - failed;
    console.log(JSON.stringify({ ok: failed === 0, passed, failed, tests: verdicts.map(asData) }));
  } else for (const verdict of verdicts) console.log(linesOf(verdict));
  if (failed > 0)
    throw new TextError({
      zh: `${verdicts.length} 个测试中 ${failed} 个未通过`,
      en: `${failed} of ${verdicts.length} ${verdicts.length === 1 ? 'test' : 'tests'} failed`,
    });
  tell({
    zh: `${verdicts.length} 个测试通过`,
    en: `${verdicts.length} ${verdicts.length === 1 ? 'test' : 'tests'} passed`,
  });
}

/** For programs: the same in every language. */
const asData = ({ diff, notes, ...verdict }: Verdict) => ({
  ...verdict,
  diff: diff.map(({ en }) => en),
  notes: notes.map(({ en }) => en),
});

function linesOf({ passed, file, line, name, diff, notes }: Verdict): string {
  const told = notes.map(({ zh, en }) => `    ${spoken({ zh: `提示：${zh}`, en: `note: ${en}` })}`);
  if (passed) return [`✓ ${name}`, ...told].join('\n');
  return [`✗ ${name}  ${file}:${line}`, ...diff.map((each) => `    ${spoken(each)}`), ...told].join('\n');
}

import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { loadEnvelopes, loadRuleKinds } from '../app/definitions.ts';
import { problemText } from '../app/load.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { loadRosters } from '../app/rosters.ts';
import { tellingBadLines } from '../backtest/bad-lines.ts';
import { compare } from '../backtest/compare.ts';
import { changeLines } from '../backtest/compare-table.ts';
import { channelsOf, loadRules, loadVisits, registryIn } from '../backtest/inputs.ts';
import type { Titles } from '../backtest/page/report-page.ts';
import { type Scored, scored } from '../backtest/report.ts';
import { writeFiles } from '../backtest/report-files.ts';
import { ruleTitles, toldApart } from '../backtest/rule-sets.ts';
import { type RunOptions, type RunResult, runBacktest } from '../backtest/run.ts';
import { runSideBySide } from '../backtest/side-by-side.ts';
import { storedReports } from '../backtest/stored-reports.ts';
import { oddRun, oddTruth, refusalsOf, resultLines, tookNothing } from '../backtest/summary.ts';
import { threadsFor } from '../backtest/threads.ts';
import { kindTitles, knownKinds, parseTruth } from '../backtest/truth.ts';
import type { Rosters } from '../cases/duty/on-duty.ts';
import {
  configOption,
  modelsFolder,
  modelsOption,
  namedFoldersExist,
  progressOf,
  UsageError,
} from '../cli.ts';
import { atMinute, MESSAGES, noFile, note, spoken, tell, warn } from '../cli-words.ts';
import { INSTANT_FORMS, parseInstant } from '../config/instants.ts';
import { readListFile } from '../config/list-file.ts';
import { importFormat } from '../config/registry-import.ts';
import { loadYamlFile } from '../config/yaml-file.ts';
import type { DeviceModels } from '../devices/match.ts';
import { type NotifyPolicy, notifyPolicySchema, unknownRosters } from '../model/notify-policy.ts';
import type { RuleSet } from '../model/rule-set.ts';
import { type Text, TextError } from '../model/text.ts';
import type { Registry } from '../registry/registry.ts';
import { strayOverrides } from '../rules/stray-overrides.ts';

interface Options {
  readonly recording?: string[];
  readonly store?: string;
  readonly from?: string;
  readonly to?: string;
  readonly registry: string;
  readonly rules: string[];
  readonly against?: string;
  readonly config: string;
  readonly notify?: string;
  readonly truth?: string;
  readonly visits?: string;
  readonly out: string;
  readonly lateness: number;
  readonly threads?: number;
  readonly models?: string;
  readonly json?: boolean;
}

const DEFAULT_POLICY = fileURLToPath(new URL('../../config/notify.yaml', import.meta.url));

const HELP: Text = {
  en: `
Writes into --out:
  alerts.ndjson       every alert, in the order in which they were raised
  shadow.ndjson       alerts of rules in shadow mode, which tell nobody
  cases.ndjson        the cases that staff would have had
  homes.csv           one line a home
  report.json         all figures; docs/backtest.md says what each means
  report.html         the same with pictures, one file, no network
  comparison.ndjson   with --against: each alert beside its twin
  comparison.csv      with --against: what changes in each home and week

Truth is one incident a line: {"home":"h1","kind":"collapse","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"};
with "about" (person, home, device, area, nothing) where the kind is not one that the simulator knows.

Stored readings come as if each had arrived when it was measured: when they arrived is not stored. Rules that learn begin with
--from: let the period begin some weeks before what you want to know. The store of a running service is in use: take a
copy with "shouwang backup". Who is on duty is what rosters.yaml of the configuration plans, leave and swaps left out. Dates without a time zone are those of Shanghai.

Examples:
  shouwang backtest --store backup-1/telemetry.db --registry homes.csv --rules new.yaml --from 2026-01-01 --to 2026-03-01 --out report
  shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules config/rules.yaml --truth truth.ndjson --out report
  shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules new.yaml --against config/rules.yaml --out report
`,
  zh: `
写入 --out 的文件：
  alerts.ndjson       所有告警，按出现的先后
  shadow.ndjson       试运行规则的告警，不通知任何人
  cases.ndjson        工作人员会收到的事项
  homes.csv           每户一行
  report.json         所有数字；含义见 docs/backtest.md
  report.html         同样的内容配图，单个文件，无需联网
  comparison.ndjson   有 --against 时：每条告警与其对应
  comparison.csv      有 --against 时：每户每周的变化

--truth 每行一件真实事件：{"home":"h1","kind":"collapse","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"}；
模拟器不认识的种类须加 "about"（person、home、device、area、nothing）。

已存读数视为在测量的同时到达：到达时间没有保存。会学习的规则从 --from 开始学习：请从想看的时间之前几周开始。
运行中的服务占用其存储：请用 "shouwang backup" 取副本。没有时区的日期按上海时间。

示例：
  shouwang backtest --store backup-1/telemetry.db --registry homes.csv --rules new.yaml --from 2026-01-01 --to 2026-03-01 --out report
  shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules config/rules.yaml --truth truth.ndjson --out report
  shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules new.yaml --against config/rules.yaml --out report
`,
};

/** `backtest`: what a rule set would have done with a recording, before it is switched on. */
export default function addBacktest(program: Command): void {
  program
    .command('backtest')
    .summary('what a rule set would have done with a recording, or with stored readings')
    .description(
      'Runs recordings, or the stored readings of a period, through the same rules and cases as the live service and writes what would have happened.',
    )
    .option('--recording <file...>', 'recordings (NDJSON, .gz allowed), merged by time of arrival')
    .option('--store <file>', 'instead: the telemetry store of a service, telemetry.db of a backup')
    .option('--from <instant>', 'with --store: begin of the period')
    .option('--to <instant>', 'with --store: its end')
    .requiredOption('--registry <file>', 'registry, YAML or CSV')
    .requiredOption('--rules <file...>', 'rule sets, YAML, that hold together')
    .requiredOption('--out <dir>', 'where alerts, cases and reports are written')
    .option(
      '--against <file>',
      'the rule set of now: what appears with --rules in its place, what disappears, who is woken',
    )
    .option('--truth <file>', 'incidents that truly were, NDJSON: adds recall, delay and false alerts')
    .option('--visits <file>', 'who was visited when, CSV as for import-visits: for rules about visits')
    .option('--notify <file>', 'who is told, YAML, instead of notify.yaml in the configuration')
    .option('--lateness <minutes>', 'how far lines may be out of order', Number, 60)
    .option(
      '--threads <count>',
      'how many run side by side, with the same result (a large recording: two, where there are two cores; each takes some 350 MB)',
      Number,
    )
    .option('--json', 'prints the report on stdout')
    .addOption(configOption())
    .addOption(modelsOption())
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

/** Whom the configuration tells; where there is none, whom the one that comes with the service tells. */
function policyFile({ notify, config }: Pick<Options, 'notify' | 'config'>): string {
  const configured = join(config, 'notify.yaml');
  return notify ?? (existsSync(configured) ? configured : DEFAULT_POLICY);
}

/** Who is on duty when, as the configuration plans it: leave and swaps stand in the records of a service. */
const rostersFile = ({ config }: Pick<Options, 'config'>): string => join(config, 'rosters.yaml');

/** A line whose roster is not there would tell fewer people than the service does, and nobody would know. */
function noteUnknownRosters(policy: NotifyPolicy, { file }: Rosters, options: Options): void {
  const known = new Set(file.rosters.map(({ id }) => id));
  const unknown = new Set(unknownRosters(policy, known).map(({ roster }) => roster));
  if (unknown.size > 0)
    note({
      zh: `${rostersFile(options)} 中没有值班表 ${[...unknown].join('、')}：本报告中其上无人得到通知`,
      en: `${rostersFile(options)} has no roster ${[...unknown].join(', ')}: nobody on it is told in this report`,
    });
}

async function run(options: Options, command: Command): Promise<void> {
  const { recording = [], store } = options;
  if (recording.length > 0 === (store !== undefined))
    throw new UsageError({
      zh: '须写 --recording 或 --store 之一',
      en: 'give either --recording or --store',
    });
  for (const file of [
    ...recording,
    ...given(store),
    options.registry,
    ...options.rules,
    ...given(options.against),
    ...given(options.truth),
    ...given(options.visits),
    ...given(options.notify),
  ])
    if (!existsSync(file)) throw new UsageError(noFile(file));
  namedFoldersExist(command);
  const period = store === undefined ? undefined : periodOf(options);
  if (!(options.lateness >= 0))
    throw new UsageError({
      zh: '--lateness：应为分钟数',
      en: '--lateness: expected a number of minutes',
    });
  if (options.threads !== undefined && !(Number.isInteger(options.threads) && options.threads >= 1))
    throw new UsageError({ zh: '--threads：应为 1 以上的整数', en: '--threads: expected a number from 1' });
  const models = await modelsOrFail(modelsFolder(options));
  const envelopes = await loadEnvelopes();
  const kinds = await loadRuleKinds();
  const { ruleSet, against } = toldApart(
    checked(await loadRules(options.rules, kinds)),
    options.against === undefined ? undefined : checked(await loadRules([options.against], kinds)),
  );
  // Nobody answers in a recording: whom a forgotten case would be escalated to says nothing about the rules.
  const policy = { ...checked(await loadYamlFile(policyFile(options), notifyPolicySchema)), escalation: [] };
  const rosters = checked(await loadRosters(rostersFile(options)));
  noteUnknownRosters(policy, rosters, options);
  const registry = await loadRegistry(options.registry, models);
  const visits =
    options.visits === undefined ? undefined : checked(await loadVisits(options.visits, registry));
  const incidentKinds = await knownKinds();
  const truth =
    options.truth === undefined
      ? undefined
      : parseTruth(await readFile(options.truth, 'utf8'), options.truth, incidentKinds);
  for (const odd of oddTruth(truth ?? [], incidentKinds, registry)) note(odd);
  for (const set of [ruleSet, ...(against ? [against] : [])]) {
    const stray = strayOverrides(set, (home) => registry.home(home) !== undefined);
    if (stray) note({ zh: `${set.version}：${stray.zh}`, en: `${set.version}: ${stray.en}` });
  }
  const score = async (set: RuleSet, label: Text): Promise<Scored> => {
    const channels = channelsOf(policy, registry);
    const core = { models, kinds, registry, ruleSet: set, policy, channels, rosters };
    return scored({
      run: await (period
        ? runStored(store as string, period, { core, envelopes, visits }, label)
        : runRecorded({ ...options, models: modelsFolder(options) }, { core, envelopes, visits }, label)),
      ruleSet: set,
      kinds,
      models,
      registry,
      truth,
    });
  };
  const labelOf = ({ version }: RuleSet): Text => ({ zh: `回测 ${version}`, en: `backtest of ${version}` });
  const now = await score(ruleSet, against ? labelOf(ruleSet) : { zh: '回测', en: 'backtest' });
  const before = against && (await score(against, labelOf(against)));
  await writeAll(options, registry, now, before, {
    incidents: await kindTitles(),
    rules: ruleTitles([...(against?.rules ?? []), ...ruleSet.rules], kinds),
  });
}

interface Period {
  readonly from: number;
  readonly to: number;
}

function periodOf({ from = '', to = '' }: Options): Period {
  const instant = (name: string, text: string): number => {
    const at = parseInstant(text, 'Asia/Shanghai');
    if (at === undefined)
      throw new UsageError({
        zh: `--${name}：“${text}” 不是 2026-03-01 或 2026-03-01T08:00:00+08:00 形式的时刻`,
        en: `--${name}: "${text}" is not ${INSTANT_FORMS}`,
      });
    return at;
  };
  if (from === '' || to === '')
    throw new UsageError({
      zh: '--store 需要时间段：--from 2026-01-01 --to 2026-03-01',
      en: '--store wants a period: --from 2026-01-01 --to 2026-03-01',
    });
  const period = { from: instant('from', from), to: instant('to', to) };
  if (period.from >= period.to)
    throw new UsageError({
      zh: '--from：时间段的结束早于开始',
      en: '--from: the period ends before it begins',
    });
  return period;
}

/** What both ways of running have in common. */
type Given = Pick<RunOptions, 'core' | 'envelopes'> & { readonly visits: RunOptions['visits'] };

async function runStored(
  file: string,
  period: Period,
  { core, envelopes, visits }: Given,
  label: Text,
): Promise<RunResult> {
  // All that speaks SQL comes with it: a third of what is loaded at a start, and of no use to a recording.
  const { historyIn } = await import('../app/whole-history.ts');
  const store = await historyIn(file, warn);
  try {
    const devices = [...core.registry.allDevices()].flatMap(({ id, model }) => {
      const definition = core.models.get(model);
      return definition ? [{ id, metrics: definition.metrics, events: definition.events }] : [];
    });
    const progress = progressOf(label, { zh: '条报告', en: 'reports' });
    const run = await runBacktest({
      reports: storedReports({ store, devices, ...period }),
      core,
      envelopes,
      ...(visits ? { visits } : {}),
      onProgress: ({ messages, at }) =>
        progress.update(
          messages,
          Math.max(0, (at - period.from) / (period.to - period.from)),
          spoken(atMinute(at)),
        ),
    });
    progress.end(run.messages);
    if (run.messages === 0)
      note({
        zh: `${file} 在此时间段内没有这些设备的读数：--from、--to、--registry 对吗？`,
        en: `${file} holds nothing of these devices in this period: are --from, --to and --registry right?`,
      });
    return run;
  } finally {
    await store.close();
  }
}

async function runRecorded(
  { recording = [], lateness, models, threads, config }: Options & { readonly models: string },
  { core, envelopes, visits }: Given,
  label: Text,
): Promise<RunResult> {
  const progress = progressOf(label, MESSAGES);
  const bytes = recording.reduce((sum, file) => sum + statSync(file).size, 0);
  const onProgress: RunOptions['onProgress'] = ({ messages, at, bytesRead }) =>
    progress.update(
      messages,
      bytesRead / Math.max(1, bytes),
      // Of several threads one may not have begun yet.
      at > 0 ? spoken(atMinute(at)) : '',
    );
  const common = {
    recordings: recording,
    latenessMs: lateness * 60_000,
    ...(visits ? { visits } : {}),
    onProgress,
  };
  const count = threads ?? threadsFor(recording);
  const run = await tellingBadLines(recording, () =>
    count > 1
      ? runSideBySide({
          ...common,
          ...sharedBy(core),
          models,
          rostersFile: rostersFile({ config }),
          threads: count,
        })
      : runBacktest({ ...common, core, envelopes }),
  );
  progress.end(run.messages);
  return run;
}

/** What can be handed to a thread; definitions it loads itself. */
const sharedBy = ({ registry, ruleSet, policy, channels }: RunOptions['core']) => ({
  registry,
  core: { ruleSet, policy, channels },
});

async function writeAll(
  { out, json }: Options,
  registry: Registry,
  now: Scored,
  before: Scored | undefined,
  titles: Titles,
): Promise<void> {
  const compared = before && compare(now, before);
  const report = { ...now.report, ...(compared ? { comparison: compared.comparison } : {}) };
  await writeFiles(out, registry, now, compared, titles);
  if (json) console.log(JSON.stringify(report));
  const refusals = refusalsOf(report);
  if (refusals) (tookNothing(report) ? tell : note)(refusals);
  for (const odd of oddRun(report)) note(odd);
  if (tookNothing(report))
    throw new TextError({
      zh: '没有取用任何读数，本报告说明不了规则：--registry 是这份记录的登记吗？其中的 enrolled_at 是否晚于这份记录？',
      en: 'nothing was taken, and the report says nothing about the rules: is --registry that of the recording, and its enrolled_at not after it?',
    });
  for (const line of resultLines(report, join(out, 'report.html'))) tell(line);
  for (const line of compared ? changeLines(compared.comparison) : []) tell(line);
}

function checked<T>(
  result: { ok: true; value: T } | { ok: false; error: Parameters<typeof problemText>[0] },
): T {
  if (!result.ok) throw new Error(problemText(result.error));
  return result.value;
}

async function loadRegistry(file: string, models: DeviceModels): Promise<Registry> {
  const format = importFormat(file);
  if (!format)
    throw new UsageError({
      zh: `${file}：住户登记须以 .csv、.yaml 或 .yml 结尾`,
      en: `${file}: a registry ends in .csv, .yaml or .yml`,
    });
  return checked(registryIn(format, await readListFile(file), file, models));
}

const given = (file: string | undefined): string[] => (file ? [file] : []);

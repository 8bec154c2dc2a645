import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadDeviceModels, loadEnvelopes, loadRuleKinds } from '../src/app/definitions.ts';
import { type MeterSources, meters } from '../src/app/meters.ts';
import { type IncidentAbout, knownKinds } from '../src/backtest/truth.ts';
import { leavesOf } from '../src/config/environment.ts';
import { serviceSchema } from '../src/config/service-schema.ts';
import type { DeviceDefinition } from '../src/devices/define.ts';
import type { EnvelopeDefinition } from '../src/devices/envelope.ts';
import { NUMBER_TYPES, operatorModelSchema } from '../src/devices/operator-model.ts';
import { UNIT_NAMES } from '../src/devices/units.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import { IMPORT_REFUSALS } from '../src/model/import-refusal.ts';
import { EVENTS, METRICS, type MetricName } from '../src/model/metrics.ts';
import { NOTICE_FAILURES } from '../src/model/notice.ts';
import { GIVEN_UP_REASONS, OUTSIDE_TROUBLES, SET_ASIDE_REASONS } from '../src/model/outside-store.ts';
import { REJECTION_REASONS } from '../src/model/rejection.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { SESSION_PROBLEMS } from '../src/model/session-problem.ts';
import type { Text } from '../src/model/text.ts';
import { loadChannelDefinitions } from '../src/notify/load.ts';
import { BROKER_REFUSALS } from '../src/ports/broker.ts';
import { GATEWAY_COMMANDS, GATEWAY_REFUSALS } from '../src/ports/gateway.ts';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import { byGroup, contents, DEVICE_GROUPS, headingOf } from './device-pages.ts';
import { type Setting, settingsOf } from './schema-table.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [
  'docs/devices.md',
  'docs/rules.md',
  'docs/channels.md',
  'docs/operations.md',
  'docs/configuration.md',
  'docs/backtest.md',
  ...DEVICE_GROUPS.map(({ name }) => `docs/devices/${name}.md`),
];

/** A page as it is, and as the definitions say that it should be. */
export interface Page {
  readonly file: string;
  readonly current: string;
  readonly fresh: string;
}

/**
 * All pages with parts that are made from definitions. Such a part stands between `<!-- made: name -->` and
 * `<!-- end -->`; what stands around it is written by hand.
 *
 * @throws if a page asks for a part that nobody makes.
 */
export async function docsPages(): Promise<Page[]> {
  const parts = await makeParts();
  return Promise.all(
    PAGES.map(async (file) => {
      const current = await readFile(join(ROOT, file), 'utf8');
      const fresh = current.replace(
        /(<!-- made: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
        (_, open, name, end) => {
          const part = parts[name as string];
          if (part === undefined) throw new Error(`${file} asks for "${name}", which nobody makes`);
          return `${open}\n${part.trim()}\n\n${end}`;
        },
      );
      return { file, current, fresh };
    }),
  );
}

export const pathOf = (page: Page): string => join(ROOT, page.file);

async function makeParts(): Promise<Readonly<Record<string, string>>> {
  const [models, envelopes, kinds, channels] = await Promise.all([
    loadDeviceModels(),
    loadEnvelopes(),
    loadRuleKinds(),
    loadChannelDefinitions(),
  ]);
  const rules = ruleSetSchema.parse(parse(await readFile(join(ROOT, 'config/rules.yaml'), 'utf8')));
  return {
    envelopes: envelopes.all().map(envelopeSection).join('\n\n'),
    'device-contents': contents(models.all()),
    ...Object.fromEntries(
      [...byGroup(models.all())].map(([{ name }, members]) => [
        `devices-${name}`,
        members.map(deviceSection).join('\n\n'),
      ]),
    ),
    metrics: metricsTable(),
    events: table(
      ['event', '中文', 'English'],
      Object.entries(EVENTS).map(([name, { title }]) => [code(name), title.zh, title.en]),
    ),
    'rule-kinds': [...kinds.values()].map((kind) => kindSection(kind, rules.rules)).join('\n\n'),
    channels: [...channels.values()]
      .map((channel) =>
        [
          `### ${code(channel.channel)} ${both(channel.title)}`,
          both(channel.summary, '\n\n'),
          ...setUp(channel.setUp ?? []),
          `At most ${channel.perMinuteMax} notices a minute. Under \`config\`:`,
          settingsTable(settingsOf(channel.config)),
        ].join('\n\n'),
      )
      .join('\n\n'),
    rejections: textsTable('reason', REJECTION_REASONS),
    'notice-failures': textsTable('reason', NOTICE_FAILURES),
    'outside-troubles': textsTable('trouble', OUTSIDE_TROUBLES),
    'outside-set-aside': textsTable('reason', SET_ASIDE_REASONS),
    'import-refusals': textsTable('reason', IMPORT_REFUSALS),
    'outside-given-up': textsTable('reason', GIVEN_UP_REASONS),
    'session-problems': textsTable('problem', SESSION_PROBLEMS),
    'service-metrics': await serviceMetricsTable(),
    'broker-refusals': BROKER_REFUSALS.map(code).join(', '),
    'watch-refusals': GATEWAY_REFUSALS.map(code).join(', '),
    'watch-commands': GATEWAY_COMMANDS.map(code).join(', '),
    settings: serviceSettings(),
    'model-keys': [
      settingsTable(settingsOf(operatorModelSchema)),
      `Numbers in bytes are written as ${NUMBER_TYPES.map(code).join(', ')}.`,
      `Units are ${UNIT_NAMES.map(code).join(', ')}; one that its metric is not told in is refused.`,
    ].join('\n\n'),
    'incident-kinds': await incidentKindsTable(),
  };
}

/** Whose alerts find an incident, by what it is about. */
const FOUND_BY: Readonly<Record<IncidentAbout, readonly [what: string, by: string]>> = {
  person: ['a person', 'a person'],
  home: ['the home', 'the home'],
  device: ['a device', 'a device or an area'],
  area: ['an area', 'an area or a device'],
  nothing: ['nothing', 'no alert: whatever comes is false'],
};

async function incidentKindsTable(): Promise<string> {
  const kinds = [...(await knownKinds())];
  return table(
    ['the incident is about', 'found by alerts about', 'kinds of the simulator'],
    (Object.keys(FOUND_BY) as IncidentAbout[]).map((about) => [
      ...FOUND_BY[about],
      kinds.flatMap(([kind, known]) => (known.about === about ? [code(kind)] : [])).join(', '),
    ]),
  );
}

/** What has to be done at the provider, step by step. */
function setUp(steps: readonly Text[]): string[] {
  if (steps.length === 0) return [];
  const list = steps.map(({ zh, en }, i) => `${i + 1}. ${zh}\n   ${en}`);
  return [`接入步骤 · Setting it up:\n\n${list.join('\n')}`];
}

function deviceSection(device: DeviceDefinition): string {
  const { maker, connect, faults = [], sources = [], settings } = device;
  const { summary, topics, metrics, events, expectedIntervalMs, silenceGraceMs, counters, examples } = device;
  const silentAfter = 1.5 * expectedIntervalMs + silenceGraceMs;
  const taken = examples.filter(({ expect }) => 'readings' in expect);
  const sample = taken.find(({ payload }) => payload !== undefined && typeof payload !== 'string');
  return [
    `### ${headingOf(device)}`,
    both(summary, '\n\n'),
    [
      ...(maker === undefined ? [] : [`- Made by ${maker}`]),
      ...(topics.length === 0 ? [] : [`- Publishes under ${topics.map(code).join(', ')}`]),
      ...(connect ? [`- 接入 · Connected: ${both(connect)}`] : []),
      `- Measures ${metrics.map(code).join(', ')}`,
      `- Events: ${events.length === 0 ? 'none' : events.map(code).join(', ')}`,
      `- Reports every ${duration(expectedIntervalMs)}; silent after ${duration(silentAfter)}, unless a rule says otherwise`,
      ...Object.entries(counters).map(
        ([metric, { max, resolution }]) =>
          `- Counter ${code(metric)}: steps of ${resolution}, starts again at ${max}`,
      ),
      ...faults.map((fault) => `- 注意 · Mind: ${both(fault)}`),
      ...sources.map((source) => `- Source: ${source}`),
    ].join('\n'),
    ...(settings ? [settingsTable(settingsOf(settings))] : []),
    ...(sample ? [`\`\`\`json\n${JSON.stringify(sample.payload)}\n\`\`\``] : []),
    'What its examples hold it to:',
    examples.map(({ name }) => `- ${name}`).join('\n'),
  ].join('\n\n');
}

function envelopeSection({
  envelope,
  title,
  summary,
  connect,
  topics,
  examples,
}: EnvelopeDefinition): string {
  return [
    `### ${code(envelope)} ${both(title)}`,
    both(summary, '\n\n'),
    `接入 · Connected: ${both(connect)}`,
    `- Topics: ${[...topics, `push/${envelope}`].map(code).join(', ')}`,
    'What its examples hold it to:',
    examples.map(({ name }) => `- ${name}`).join('\n'),
  ].join('\n\n');
}

function metricsTable(): string {
  const names = Object.keys(METRICS) as MetricName[];
  return table(
    ['metric', '中文', 'English', 'unit (UCUM)', 'LOINC', 'taken from … to'],
    names.map((name) => {
      const { title, ucum, min, max, ...rest } = METRICS[name];
      const loinc = 'loinc' in rest ? (rest.loinc as string) : '';
      return [code(name), title.zh, title.en, code(ucum), loinc, `${min} … ${max}`];
    }),
  );
}

type ConfiguredRule = { id: string; kind: string; priority?: string | undefined; params: unknown };

function kindSection(kind: AnyRuleKind, rules: readonly ConfiguredRule[]): string {
  const configured = rules.filter((rule) => rule.kind === kind.kind);
  return [
    `### ${code(kind.kind)} ${both(kind.title)}`,
    both(kind.summary, '\n\n'),
    `About: ${kind.about}. Priority: ${kind.priority}, unless the rule says otherwise. Runs once for each ${kind.scope.replaceAll('-', ' ')}.`,
    settingsTable(settingsOf(kind.params)),
    configured.length === 0
      ? 'No rule of the configuration that comes with Shouwang uses it.'
      : 'In config/rules.yaml:',
    configured
      .map(
        ({ id, priority = kind.priority, params }) =>
          `- **${id}** (${priority}): ${code(JSON.stringify(params))}`,
      )
      .join('\n'),
    'What its examples hold it to:',
    kind.examples.map(({ name }) => `- ${name}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

async function serviceMetricsTable(): Promise<string> {
  // Nothing is read here: the sources are asked only when somebody asks for values.
  const { registry } = meters({} as MeterSources);
  const rows = registry.getMetricsAsArray() as unknown as {
    name: string;
    help: string;
    labelNames?: string[];
  }[];
  return table(
    ['metric', 'labels', 'meaning'],
    rows.map(({ name, help, labelNames = [] }) => [code(name), labelNames.map(code).join(', '), help]),
  );
}

function serviceSettings(): string {
  const variables = new Map(leavesOf(serviceSchema).map(({ path, variable }) => [path.join('.'), variable]));
  return table(
    ['key', 'meaning', 'values', 'default', 'environment'],
    settingsOf(serviceSchema)
      .filter(({ values }) => values !== 'object')
      .map(({ path, meaning, values, preset }) => [
        code(path),
        meaning,
        values,
        preset,
        variables.get(path) ? code(variables.get(path) as string) : '',
      ]),
  );
}

function settingsTable(settings: readonly Setting[]): string {
  if (settings.length === 0) return 'Nothing to set.';
  return table(
    ['parameter', 'meaning', 'values', 'default'],
    settings.map(({ path, meaning, values, preset }) => [code(path), meaning, values, preset]),
  );
}

const textsTable = (head: string, texts: Readonly<Record<string, Text>>): string =>
  table(
    [head, '中文', 'English'],
    Object.entries(texts).map(([name, { zh, en }]) => [code(name), zh, en]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const both = ({ zh, en }: Text, between = ' · '): string => `${zh}${between}${en}`;

function duration(ms: number): string {
  if (ms % HOUR === 0 || ms > 4 * HOUR) return `${Number((ms / HOUR).toFixed(2))} h`;
  return `${Number((ms / MINUTE).toFixed(1))} min`;
}

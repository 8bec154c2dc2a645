import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Rosters } from '../cases/duty/on-duty.ts';
import { type LoadedServiceConfig, loadServiceConfig } from '../config/service-config.ts';
import { type ServiceConfig, serviceSchema } from '../config/service-schema.ts';
import { type ConfigProblem, loadYamlFile, plainYaml, problemIn } from '../config/yaml-file.ts';
import type { Envelopes } from '../devices/envelope.ts';
import type { DeviceModels } from '../devices/match.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import {
  emptySteps,
  type NamesInPolicy,
  type NotifyPolicy,
  namesIn,
  notifyPolicySchema,
  placesLeftOut,
  unknownChannels,
  unknownRosters,
  waitsTooLong,
} from '../model/notify-policy.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { type RuleSet, ruleSetSchema } from '../model/rule-set.ts';
import type { Locale, Text } from '../model/text.ts';
import {
  type ChannelDefinitions,
  type ConfiguredChannel,
  channelsSchema,
  configureChannels,
  loadChannelDefinitions,
} from '../notify/load.ts';
import { checkRuleParts, checkRuleSet, type RuleKinds } from '../rules/compile.ts';
import { dataFiles } from '../store/data-files.ts';
import { loadEnvelopes, loadRuleKinds } from './definitions.ts';
import { loadModels } from './operator-models.ts';
import { loadRegistry, shownFile } from './registry-files.ts';
import { loadRosters } from './rosters.ts';
import { isFilled } from './same-data.ts';

/** Everything that a service is made of, checked. */
export interface Parts {
  readonly loaded: LoadedServiceConfig;
  readonly models: DeviceModels;
  readonly envelopes: Envelopes;
  readonly kinds: RuleKinds;
  readonly channelDefinitions: ChannelDefinitions;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly policy: NotifyPolicy;
  readonly rosters: Rosters;
  /** Undefined where the rule file has mistakes and that was allowed: the rules of the last run then stay in force. */
  readonly ruleSet: RuleSet | undefined;
  readonly ruleProblems: readonly ConfigProblem[];
  readonly rulesFile: string;
  /** From the registry files: taken over when the records hold no registry yet. */
  readonly registry: readonly RegistryEntry[];
  /** What is wrong with these files, where that was allowed: the registry of the records then does without them. */
  readonly registryProblems?: readonly ConfigProblem[];
}

export interface LoadPartsOptions {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  /** A rule file with mistakes is no reason not to start, if the last run has left good rules. */
  readonly oldRulesDo?: boolean;
  /** Nor is a registry file, if there are records: it is of use to an empty installation alone. */
  readonly oldRegistryDoes?: boolean;
  /** Nor is a step that calls nobody: with one that was always there nobody may be left unwatched. It is told as a blind spot. */
  readonly emptyStepsDo?: boolean;
}

/** Reads and checks the whole configuration. All problems of all files are reported at once. */
export async function loadParts(options: LoadPartsOptions): Promise<Result<Parts, ConfigProblem[]>> {
  const { problems, found } = await readParts(options);
  return problems.length > 0 ? fail(problems) : ok(found as Parts);
}

/** The problems, and what could be read beside them; all of it where there are none. */
export async function readParts({
  dir,
  env,
  flags,
  oldRulesDo = false,
  oldRegistryDoes = false,
  emptyStepsDo = false,
}: LoadPartsOptions): Promise<{ readonly problems: ConfigProblem[]; readonly found: Partial<Parts> }> {
  const [envelopes, kinds, channelDefinitions] = await Promise.all([
    loadEnvelopes(),
    loadRuleKinds(),
    loadChannelDefinitions(),
  ]);
  const loaded = await loadServiceConfig({
    dir,
    env,
    envelopes: envelopes.all().map(({ envelope }) => envelope),
    ...(flags ? { flags } : {}),
  });
  if (!loaded.ok && !existsSync(dir)) return { problems: loaded.error, found: {} };
  // A mistake in service.yaml must not hide those of the files beside it: they are looked for where they usually are.
  const files = loaded.ok ? loaded.value.config.files : usualFiles(dir);
  const problems: ConfigProblem[] = [];
  const take = <T>(result: Result<T, ConfigProblem[]>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(...result.error);
    return undefined;
  };
  take(loaded);
  const models = take(await loadModels(files.models));
  const channelsFile = take(
    await loadYamlFile(
      shownFile(files.channels),
      channelsSchema(channelDefinitions, loaded.ok ? loaded.value.config.locale : undefined),
    ),
  );
  // What a line names is looked up also where something else is wrong in the file that has it.
  const configured = channelsFile ? idsOf(channelsFile.channels) : await idsIn(files.channels, 'channels');
  const rosters = take(await loadRosters(files.rosters));
  const known = rosters ? idsOf(rosters.file.rosters) : await idsIn(files.rosters, 'rosters');
  const policy = take(await loadPolicy(files.notify, configured, known, emptyStepsDo));
  const rules = await loadRuleSet(files.rules, kinds);
  if (!rules.ok && !oldRulesDo) problems.push(...rules.error);
  const read = models ? await loadRegistry(files.registry, models, configured) : undefined;
  const isSpared = oldRegistryDoes && loaded.ok && hasRecords(loaded.value.config);
  const registryProblems = read && !read.ok && isSpared ? read.error : [];
  const registry = read && (registryProblems.length > 0 ? [] : take(read));
  const found: Partial<Parts> = {
    envelopes,
    kinds,
    channelDefinitions,
    ruleSet: rules.ok ? rules.value : undefined,
    ruleProblems: rules.ok ? [] : rules.error,
    rulesFile: files.rules,
    ...(loaded.ok && { loaded: loaded.value }),
    ...(channelsFile && { channels: configureChannels(channelsFile, channelDefinitions) }),
    ...(models && { models }),
    ...(policy && { policy }),
    ...(rosters && { rosters }),
    ...(registry && { registry, registryProblems }),
  };
  return { problems, found };
}

/** Of records on a server it is only known what they hold when they are open: the file of readings tells that there were some. */
function hasRecords({ dataDir }: ServiceConfig): boolean {
  const { records, telemetry } = dataFiles(dataDir);
  return isFilled(records) || isFilled(telemetry);
}

const idsOf = (items: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(items.map(({ id }) => id));

/** The ids in a list of a file with mistakes; undefined where one cannot be read, and nobody can say what is missing. */
async function idsIn(file: string, list: string): Promise<ReadonlySet<string> | undefined> {
  const value = (await plainYaml(shownFile(file))) as Record<string, unknown> | undefined;
  const items: unknown = value?.[list];
  const hasId = (item: unknown): item is { id: string } =>
    typeof (item as { id?: unknown } | null)?.id === 'string';
  return Array.isArray(items) && items.every(hasId) ? idsOf(items) : undefined;
}

/** Reads a rule file and checks it against the kinds. Problems carry file, line and column. */
export function loadRuleSet(file: string, kinds: RuleKinds): Promise<Result<RuleSet, ConfigProblem[]>> {
  return loadYamlFile(
    shownFile(file),
    ruleSetSchema,
    (ruleSet) => checkRuleSet(ruleSet, kinds),
    (value) => checkRuleParts(value, kinds),
  );
}

function loadPolicy(
  file: string,
  configured: ReadonlySet<string> | undefined,
  known: ReadonlySet<string> | undefined,
  emptyStepsDo: boolean,
): Promise<Result<NotifyPolicy, ConfigProblem[]>> {
  const unknown = (policy: NamesInPolicy) => [
    ...(configured ? unknownChannels(policy, configured) : []).map(({ path, channel }) => ({
      path,
      message: `no channel "${channel}" in channels.yaml`,
    })),
    ...(known ? unknownRosters(policy, known) : []).map(({ path, roster }) => ({
      path,
      message: `no roster "${roster}" in rosters.yaml`,
    })),
  ];
  const further = (policy: NotifyPolicy) => [
    ...unknown(policy),
    ...(emptyStepsDo ? [] : emptySteps(policy)).map((path) => ({
      path,
      message: 'this step calls nobody: name roles, rosters, people or channels, or leave it out',
    })),
    ...waitsTooLong(policy).map((path) => ({
      path,
      message: 'only the resident is asked before: others come within 5 minutes of a P1 or P2',
    })),
    ...placesLeftOut(policy).map(({ path, kind, priority }) => ({
      path,
      message: `every line for ${kind} ${priority} names places: add one without nodes, or a case elsewhere waits in silence`,
    })),
  ];
  return loadYamlFile(shownFile(file), notifyPolicySchema, further, (value) => unknown(namesIn(value)));
}

function usualFiles(dir: string): ServiceConfig['files'] {
  const { registry, rules, channels, notify, rosters, models } = serviceSchema.parse({}).files;
  const here = (file: string) => resolve(dir, file);
  return {
    registry: registry.map(here),
    rules: here(rules),
    channels: here(channels),
    notify: here(notify),
    rosters: here(rosters),
    models: here(models),
  };
}

/** What a command says of a configuration that it cannot work with. */
export const configurationWrong = (problems: readonly ConfigProblem[]): Text => ({
  zh: `配置有误：\n${problemText(problems, 'zh')}`,
  en: `the configuration has mistakes:\n${problemText(problems)}`,
});

/** Problems as the terminal shows them. */
export const problemText = (problems: readonly ConfigProblem[], language: Locale = 'en'): string =>
  problems.map(problemIn(language)).join('\n');

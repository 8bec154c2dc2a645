import { blindSpotsOfFiles } from '../app/blind-spots.ts';
import { enrolledDevices } from '../app/doctor/people.ts';
import { lookedAt } from '../app/doctor/stores.ts';
import { type Parts, readParts } from '../app/load.ts';
import { shownFile } from '../app/registry-files.ts';
import { rostersOfFiles } from '../app/roster-files.ts';
import { untoldOfFiles } from '../app/untold-homes.ts';
import { membersOf } from '../cases/duty/on-duty.ts';
import { type AddCommand, configOption } from '../cli.ts';
import { locale, note, tell, warn } from '../cli-words.ts';
import { inventedGateways } from '../config/invented-gateways.ts';
import { ENROLLED_AHEAD, isEnrolledFarAhead } from '../config/registry-draft.ts';
import { type Effective, type LoadOptions, loadServiceConfig } from '../config/service-config.ts';
import { type ConfigProblem, problemIn } from '../config/yaml-file.ts';
import { shortLocal } from '../lib/local-time.ts';
import { unnamedRosters } from '../model/notify-policy.ts';
import type { Device, RegistryEntry } from '../model/registry.ts';
import { GAP_REASONS, ROSTER_FAULTS } from '../model/roster-words.ts';
import { type Text, TextError } from '../model/text.ts';
import { NONE_UNTOLD, type Untold } from '../model/untold.ts';
import { ruleSetName } from '../rules/content.ts';
import type { StoredRecords } from '../store/records-look.ts';

interface Options {
  readonly config: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `zh` where the message is of two languages from the beginning. */
interface Warning extends ConfigProblem {
  readonly zh?: string;
  /** Nobody has to act on it as things stand. */
  readonly hint?: true;
}

const add: AddCommand = (program) => {
  program
    .command('check')
    .summary('check the configuration: service, registry, rules, channels, who is told')
    .description(
      'Reads all configuration files and reports every mistake with file, line and column, what was found and what ' +
        'is allowed. Exit code 0: all is well; 1: there are mistakes. Nothing is started and nothing is changed.',
    )
    .addOption(configOption())
    .option('--explain', 'show every setting of the service as it is in force, and who said so')
    .option('--json', 'answer in JSON')
    .action(run);
};
export default add;

async function run(options: Options): Promise<void> {
  const source: LoadOptions = { dir: options.config, env: process.env };
  const { problems: mistakes, found } = await readParts(source);
  const problems = [...mistakes, ...(has(found, 'ruleSet', 'rulesFile') ? unwatched(found) : [])];
  const stored = await storedIn(found);
  const warnings = warningsOf(found, stored, Date.now());
  const service = options.explain ? await loadServiceConfig(source) : undefined;
  const settings = service?.ok ? service.value.explain() : undefined;
  if (options.json) {
    const told = warnings.map(({ zh, ...warning }) => warning);
    const answer = { ok: problems.length === 0, problems, warnings: told, ...(settings ? { settings } : {}) };
    console.log(JSON.stringify(answer, undefined, 2));
  } else {
    for (const setting of settings ?? []) console.log(settingLine(setting));
    for (const problem of problems) console.error(problemIn(locale())(problem));
    for (const { zh, hint, ...warning } of warnings)
      (hint ? note : warn)({
        zh: problemIn('zh')({ ...warning, message: zh ?? warning.message }),
        en: problemIn('en')(warning),
      });
  }
  if (problems.length > 0)
    throw new TextError({
      zh: `${options.config} 中有 ${problems.length} 处错误`,
      en: `${counted(problems.length, 'mistake')} in ${options.config}`,
    });
  if (!options.json) tell(summary(options.config, found as Parts, stored));
}

/** What can be said of the parts that could be read: a mistake in one must not keep back what is to be told of the others. */
function warningsOf(found: Partial<Parts>, stored: Stored, now: number): Warning[] {
  const warnings: Warning[] = [];
  if (has(found, 'ruleSet', 'rulesFile', 'registry')) warnings.push(...strangers(found));
  if (!has(found, 'loaded', 'registry')) return warnings;
  if (has(found, 'channels')) warnings.push(...nobodyToCall(found));
  warnings.push(...misspeltGateways(found));
  if (!has(found, 'channels', 'policy', 'rosters')) return warnings;
  const known = withPeople(found, stored);
  warnings.push(...onDuty(known, now), ...unnamed(known));
  if (has(found, 'models', 'kinds', 'rulesFile')) warnings.push(...ofDevices(found, stored, now));
  return warnings;
}

/** What stands in the records beside us; undefined where there are none, or they are on a server. */
type Stored = StoredRecords | undefined;

const storedIn = async ({ loaded }: Partial<Parts>): Promise<Stored> =>
  loaded?.config.store.records === 'sqlite' ? (await lookedAt(loaded.config)).records : undefined;

type With<K extends keyof Parts> = Pick<Parts, K>;
type OnDuty = With<'loaded' | 'registry' | 'channels' | 'policy' | 'rosters'>;
type Watched = OnDuty & With<'models' | 'kinds' | 'rulesFile'> & Partial<With<'ruleSet'>>;

const has = <P extends Partial<Parts>, K extends keyof Parts>(
  found: P,
  ...names: K[]
): found is P & { [N in K]-?: Exclude<Parts[N], undefined> } =>
  names.every((name) => found[name] !== undefined);

/** A set that watches over nobody is a mistake, however well it is written. */
function unwatched({ ruleSet, rulesFile }: With<'ruleSet' | 'rulesFile'>): ConfigProblem[] {
  if (!ruleSet || ruleSet.rules.some(({ enabled }) => enabled)) return [];
  const message = ruleSet.rules.length === 0 ? 'no rule stands in it' : 'no rule in it is enabled';
  return [{ file: shownFile(rulesFile), path: 'rules', message: `${message}: nobody would be watched over` }];
}

/** People without a channel are names on a list: every case would go to the fallback alone. */
function nobodyToCall({
  registry,
  loaded,
  channels,
}: With<'registry' | 'loaded' | 'channels'>): ConfigProblem[] {
  const homes = registry.some(({ noun }) => noun === 'home');
  const reachable = registry.some(
    (entry) =>
      (entry.noun === 'staff' || entry.noun === 'contact') &&
      entry.channels.some(({ channel }) => channels.has(channel)),
  );
  if (!homes || reachable) return [];
  const [file = 'registry.yaml'] = loaded.config.files.registry;
  const message =
    'no member of staff and no contact has a channel: every P1 and P2 goes to the fallback alone';
  return [{ file: shownFile(file), path: 'staff', message }];
}

/** Gateways of which nothing is known but that devices name them, with nearly the name of another. */
function misspeltGateways({ registry, loaded }: With<'registry' | 'loaded'>): ConfigProblem[] {
  const bare = new Set<string>();
  for (const one of registry) if (one.noun === 'gateway' && !one.name && !one.secretHash) bare.add(one.id);
  const [file = 'registry.yaml'] = loaded.config.files.registry;
  return inventedGateways(registry, (id) => bare.has(id), []).flatMap(({ gateway, devices, meant }) => {
    const named = devices === 1 ? '1 device names' : `${devices} devices name`;
    const message = `only ${named} it; did you mean "${meant}"?`;
    return meant ? [{ file: shownFile(file), path: `gateway "${gateway}"`, message }] : [];
  });
}

/** Exceptions for homes of which nothing is known here: a misspelt one leaves the home under the common limits. */
function strangers({
  ruleSet,
  rulesFile,
  registry,
}: With<'ruleSet' | 'rulesFile' | 'registry'>): ConfigProblem[] {
  const homes = new Set(registry.flatMap((entry) => (entry.noun === 'home' ? [entry.id] : [])));
  return (ruleSet?.overrides ?? []).flatMap(({ home }, place) => {
    if (homes.has(home)) return [];
    const known =
      homes.size === 0 ? 'there are no registry files to look it up in' : 'not in the registry files';
    const message = `home "${home}" is ${homes.size === 0 ? `not known here: ${known}` : known}`;
    return [{ file: shownFile(rulesFile), path: `overrides[${place}].home`, message }];
  });
}

/** What can be said only of the devices that are enrolled, of the records where they are beside us. */
function ofDevices(parts: Watched, records: Stored, now: number): Warning[] {
  const devices = enrolledDevices(parts, records?.devices);
  const people = records && [...records.people, ...records.homes];
  // Where nobody at all has a channel, that is said once, and not for each place.
  const untold = nobodyToCall(parts).length > 0 ? NONE_UNTOLD : untoldOfFiles(parts, people);
  return [...unheard(parts, devices, untold), ...enrolledAhead(parts, devices, now)];
}

/** Calls that no rule takes, silence that nobody misses, priorities and homes of which nobody hears. */
function unheard(parts: Watched, devices: readonly Device[], untold: Untold): Warning[] {
  const { files } = parts.loaded.config;
  const spots = blindSpotsOfFiles(parts, devices, untold) ?? [];
  const [registry = 'registry.yaml'] = files.registry;
  const places = {
    rules: { file: shownFile(parts.rulesFile), path: 'rules' },
    notify: { file: shownFile(files.notify), path: 'routes' },
    registry: { file: shownFile(registry), path: 'staff' },
    devices: { file: shownFile(files.models), path: 'model' },
  };
  return spots.map(({ of, text }) => ({ ...places[of], message: text.en, zh: text.zh }));
}

/** Devices whose readings would all be refused for a year that somebody has mistyped. */
function enrolledAhead({ loaded }: With<'loaded'>, devices: readonly Device[], now: number): Warning[] {
  const [file = 'registry.yaml'] = loaded.config.files.registry;
  return devices
    .filter(({ enrolledAt }) => isEnrolledFarAhead(enrolledAt, now))
    .map(({ id, enrolledAt }) => ({
      file: shownFile(file),
      path: `device "${id}" enrolledAt`,
      message: `found "${new Date(enrolledAt).toISOString()}", ${ENROLLED_AHEAD}`,
    }));
}

/**
 * A roster that no line names, and on which nobody has a channel, calls nobody and cannot be counted on: that it would call nobody,
 * and that no line names it, are hints, as of the one that comes with the service. Once it could call somebody, people may count
 * on its leave and swaps.
 */
function idleRosters({ policy, rosters, channels, registry }: OnDuty): ReadonlySet<string> {
  const reachable = new Set(
    registry.flatMap((one) =>
      one.noun === 'staff' && one.channels.some(({ channel }) => channels.has(channel)) ? [one.id] : [],
    ),
  );
  const { rosters: all } = rosters.file;
  const ids = unnamedRosters(
    policy,
    all.map(({ id }) => id),
  );
  const idle = all.filter((one) => ids.includes(one.id) && !membersOf(one).some((id) => reachable.has(id)));
  return new Set(idle.map(({ id }) => id));
}

/**
 * Whom the rosters and the policy name, by the registry of the records where they are beside us, otherwise by its files;
 * without leave and swaps, which stand in the records as well.
 */
function onDuty(parts: OnDuty, now: number): Warning[] {
  if (!parts.registry.some(({ noun }) => noun === 'node' || noun === 'staff')) return unknownHere(parts);
  return ahead(parts, now);
}

function withPeople(parts: OnDuty, stored: Stored): OnDuty {
  const people = stored?.people.map((doc) => JSON.parse(doc) as RegistryEntry) ?? [];
  return people.length > 0 ? { ...parts, registry: people } : parts;
}

/** Nobody and no place is known: that nothing is amiss is not known either. */
function unknownHere({ loaded: { config }, rosters }: OnDuty): Warning[] {
  if (rosters.file.rosters.length === 0) return [];
  const onServer = config.store.records !== 'sqlite';
  const zh = onServer
    ? '登记文件中没有任何节点或人员，登记信息在数据库服务器上，check 不查询：值班表所写的节点与人员是否存在，尚不得知'
    : '登记文件与本机数据中都没有任何节点或人员：值班表所写的节点与人员是否存在，尚不得知';
  const message = onServer
    ? 'whether its places and people are registered is not known: the registry files hold none, and check does not ask the server that holds the registry'
    : 'whether its places and people are registered is not known: neither the registry files nor the records beside them hold any';
  return [{ file: shownFile(config.files.rosters), path: 'rosters', message, zh }];
}

/** Times ahead in which a roster would call nobody, and names of places and people that are not registered. */
function ahead(parts: OnDuty, now: number): Warning[] {
  const idle = idleRosters(parts);
  const reader = rostersOfFiles(parts, now);
  const { report } = reader;
  // Where no staff is known at all, each of them would be a stranger: they come by another way.
  const areKnown = parts.registry.some(({ noun }) => noun === 'staff');
  const gaps = areKnown ? report.gaps : [];
  const faults = report.faults.filter(({ fault }) => areKnown || fault.endsWith('place-unknown'));
  const inRosters = shownFile(parts.loaded.config.files.rosters);
  const byReason = Map.groupBy(gaps, ({ roster, reason }) => `${roster} ${reason}`);
  return [
    ...[...byReason.values()].flatMap(([first, ...more]) => {
      if (!first) return [];
      const { roster, from, until, reason, planned } = first;
      const zone = reader.view(roster)?.timeZone ?? 'UTC';
      const when = `${shortLocal(from, zone)} to ${shortLocal(until, zone)}`;
      const who = planned.length > 0 ? ` (${planned.join(', ')})` : '';
      const others = more.length > 0 ? `, and ${counted(more.length, 'more gap')} for that reason` : '';
      const message = `nobody can be called from ${when}: ${GAP_REASONS[reason].en}${who}${others}`;
      return { file: inRosters, path: roster, message, ...hintIf(idle.has(roster)) };
    }),
    ...faults.map(({ fault, where, what }) => {
      const isRoster = reader.all.some(({ id }) => id === where);
      const file = isRoster ? inRosters : shownFile(parts.loaded.config.files.notify);
      return { file, path: where, message: `${what}: ${ROSTER_FAULTS[fault].en}` };
    }),
  ];
}

/** Whoever is on leave there is called by a role all the same, and who stands in for them hears of nothing. */
function unnamed(parts: OnDuty): Warning[] {
  const { policy, rosters, loaded } = parts;
  const idle = idleRosters(parts);
  const ids = rosters.file.rosters.map(({ id }) => id);
  return unnamedRosters(policy, ids).map((id) => ({
    file: shownFile(loaded.config.files.rosters),
    path: id,
    message:
      'no line of notify.yaml names this roster: leave, swaps and substitutes change nothing about who is called',
    zh: 'notify.yaml 中没有一条写明此值班表：请假、调班与替班都不影响通知谁',
    ...hintIf(idle.has(id)),
  }));
}

const hintIf = (isHint: boolean): { hint?: true } => (isHint ? { hint: true } : {});

function summary(dir: string, { registry, ruleSet, channels }: Parts, stored: Stored): Text {
  const ofFiles = (wanted: string): number => registry.filter(({ noun }) => noun === wanted).length;
  const storedHomes = stored?.homes.filter(
    (doc) => (JSON.parse(doc) as RegistryEntry).noun === 'home',
  ).length;
  // The files are taken over only into an empty installation: what is stored there is what is watched over.
  const [homes, devices] = storedHomes
    ? [storedHomes, stored?.devices.length ?? 0]
    : [ofFiles('home'), ofFiles('device')];
  const rules = ruleSet?.rules.length ?? 0;
  const parts = [
    `${counted(homes, 'home')} with ${counted(devices, 'device')}`,
    `rule set ${ruleSet && ruleSetName(ruleSet)} with ${counted(rules, 'rule')}`,
    counted(channels.size, 'channel'),
  ];
  return {
    zh: `${dir} 没有错误：住户 ${homes} 户，设备 ${devices} 台；规则集 ${ruleSet && ruleSetName(ruleSet)}，规则 ${rules} 条；渠道 ${channels.size} 个`,
    en: `${dir} is in order: ${parts.join(', ')}`,
  };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function settingLine({ path, value, unit, source, variable }: Effective): string {
  const shown = value === undefined ? '(not set)' : JSON.stringify(value);
  const named = variable === undefined || variable === source ? '' : `, or ${variable}`;
  return `${path} = ${shown}${value === undefined || !unit ? '' : ` ${unit}`}  # ${source}${named}`;
}

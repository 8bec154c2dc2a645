import { didYouMean } from '../lib/did-you-mean.ts';
import { fail, type Result } from '../lib/result.ts';
import { visitEach } from '../lib/unhurried.ts';
import { changedFields, type EntryFields } from '../model/entry-fields.ts';
import { ERRORS, type ErrorCode, type Failure } from '../model/errors.ts';
import type { ImportWarning } from '../model/import-warning.ts';
import { LIMITS } from '../model/limits.ts';
import {
  entryKey,
  type InventedGateway,
  type Noun,
  type RegistryChange,
  type RegistryEntry,
  type RegistryMove,
  type RegistryNode,
} from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { ImportWork } from './import-beside.ts';
import {
  type ImportReader,
  PROBLEMS_TOLD_MAX,
  type SaidAt,
  type ShortProblems,
  shortened,
} from './import-reader.ts';
import { importWarnings } from './import-warnings.ts';
import { inventedGateways } from './invented-gateways.ts';
import { type Below, type MadeHome, settleMadeHomes } from './made-homes.ts';
import { settleNamedPlaces } from './named-places.ts';
import { messageIn, pathIn } from './problem-words.ts';
import { changeOf } from './registry-changes.ts';
import { parseRegistryCsv } from './registry-csv.ts';
import {
  entryOver,
  type Lookup,
  type Place,
  type RegistryFile,
  type RegistryFileOptions,
} from './registry-draft.ts';
import { parseRegistryYaml } from './registry-yaml.ts';
import type { ConfigProblem } from './yaml-file.ts';

export type { Lookup, RegistryFile, RegistryFileOptions } from './registry-draft.ts';

const IMPORT_FORMATS = ['csv', 'yaml'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The format that a file's name stands for; undefined for a name that stands for none. */
export function importFormat(file: string): ImportFormat | undefined {
  if (/\.(csv|tsv|txt)$/i.test(file)) return 'csv';
  return /\.ya?ml$/i.test(file) ? 'yaml' : undefined;
}

/** Reads a registry file in either format. */
export function parseImport(
  format: ImportFormat,
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  return format === 'csv' ? parseRegistryCsv(text, file, options) : parseRegistryYaml(text, file, options);
}

/**
 * The same of what is to be taken over. A file with nothing in it is an export that went wrong, not an import that has
 * nothing to do: whoever is told that nothing changes would think that all of them are enrolled.
 */
export function parseToImport(
  format: ImportFormat,
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  const parsed = parseImport(format, text, file, options);
  if (!parsed.ok || parsed.value.put.length > 0) return parsed;
  const message = format === 'csv' ? 'no row stands below the first line' : 'nothing stands in the file';
  return fail([{ file, line: 1, path: '', message }]);
}

/** What the API takes: the change over what the service has, or every line that stands against it. */
export interface ImportAnswer {
  readonly put: readonly RegistryEntry[];
  /** Of each of these, the fields of which the file says something new. */
  readonly about: readonly EntryFields[];
  /** How many of them are new; the others are changed. */
  readonly added: number;
  /** Entries of the file that stand in the registry already, as they are. */
  readonly unchanged: number;
  /** What happens to each of those that are put. */
  readonly changes: readonly RegistryChange[];
  /** Devices that would hang in another home, and homes that would stand elsewhere. */
  readonly moves: readonly RegistryMove[];
  /** Gateways that CSV makes because devices name them. */
  readonly invented: readonly InventedGateway[];
  /** What is probably a mistake; absent where nothing is. */
  readonly warnings?: readonly ImportWarning[];
  /** Homes of which the list has place and room alone; absent where there are none. */
  readonly made?: readonly MadeHome[];
  readonly remove: readonly { readonly noun: Noun; readonly key: string }[];
  /** Of the registry beside which this was found out, where it has any. */
  readonly revision?: number;
  readonly problems: readonly {
    readonly line: number;
    readonly column?: number;
    readonly message: string;
    readonly text: Text;
  }[];
  /** Problems beside these, which are the first. */
  readonly more: number;
}

/** What an import needs to know of the registry that it goes into. */
export interface ImportTarget {
  readonly existing: Lookup;
  /** Another one after each change of the registry. */
  readonly revision?: () => number;
  /** Resolves when nothing is half taken over. */
  readonly settled?: () => Promise<void>;
  /** Names of the gateways that are there. */
  readonly gateways?: () => Iterable<string>;
  /** All places; absent: nothing is known of them. */
  readonly nodes?: () => Iterable<RegistryNode>;
  /** Channels that the service has; absent: nothing is known of them. */
  readonly channels?: ReadonlySet<string>;
  /** What stands in a place or belongs to a home; absent: nothing is known of it. */
  readonly below?: Below;
  /** What stands against a change: `Registry.problems`, or with pauses in between. */
  readonly problems: (put: readonly RegistryEntry[]) => Iterable<Failure | undefined>;
}

/**
 * The parser for an import into a running service. What the file does not speak of stays, what would not change is left
 * out, and nothing is ever removed. One file is read at a time; undefined: too many wait already. The file is read by
 * `read`, and what has to be done beside the registry is done in slices.
 */
export function importParser(
  target: ImportTarget,
  options: RegistryFileOptions,
  read: ImportReader,
): (format: ImportFormat, text: string, stop?: AbortSignal) => Promise<ImportAnswer | undefined> {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (format, text, stop) => {
    if (waiting > LIMITS.importsWaitingMax) return undefined;
    waiting++;
    const before = last;
    const mine = before.then(async () => {
      stop?.throwIfAborted();
      const { models, timeZone, now } = options;
      const said = { ...(models && { models }), ...(timeZone && { timeZone }), ...(now && { now }) };
      return answerTo(target, { format, text, options: said }, read, stop);
    });
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } catch (error) {
      // Whoever has gone is told nothing.
      if (stop?.aborted) return undefined;
      throw error;
    } finally {
      waiting--;
    }
  };
}

/** Whoever changes the registry while a file is compared with it has the comparison begin anew. */
const COMPARED_MAX = 3;

async function answerTo(
  target: ImportTarget,
  work: ImportWork,
  read: ImportReader,
  stop: AbortSignal | undefined,
): Promise<ImportAnswer> {
  const said: SaidAt[] = [];
  const wrong = await read(work, (entry) => said.push(entry), stop);
  if (wrong.problems.length > 0) return refused(wrong);
  for (let times = 1; ; times++) {
    await target.settled?.();
    const revision = target.revision?.();
    const answer = await compared(target, work.format, said);
    if (times === COMPARED_MAX || revision === target.revision?.())
      return revision === undefined ? answer : { ...answer, revision };
    stop?.throwIfAborted();
  }
}

/** The file beside the registry as it is now. */
async function compared(
  { existing, problems, gateways = () => [], below = () => [], nodes = () => [], channels }: ImportTarget,
  format: ImportFormat,
  inFile: readonly SaidAt[],
): Promise<ImportAnswer> {
  const places = await settleNamedPlaces(inFile, { existing, below, nodes }, format === 'csv');
  if (places.problems.length > 0) return refused(shortened(places.problems));
  const { said, made, problems: unsettled } = await settleMadeHomes(places.said, existing, below);
  if (unsettled.length > 0) return refused(shortened(unsettled));
  const lines = new Map<string, Place | undefined>();
  const put: RegistryEntry[] = [];
  const about: EntryFields[] = [];
  const changes: RegistryChange[] = [];
  const moves: RegistryMove[] = [];
  let added = 0;
  await visitEach(said, (each) => {
    lines.set(`${each.noun} ${each.key}`, each.place);
    const before = existing(each.noun, each.key);
    const entry = entryOver(before, each);
    if (!entry) return;
    put.push(entry);
    about.push(before ? changedFields(before, entry) : null);
    if (before === undefined) added++;
    moves.push(...moveOf(before, entry));
    if (changes.length < LIMITS.importChangesTold) changes.push(changeOf(before, entry));
  });
  const placeOf = (noun: Noun, key: string) => lines.get(`${noun} ${key}`);
  const against: ConfigProblem[] = [];
  let more = 0;
  const words = failureTeller({ placeOf, put }, '', gateways);
  await visitEach(problems(put), (failure) => {
    if (!failure) return;
    if (against.length < PROBLEMS_TOLD_MAX) against.push(words(failure));
    else more++;
  });
  if (against.length > 0) return refused({ problems: against, more });
  const isNew = (id: string): boolean => existing('gateway', id) === undefined;
  const invented = format === 'csv' ? inventedGateways(put, isNew, [...gateways()]) : [];
  const unchanged = said.length - put.length;
  const warnings = await importWarnings(put, { existing, below, placeOf, channels });
  return {
    ...{ put, about, added, unchanged, changes, moves, invented, remove: [], problems: [], more: 0 },
    ...(warnings.length > 0 && { warnings }),
    ...(made.length > 0 && { made }),
  };
}

function moveOf(before: RegistryEntry | undefined, after: RegistryEntry): RegistryMove[] {
  const place = (entry: RegistryEntry | undefined): string | undefined => {
    if (entry?.noun === 'home') return entry.parent;
    return entry?.noun === 'device' ? entry.home : undefined;
  };
  const [from, to] = [place(before), place(after)];
  if (from === undefined || to === undefined || from === to) return [];
  return [{ noun: after.noun as RegistryMove['noun'], key: entryKey(after), from, to }];
}

function refused({ problems, more }: ShortProblems): ImportAnswer {
  const told = problems.map(({ line = 1, column, path, message }) => ({
    line,
    ...(column === undefined ? {} : { column }),
    ...inBoth(path, message),
  }));
  const nothing = {
    put: [],
    about: [],
    added: 0,
    unchanged: 0,
    changes: [],
    moves: [],
    invented: [],
    remove: [],
  };
  return { ...nothing, problems: told, more };
}

/** In English for programs, in both languages for people. */
function inBoth(path: string, message: string): { readonly message: string; readonly text: Text } {
  const en = path === '' ? message : `${path}: ${message}`;
  const zh = messageIn('zh', message);
  return { message: en, text: { zh: path === '' ? zh : `${pathIn('zh', path)}：${zh}`, en } };
}

/** What the registry has against the entries of a file, each at the line of its entry. */
export function failureProblems(
  file: Pick<RegistryFile, 'placeOf' | 'put'>,
  name: string,
  failures: Iterable<Failure>,
): ConfigProblem[] {
  return [...failures].map(failureTeller(file, name));
}

function failureTeller(
  { placeOf, put }: Pick<RegistryFile, 'placeOf' | 'put'>,
  file: string,
  gateways: () => Iterable<string> = () => [],
): (failure: Failure) => ConfigProblem {
  let names: readonly string[] | undefined;
  const named = (): readonly string[] => {
    names ??= [...gateways(), ...put.flatMap((one) => (one.noun === 'gateway' ? [one.id] : []))];
    return names;
  };
  return ({ code, details = {} }) => {
    const { noun, key } = details as { noun: Noun; key: string };
    return {
      file,
      ...placeOf(noun, key),
      path: `${noun} "${key}"`,
      message: failureWords(code, details, named),
    };
  };
}

function failureWords(
  code: ErrorCode,
  details: Readonly<Record<string, unknown>>,
  gateways: () => readonly string[],
): string {
  const other = (details['parent'] ?? details['by']) as { noun: Noun; key: string } | undefined;
  if (code === 'REGISTRY_PARENT_MISSING' && other) {
    const meant = other.noun === 'gateway' ? didYouMean(other.key, gateways()) : undefined;
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
    return `there is no ${other.noun} "${other.key}"${hint}`;
  }
  if (code === 'REGISTRY_IN_USE' && other) return `${other.noun} "${other.key}" still belongs to it`;
  if (code === 'MODEL_UNKNOWN') return `there is no device model ${JSON.stringify(details['model'])}`;
  if (code === 'REGISTRY_INVALID') return String(details['problem']);
  return ERRORS[code].en;
}

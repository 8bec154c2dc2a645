import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { DAY } from '../lib/clock.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { EXPECTED_INTERVAL_MS_MAX } from '../model/expected-interval.ts';
import { parentPath } from '../model/paths.ts';
import {
  contactSchema,
  deviceSchema,
  type Gateway,
  gatewaySchema,
  homeSchema,
  type Noun,
  nodeSchema,
  type RegistryEntry,
  residentSchema,
  staffSchema,
} from '../model/registry.ts';
import { findProblems, formatPath, show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

const SCHEMAS = {
  node: nodeSchema,
  home: homeSchema,
  resident: residentSchema,
  contact: contactSchema,
  device: deviceSchema,
  gateway: gatewaySchema,
  staff: staffSchema,
} as const;

export type Fields = Record<string, unknown>;
/** Line, and column where it is known, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column?: number;
}
/** Knows an entry that the service already has. */
export type Lookup = (noun: Noun, key: string) => RegistryEntry | undefined;

export interface RegistryFileOptions {
  /** Names of the device models; where given, a device of another model is a problem of its line. */
  readonly models?: Iterable<string>;
  /** Zone of dates without an offset, where the file names none. */
  readonly timeZone?: string;
  /** By the clock of the service, for an import: then what is enrolled far ahead of it, or expected once in years, is a problem of its line. */
  readonly now?: number;
}

/** Whoever enrols for tomorrow has a plan; beyond that somebody has mistyped a year. */
const ENROLLED_AHEAD_MS_MAX = DAY;

export const isEnrolledFarAhead = (enrolledAt: number, now: number | undefined): boolean =>
  now !== undefined && enrolledAt > now + ENROLLED_AHEAD_MS_MAX;

/** Of what a start finds in its files no such device keeps the others unwatched: that is told, see blind-spots.ts. */
export const isNeverMissed = (intervalMs: number | undefined, now: number | undefined): boolean =>
  now !== undefined && intervalMs !== undefined && intervalMs > EXPECTED_INTERVAL_MS_MAX;

/** What is wrong with it, behind what was found. */
export const ENROLLED_AHEAD =
  'which is more than a day ahead: until then nobody would miss it, and what it measures a week before and earlier would be refused';

/** A registry file without mistakes of its own. What it refers to outside of itself is for the registry to check. */
export interface RegistryFile {
  readonly put: readonly RegistryEntry[];
  /** Where an entry stands in the file. */
  placeOf(noun: Noun, key: string): Place | undefined;
  /** What the file says of each entry, parents first. */
  said(): Iterable<Said>;
}

/** What a file says of an entry: data alone, so that it can come from another thread. */
export interface Said {
  readonly noun: Noun;
  readonly key: string;
  readonly fields: Fields;
  readonly unsaid: Unsaid | undefined;
}

interface Draft extends Said {
  readonly place: () => Place;
}

/** What an entry has without the file's saying so. */
export interface Unsaid {
  /** Stands in an entry that is new. */
  readonly preset?: Fields;
  /** A gateway that the service has already is where it was, or higher, above all of these devices as well. */
  readonly above?: { readonly path: string; readonly enrolledAt: number };
  /** The id of a home is made of its place and room: see made-homes.ts. */
  readonly isMade?: true;
}

/** Gathers what a registry file says, entry by entry, and every mistake in it. */
export class RegistryDraft {
  readonly file: string;
  readonly problems: ConfigProblem[] = [];
  readonly #drafts: Readonly<Record<Noun, Map<string, Draft>>> = {
    node: new Map(),
    home: new Map(),
    gateway: new Map(),
    resident: new Map(),
    contact: new Map(),
    device: new Map(),
    staff: new Map(),
  };
  readonly #models: readonly string[] | undefined;
  readonly #modelsKnown = new Set<string>();

  readonly #called: (noun: Noun, field: string) => string;

  /** @param called what the file calls a field of an entry */
  constructor(
    file: string,
    { models }: RegistryFileOptions,
    called: (noun: Noun, field: string) => string = (_noun, field) => field,
  ) {
    this.file = file;
    this.#called = called;
    this.#models = models && [...models];
    for (const model of this.#models ?? []) this.#modelsKnown.add(model);
  }

  problem(place: Place, message: string, path = ''): void {
    this.problems.push({ file: this.file, ...place, path, message });
  }

  /** The place where this entry stood first. */
  find(noun: Noun, key: string): { readonly fields: Fields; readonly place: Place } | undefined {
    const draft = this.#drafts[noun].get(key);
    return draft && { fields: draft.fields, place: draft.place() };
  }

  /** Takes an entry; a second one under the same name is a problem. */
  add(noun: Noun, key: string, fields: Fields, place: () => Place, unsaid?: Unsaid): void {
    const first = this.#drafts[noun].get(key);
    if (first)
      this.problem(place(), `${noun} "${key}" stands here again; first in line ${first.place().line}`);
    else this.#drafts[noun].set(key, { noun, key, fields, unsaid, place });
    if (noun === 'device') this.checkModel(String(fields['model']), place);
  }

  /** Says so where devices of this model cannot be enrolled. */
  checkModel(model: string, place: () => Place): void {
    if (!this.#models || this.#modelsKnown.has(model)) return;
    const close = didYouMean(model, this.#models);
    const hint = close === undefined ? `there are ${this.#models.join(', ')}` : `did you mean "${close}"?`;
    this.problem(place(), `there is no device model ${show(model)}; ${hint}`);
  }

  finish(): Result<RegistryFile, ConfigProblem[]> {
    const put: RegistryEntry[] = [];
    for (const draft of this.#all()) {
      const parsed = parse(draft.noun, asNew(draft));
      if (parsed.success) put.push(parsed.data);
      else this.#explain(draft);
    }
    this.#checkNames();
    if (this.problems.length > 0) return fail(this.problems.sort(byLine));
    return ok({
      put,
      placeOf: (noun, key) => this.#drafts[noun]?.get(key)?.place(),
      said: () => this.#all(),
    });
  }

  /** Parents first. */
  *#all(): Generator<Draft> {
    for (const drafts of Object.values(this.#drafts)) yield* drafts.values();
  }

  #explain(draft: Draft): void {
    const { noun, key, place } = draft;
    for (const { path, message } of findProblems(SCHEMAS[noun], { noun, ...asNew(draft) }))
      this.problem(place(), message, `${noun} "${key}" ${this.#called(noun, formatPath(path))}`.trim());
  }

  /** Gateways share their names with nobody: homes and gateways have a state, gateways and devices connect. */
  #checkNames(): void {
    for (const { key, place } of this.#drafts.gateway.values()) {
      for (const other of ['home', 'device'] as const) {
        const same = this.find(other, key);
        if (same)
          this.problem(place(), `gateway "${key}" has the id of the ${other} in line ${same.place.line}`);
      }
    }
  }
}

const byLine = (a: ConfigProblem, b: ConfigProblem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

const parse = (noun: Noun, fields: Fields): z.ZodSafeParseResult<RegistryEntry> =>
  (SCHEMAS[noun] as z.ZodType<RegistryEntry>).safeParse({ noun, ...fields });

/** Written as a loop: it runs for each entry of files with a hundred thousand of them. */
function stated(fields: Fields): Fields {
  const said: Fields = {};
  for (const name in fields) if (fields[name] !== undefined) said[name] = fields[name];
  return said;
}

const asNew = ({ fields, unsaid }: Said): Fields => ({ ...unsaid?.preset, ...stated(fields) });

/**
 * The entry as it would be over the one that the service has: what the file does not speak of, such as the credential of
 * a device or when its meter was exchanged, stays. Undefined: it would stay as it is.
 */
export function entryOver(before: RegistryEntry | undefined, entry: Said): RegistryEntry | undefined {
  const { noun, fields, unsaid } = entry;
  const said =
    before?.noun === 'gateway' && unsaid?.above ? { ...fields, ...alsoAbove(before, unsaid.above) } : fields;
  if (before && saysAsMuch(before, said)) return undefined;
  const parsed = parse(noun, before ? { ...before, ...stated(said) } : asNew(entry));
  // Defaults below the top, such as a channel's empty address, show only now.
  return parsed.success && !(before && saysAsMuch(before, parsed.data)) ? parsed.data : undefined;
}

/** A gateway that the service knows may have other devices than those of this file: it stands above all of them. */
const alsoAbove = (before: Gateway, { path, enrolledAt }: NonNullable<Unsaid['above']>): Fields => ({
  parent: commonPath(before.parent, path) || path,
  enrolledAt: Math.min(before.enrolledAt, enrolledAt),
});

/** The deepest node that stands above both, or is one of them; empty when there is none. */
export function commonPath(a: string, b: string): string {
  let path = a;
  while (path !== '' && b !== path && !b.startsWith(`${path}/`)) path = parentPath(path);
  return path;
}

/** Does the entry hold all that the other says? */
const saysAsMuch = (entry: RegistryEntry, other: object): boolean =>
  Object.entries(other).every(
    ([name, value]) => value === undefined || isDeepStrictEqual(value, (entry as unknown as Fields)[name]),
  );

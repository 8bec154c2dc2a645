import { loadFaults } from '../../simulators/fault.ts';
import { type IncidentDefinition, loadIncidents } from '../../simulators/incident.ts';
import { HOUR } from '../lib/clock.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { ABOUTS, type About, type Alert } from '../model/alert.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import { type Text, TextError } from '../model/text.ts';
import type { Sign } from '../rules/sign.ts';

/** What an incident is about; `nothing` where all is well, however it looks: somebody is away, or has guests. */
export type IncidentAbout = About | 'nothing';

/** An incident that truly was: one line of a truth file. */
export interface Incident {
  readonly home: string;
  readonly kind: string;
  readonly about: IncidentAbout;
  /** Its line says what it is about. */
  readonly aboutGiven?: true;
  /** The device that it happened to, where its line names it: an alert about another one does not find it. */
  readonly device?: string;
  readonly from: number;
  /** Infinity where nobody knows when it ended. */
  readonly to: number;
  /** What it changes, as far as the kind is known; undefined: anything may show it. */
  readonly seenIn?: SeenIn;
  readonly announced?: Announced;
}

/** What tells of it for so long before it happens: a battery sinks before the device falls silent. */
export interface Announced {
  readonly metric: MetricName;
  readonly forMs: number;
}

/** By what it shows in, how; `any` for a device that says nothing. */
export type SeenIn = ReadonlyMap<MetricName | EventName | 'any', Sign>;

/** What is known of a kind of incident. */
export interface KnownKind {
  readonly about: IncidentAbout;
  readonly seenIn?: SeenIn;
  readonly announced?: Announced;
}

/** What a rule looks at; undefined: at everything. */
export type Reads = ReadonlySet<MetricName | EventName> | undefined;

/** An alert that comes within this time after an incident has ended still is about it. */
export const AFTERMATH_MS = HOUR;

/**
 * Which alerts may find what. A device that died behind a gateway is found as well by the alert about the gateway, and
 * the other way round; but nobody who lies on the floor is found by an alert about a battery.
 */
const FOUND_BY: Readonly<Record<IncidentAbout, readonly About[]>> = {
  person: ['person'],
  home: ['home'],
  device: ['device', 'area'],
  area: ['area', 'device'],
  nothing: [],
};

export const mayFind = (
  alert: Pick<Alert, 'about' | 'device'>,
  { about, device }: Pick<Incident, 'about' | 'device'>,
): boolean =>
  FOUND_BY[about].includes(alert.about) &&
  (alert.about !== 'device' || device === undefined || alert.device === undefined || alert.device === device);

/** Was it raised while the incident lasted or just after, by a rule about the right thing? The home is not looked at. */
export const explains = (incident: Incident, alert: Alert): boolean =>
  mayFind(alert, incident) && alert.raisedAt >= incident.from && alert.raisedAt <= incident.to + AFTERMATH_MS;

/** Was it raised while the incident announced itself, by a rule that looks at what did? The home is not looked at. */
export const warnsOf = (incident: Incident, alert: Alert, looksAt: Reads): boolean => {
  const { announced, from } = incident;
  if (!announced || !looksAt?.has(announced.metric) || !mayFind(alert, incident)) return false;
  return alert.raisedAt < from && alert.raisedAt >= from - announced.forMs;
};

/** The kinds that the simulator knows. One that is not among them is taken for a person's. */
export async function knownKinds(): Promise<ReadonlyMap<string, KnownKind>> {
  const kinds = new Map<string, KnownKind>();
  for (const definition of (await loadIncidents()).values())
    kinds.set(definition.kind, { about: definition.about, seenIn: seenInOf(definition) });
  for (const { fault, silences, sinks } of (await loadFaults()).values()) {
    if (!silences) continue;
    const seenIn = new Map<MetricName | EventName | 'any', Sign>([['any', 'silence']]);
    if (sinks) seenIn.set(sinks.metric, 'low');
    kinds.set(fault, { about: 'device', seenIn, ...(sinks ? { announced: sinks } : {}) });
  }
  return kinds;
}

/** What the kinds are called that the simulator knows. */
export async function kindTitles(): Promise<ReadonlyMap<string, Text>> {
  const incidents = [...(await loadIncidents()).values()].map(({ kind, title }) => [kind, title] as const);
  const faults = [...(await loadFaults()).values()].map(({ fault, title }) => [fault, title] as const);
  return new Map([...faults, ...incidents]);
}

/** The definition says what can be seen from outside, and how it looks. */
function seenInOf({ about, needs, shows }: IncidentDefinition): SeenIn {
  const signs = new Map<MetricName | EventName | 'any', Sign>();
  const say = (sign: Sign, ...names: (MetricName | EventName | 'any')[]): void => {
    for (const name of names) signs.set(name, sign);
  };
  say('told', ...(shows.events ?? []));
  if (shows.systolicAtLeast !== undefined) say('high', 'systolic_mmhg', 'diastolic_mmhg');
  if (shows.worn !== undefined) say('told', 'worn_bool');
  if (shows.supply !== undefined) say('told', 'mains_power_bool');
  if (shows.nobodyMoves) say('missing', 'motion_bool', 'door_open_bool', 'energy_index_kwh');
  if (needs === 'water-meter' && (about === 'person' || about === 'home'))
    say(shows.litres === 'more-than-usual' ? 'more' : 'missing', 'water_index_m3');
  if (shows.meterMessages === 'none' || shows.bandMessages === 'none') say('silence', 'any');
  return signs;
}

/** So many lines that are wrong are told. */
const TOLD_MAX = 20;

/** Reads a truth file, NDJSON. @throws TextError that names the lines which are no incidents. */
export function parseTruth(text: string, file: string, kinds: ReadonlyMap<string, KnownKind>): Incident[] {
  const wrong: Text[] = [];
  const incidents = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const incident = parseIncident(line, kinds);
    if ('home' in incident) return [incident];
    const place = `${file}:${index + 1}`;
    wrong.push({ zh: `${place}：${incident.zh}`, en: `${place}: ${incident.en}` });
    return [];
  });
  if (wrong.length === 0) return incidents;
  const told = wrong.slice(0, TOLD_MAX);
  const more = wrong.length - told.length;
  throw new TextError({
    zh: [...told.map(({ zh }) => zh), ...(more > 0 ? [`……另有 ${more} 行`] : [])].join('\n'),
    en: [...told.map(({ en }) => en), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
  });
}

/** The incident, or what is wrong with the line. */
function parseIncident(line: string, kinds: ReadonlyMap<string, KnownKind>): Incident | Text {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    const { message } = error as Error;
    return { zh: `不是有效的 JSON：${message}`, en: `not valid JSON: ${message}` };
  }
  const { home, kind, from, to, about, device } = fields;
  const start = typeof from === 'string' ? parseRfc3339(from) : undefined;
  const end =
    typeof to === 'string'
      ? parseRfc3339(to)
      : to === undefined || to === null
        ? Number.POSITIVE_INFINITY
        : undefined;
  if (typeof home !== 'string' || typeof kind !== 'string' || start === undefined || end === undefined)
    return {
      zh: '应为 {"home","kind","from","to"}，时刻写作 2026-03-01T08:00:00Z',
      en: 'expected {"home","kind","from","to"}, the times as 2026-03-01T08:00:00Z',
    };
  if (end < start)
    return { zh: `"to" 早于 "from"：${to} < ${from}`, en: `"to" is before "from": ${to} < ${from}` };
  if (about !== undefined && about !== 'nothing' && !ABOUTS.includes(about as About))
    return aboutUnknown(about);
  const known = kinds.get(kind) ?? { about: 'person' };
  const base = {
    ...{ home, kind, from: start, to: end },
    ...(typeof device === 'string' ? { device } : {}),
  };
  return about === undefined
    ? { ...base, ...known }
    : { ...base, about: about as IncidentAbout, aboutGiven: true };
}

function aboutUnknown(about: unknown): Text {
  const [found, allowed] = [JSON.stringify(about), [...ABOUTS, 'nothing']];
  return {
    zh: `about：写的是 ${found}，可选 ${allowed.join('、')}`,
    en: `about: found ${found}, allowed are ${allowed.join(', ')}`,
  };
}

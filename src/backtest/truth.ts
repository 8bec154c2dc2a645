import { loadFaults } from '../../simulators/fault.ts';
import { type IncidentDefinition, loadIncidents } from '../../simulators/incident.ts';
import { HOUR } from '../lib/clock.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { ABOUTS, type About, type Alert } from '../model/alert.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';

/** What an incident is about; `nothing` where all is well, however it looks: somebody is away, or has guests. */
export type IncidentAbout = About | 'nothing';

/** An incident that truly was: one line of a truth file. */
export interface Incident {
  readonly home: string;
  readonly kind: string;
  readonly about: IncidentAbout;
  readonly from: number;
  /** Infinity where nobody knows when it ended. */
  readonly to: number;
  /** What it changes, as far as the kind is known; undefined: anything may show it. */
  readonly seenIn?: ReadonlySet<MetricName | EventName>;
}

/** What is known of a kind of incident. */
export interface KnownKind {
  readonly about: IncidentAbout;
  readonly seenIn?: ReadonlySet<MetricName | EventName>;
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

export const mayFind = (alert: Pick<Alert, 'about'>, { about }: Pick<Incident, 'about'>): boolean =>
  FOUND_BY[about].includes(alert.about);

/**
 * Can a rule that reads these find it? A blood pressure does not tell of a fall, and movement tells of nothing where no
 * sensor hangs.
 *
 * @param measured what the devices of its home measure; undefined: nobody knows
 */
export function mayShow(reads: Reads, { seenIn }: Pick<Incident, 'seenIn'>, measured?: Reads): boolean {
  if (!reads || !seenIn) return true;
  return [...seenIn].some((name) => reads.has(name) && (measured?.has(name) ?? true));
}

/** Was it raised while the incident lasted or just after, by a rule about the right thing? The home is not looked at. */
export const explains = (incident: Incident, alert: Alert): boolean =>
  mayFind(alert, incident) && alert.raisedAt >= incident.from && alert.raisedAt <= incident.to + AFTERMATH_MS;

/** The kinds that the simulator knows. One that is not among them is taken for a person's. */
export async function knownKinds(): Promise<ReadonlyMap<string, KnownKind>> {
  const kinds = new Map<string, KnownKind>();
  for (const definition of (await loadIncidents()).values())
    kinds.set(definition.kind, { about: definition.about, seenIn: seenInOf(definition) });
  for (const { fault, silences } of (await loadFaults()).values())
    if (silences) kinds.set(fault, { about: 'device', seenIn: new Set() });
  return kinds;
}

/** What the kinds are called that the simulator knows. */
export async function kindTitles(): Promise<ReadonlyMap<string, Text>> {
  const incidents = [...(await loadIncidents()).values()].map(({ kind, title }) => [kind, title] as const);
  const faults = [...(await loadFaults()).values()].map(({ fault, title }) => [fault, title] as const);
  return new Map([...faults, ...incidents]);
}

/**
 * The definition says what can be seen from outside. Devices that stop speaking show in no metric of their own: only
 * rules that hear everything can miss them.
 */
function seenInOf({ about, needs, shows }: IncidentDefinition): ReadonlySet<MetricName | EventName> {
  const names: (MetricName | EventName)[] = [...(shows.events ?? [])];
  if (shows.systolicAtLeast !== undefined) names.push('systolic_mmhg', 'diastolic_mmhg');
  if (shows.worn !== undefined) names.push('worn_bool');
  if (shows.nobodyMoves) names.push('motion_bool', 'door_open_bool');
  if (needs === 'water-meter' && (about === 'person' || about === 'home')) names.push('water_index_m3');
  return new Set(names);
}

/** Reads a truth file, NDJSON. @throws Error that names the line which is no incident. */
export function parseTruth(text: string, file: string, kinds: ReadonlyMap<string, KnownKind>): Incident[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const incident = parseIncident(line, kinds);
    if (typeof incident !== 'string') return [incident];
    throw new Error(`${file}:${index + 1}: ${incident}`);
  });
}

/** The incident, or what is wrong with the line. */
function parseIncident(line: string, kinds: ReadonlyMap<string, KnownKind>): Incident | string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    return `not valid JSON: ${(error as Error).message}`;
  }
  const { home, kind, from, to, about } = fields;
  const start = typeof from === 'string' ? parseRfc3339(from) : undefined;
  const end =
    typeof to === 'string'
      ? parseRfc3339(to)
      : to === undefined || to === null
        ? Number.POSITIVE_INFINITY
        : undefined;
  if (typeof home !== 'string' || typeof kind !== 'string' || start === undefined || end === undefined)
    return 'expected {"home","kind","from","to"}, the times as 2026-03-01T08:00:00Z';
  if (end < start) return `"to" is before "from": ${to} < ${from}`;
  if (about !== undefined && about !== 'nothing' && !ABOUTS.includes(about as About))
    return `about: found ${JSON.stringify(about)}, allowed are ${[...ABOUTS, 'nothing'].join(', ')}`;
  const known = kinds.get(kind) ?? { about: 'person' };
  const base = { home, kind, from: start, to: end };
  return about === undefined ? { ...base, ...known } : { ...base, about: about as IncidentAbout };
}

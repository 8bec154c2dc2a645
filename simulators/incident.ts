import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadFolder } from '../src/lib/folder-loader.ts';
import type { Random } from '../src/lib/random.ts';
import { assert } from '../src/lib/result.ts';
import type { AwayKind } from '../src/model/away-kinds.ts';
import type { Outcome } from '../src/model/case.ts';
import type { EventName } from '../src/model/metrics.ts';
import type { Text } from '../src/model/text.ts';

/**
 * What is different in a home while an incident lasts. Everything left out is as usual. This is all that an incident
 * can do: what devices then report is the devices' own affair.
 */
export interface Disturbance {
  /** The resident draws no water. */
  readonly usesNoWater?: true;
  /** The resident lies still: no step, no outing. */
  readonly liesStill?: true;
  /** Nobody is in. A band that speaks through the home's gateway is out of its reach. */
  readonly nobodyHome?: true;
  /** So many people more who live in the home and use water. */
  readonly guests?: number;
  /** Water that runs without a pause, in litres an hour. */
  readonly leakLitresAnHour?: number;
  readonly meterDead?: true;
  readonly gatewayDead?: true;
  /** The band is on the wrist whatever its owner's habits, or it is not. */
  readonly bandWorn?: boolean;
  /** The body's values instead of the usual ones; and how often the pressure is taken. */
  readonly bloodPressure?: {
    readonly systolic: number;
    readonly diastolic: number;
    readonly pulse: number;
    readonly everyMs: number;
  };
  /** The mains supply of this home is off. */
  readonly powerOff?: true;
  /** What the smoke detector, and what the gas detector reports the moment that it happens. */
  readonly smokeEvents?: readonly { readonly at: number; readonly event: EventName }[];
  readonly gasEvents?: readonly { readonly at: number; readonly event: EventName }[];
  /** What the band reports the moment that it happens. */
  readonly bandEvents?: readonly { readonly at: number; readonly event: EventName }[];
}

/** What the incident needs in the home, so that it can be seen at all. */
export type Need =
  | 'water-meter'
  | 'wristband'
  | 'gateway'
  | 'electricity-meter'
  | 'smoke-detector'
  | 'gas-detector';

/** Checked against the messages of a simulated home: what can be seen from outside while the incident lasts. */
export interface Shows {
  /** `none`: no telemetry is sent by this device. */
  readonly meterMessages?: 'none' | 'some';
  readonly bandMessages?: 'none' | 'some';
  /** How far the index moves between the first and the last report within the incident. */
  readonly litres?: 'none' | 'more-than-usual' | 'as-usual';
  readonly events?: readonly EventName[];
  /** The electricity meter says that it has no supply, and then nothing. */
  readonly supply?: 'off';
  /** No sensor sees anybody move, once the door has fallen shut. */
  readonly nobodyMoves?: true;
  readonly worn?: 0 | 1;
  readonly stepsStandStill?: true;
  readonly systolicAtLeast?: number;
}

/** What somebody meets who telephones while it lasts, and then stands at the door. */
export interface Found {
  /** What the person says on the telephone. */
  readonly phone: 'fine' | 'needs-help' | 'no-answer';
  /** They are seen at the door; else somebody else knows of them, and they are spoken to. */
  readonly seen: boolean;
  readonly outcome: Outcome;
  /** In the words of whoever was there. */
  readonly note: Text;
  /** They are not at home from then on, until it is over. */
  readonly absence?: AwayKind;
}

/** One kind of incident is one file in `simulators/incidents/`. */
export interface IncidentDefinition {
  /** The `kind` of the truth line. */
  readonly kind: string;
  readonly title: Text;
  /** What happens, in the words of somebody who was there. */
  readonly summary: Text;
  /** What is wrong then: with a person, the home's pipes, a device, several homes, or nothing at all. */
  readonly about: 'person' | 'home' | 'device' | 'area' | 'nothing';
  readonly needs: Need;
  /** How often it happens in one home (or behind one gateway) in a year, unless asked for otherwise. */
  readonly perYear: number;
  /** Hours of the local day within which it begins. */
  readonly hours: readonly [from: number, to: number];
  /** How long it lasts, in milliseconds. */
  readonly lasts: (random: Random) => number;
  readonly happen: (moment: {
    readonly from: number;
    readonly to: number;
    readonly random: Random;
  }) => Disturbance;
  /** The example that one test plays. */
  readonly shows: Shows;
  readonly found: Found;
  /** It also ends otherwise: in so many of a hundred. Which of them it is hangs on home and instant, so that nothing of the plan changes. */
  readonly sometimes?: { readonly inHundred: number; readonly found: Found };
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineIncident(definition: IncidentDefinition): IncidentDefinition {
  return definition;
}

export type Incidents = ReadonlyMap<string, IncidentDefinition>;

const FOLDER = fileURLToPath(new URL('./incidents', import.meta.url));

/** Their kinds by the names of their files, for a help that must not wait until all are loaded. */
export const incidentNames = (folder = FOLDER): string[] =>
  readdirSync(folder)
    .flatMap((file) => /^([a-z][a-z0-9-]*)\.(?:ts|js)$/.exec(file)?.[1] ?? [])
    .sort();

/** Loads one definition a file. @throws if a file holds something else, or two files the same kind. */
export async function loadIncidents(folder = FOLDER): Promise<Incidents> {
  const incidents = new Map<string, IncidentDefinition>();
  for (const { file, definition } of await loadFolder(folder)) {
    const incident = definition as IncidentDefinition | undefined;
    assert(incident?.kind && incident.happen, `${file} has no incident as its default export`);
    assert(!incidents.has(incident.kind), `two incidents of the kind ${incident.kind}`);
    incidents.set(incident.kind, incident);
  }
  return incidents;
}

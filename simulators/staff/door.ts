import { HOUR } from '../../src/lib/clock.ts';
import type { CaseKind } from '../../src/model/case-kind.ts';
import type { Found, IncidentDefinition, Incidents } from '../incident.ts';
import type { PlannedIncident } from '../incident-plan.ts';
import { FOUND_WELL, FOUND_WORKING } from './words.ts';

/** What somebody meets at a home or a gateway, and until when it lasts. */
export interface Meeting extends Found {
  readonly until?: number;
}

/** The same whenever somebody asks, and another the next time that it happens. */
const foundOf = ({ found, sometimes }: IncidentDefinition, { homes, from }: PlannedIncident): Found => {
  const place = [...`${homes[0]} ${from}`].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 99_991, 7);
  return sometimes && place % 100 < sometimes.inHundred ? sometimes.found : found;
};

/** People still tell of what was over so long before somebody was called. */
const TOLD_MS = 12 * HOUR;
/** What somebody speaks of who comes because of a device. */
const OF_DEVICES: readonly IncidentDefinition['about'][] = ['device', 'area', 'home'];

/**
 * What is so, as whoever goes there would see it: of the incident that happened last, or that all is well. This is all
 * that the staff learn of the truth, and they learn it by asking.
 */
export class Doors {
  readonly #at = new Map<string, PlannedIncident[]>();
  readonly #incidents: Incidents;

  constructor(planned: readonly PlannedIncident[], incidents: Incidents) {
    this.#incidents = incidents;
    for (const incident of planned) {
      for (const place of incident.gateway ? [incident.gateway, ...incident.homes] : incident.homes) {
        const known = this.#at.get(place);
        if (known) known.push(incident);
        else this.#at.set(place, [incident]);
      }
    }
  }

  /** @param since when people were called. Whoever comes for a device speaks of the device. */
  meet(place: string, kind: CaseKind, since: number, now: number): Meeting {
    const found = (this.#at.get(place) ?? [])
      .filter(({ from, to }) => from <= now && to >= since - TOLD_MS)
      .sort((a, b) => b.from - a.from)
      .find((incident) => kind !== 'technical' || OF_DEVICES.includes(this.#about(incident)));
    const definition = found && this.#incidents.get(found.kind);
    if (!found || !definition) return kind === 'technical' ? FOUND_WORKING : FOUND_WELL;
    return { ...foundOf(definition, found), until: found.to };
  }

  /** Somebody lies there, or nobody is in: not a day for an ordinary visit. */
  isUsual(home: string, now: number): boolean {
    return !(this.#at.get(home) ?? []).some(
      ({ from, to, kind }) => from <= now && to > now && this.#about({ kind }) === 'person',
    );
  }

  #about({ kind }: Pick<PlannedIncident, 'kind'>): IncidentDefinition['about'] {
    return this.#incidents.get(kind)?.about ?? 'nothing';
  }
}

import { DAY } from '../src/lib/clock.ts';
import { type Community, type CommunityOptions, makeCommunity } from './community.ts';
import { loadFaults } from './fault.ts';
import { type Fleet, fleet } from './fleet.ts';
import { loadIncidents } from './incident.ts';
import { type AskedIncident, type PlannedIncident, planIncidents } from './incident-plan.ts';
import { parseFaults, parseIncidents } from './specs.ts';

export interface SimulationOptions extends CommunityOptions {
  readonly days?: number;
  readonly until?: number;
  /** As `--incidents` has it; nothing happens if absent. @see parseIncidents */
  readonly incidents?: string;
  /** As `--faults` has it; nothing breaks if absent. @see parseFaults */
  readonly faults?: string;
  /** Incidents at named places and instants; given the community, so that places can be looked up in it. */
  readonly ask?: (community: Community) => readonly AskedIncident[];
  /** Days at the beginning without random incidents; a tenth of the time, at most 2 days, if absent. */
  readonly settleDays?: number;
  /** Dead meters and gateways lose their connections. @see FleetOptions */
  readonly presence?: boolean;
}

export interface Simulation {
  readonly community: Community;
  readonly fleet: Fleet;
  /** What happens, in order of time. */
  readonly planned: readonly PlannedIncident[];
}

/** A community, what happens in it, and what its devices send: everything from the seed. @throws SpecError, PlanError */
export async function makeSimulation(options: SimulationOptions): Promise<Simulation> {
  const { seed, start, uploadDaily = false, presence = false } = options;
  const until = options.until ?? start + (options.days ?? 1) * DAY;
  const [incidents, faults] = [await loadIncidents(), await loadFaults()];
  const chosen = parseIncidents(options.incidents ?? 'none', incidents);
  const chosenFaults = parseFaults(options.faults ?? 'none', faults);
  const community = makeCommunity(options);
  const settleDays = options.settleDays ?? Math.min(2, (until - start) / DAY / 10);
  const planned = planIncidents({
    incidents,
    community,
    seed,
    start,
    until,
    rates: chosen.rates,
    asked: [...chosen.asked, ...(options.ask?.(community) ?? [])],
    settledAt: start + settleDays * DAY,
  });
  return {
    community,
    planned,
    fleet: fleet({
      community,
      seed,
      start,
      until,
      incidents: planned,
      faults: chosenFaults,
      uploadDaily,
      presence,
    }),
  };
}

import { DAY } from '../src/lib/clock.ts';
import { DueHeap } from '../src/lib/heap.ts';
import { type Calendar, localCalendar } from './calendar.ts';
import type { Community, SimulatedHome } from './community.ts';
import { type ChosenFault, HomeProcess, startFault } from './home-process.ts';
import type { Happening } from './household.ts';
import { type PlannedIncident, type TruthLine, truthLines } from './incident-plan.ts';
import type { Span } from './people/day.ts';
import { type Entry, nativePayload, rfc3339 } from './report.ts';
import { devicesOf } from './sensors.ts';

/** One message of the fleet: what is sent, when, under which topic, and who speaks. */
export interface FleetMessage {
  /** When it is sent, in epoch milliseconds. */
  readonly at: number;
  readonly topic: string;
  /** The native payload; for the status topic the word `online` or `offline`. */
  readonly payload: Entry | readonly Entry[] | 'online' | 'offline';
  readonly device: string;
  /** Speaks for the device; absent: the device speaks itself. */
  readonly gateway?: string;
}

/** Is it a report, and not a word about a connection? */
export const telemetryOnly = ({ payload }: FleetMessage): boolean => typeof payload === 'object';

export interface FleetOptions {
  readonly community: Community;
  readonly seed: number | string;
  readonly start: number;
  /** How long; or `until`. */
  readonly days?: number;
  readonly until?: number;
  /** From `planIncidents`. */
  readonly incidents?: readonly PlannedIncident[];
  readonly faults?: readonly ChosenFault[];
  /** Meters upload 24 readings once a day. */
  readonly uploadDaily?: boolean;
  /** Adds a message on the status topic where a dead meter or gateway loses its connection, and where it is back. */
  readonly presence?: boolean;
}

/** Iterating it makes the messages, in order of time, one by one; each iteration gives the same ones. */
export interface Fleet extends Iterable<FleetMessage> {
  readonly start: number;
  readonly until: number;
  readonly truth: readonly TruthLine[];
}

/**
 * A fleet of homes and what their devices send. Pure: the same options give the same bytes. Memory is that of one home
 * times the number of homes, whatever the time.
 */
export function fleet(options: FleetOptions): Fleet {
  const { start } = options;
  const until = options.until ?? start + (options.days ?? 1) * DAY;
  const incidents = options.incidents ?? [];
  const outages = faultOutages(options, until);
  const truth = [...truthLines(incidents, until), ...outages.map(outageTruth(until))];
  truth.sort(
    (a, b) => Date.parse(a.from) - Date.parse(b.from) || (a.home < b.home ? -1 : a.home > b.home ? 1 : 0),
  );
  const presence = options.presence ? presenceChanges(options, outages, until) : [];
  return {
    start,
    until,
    truth,
    [Symbol.iterator]: () => messages(options, until, presence),
  };
}

function* messages(
  options: FleetOptions,
  until: number,
  presence: readonly FleetMessage[],
): Generator<FleetMessage, void, undefined> {
  const heap = new DueHeap<HomeProcess>();
  for (const process of processes(options, until))
    if (process.nextAt < until) heap.push(process.nextAt, process);
  let change = 0;
  for (;;) {
    const nextAt = heap.nextDue;
    while (change < presence.length && presence[change]!.at <= nextAt) yield presence[change++]!;
    const process = heap.pop();
    if (!process) return;
    const { at, device, entries } = process.take()!;
    if (process.nextAt < until) heap.push(process.nextAt, process);
    yield {
      at,
      topic: `shouwang/${device.id}/telemetry`,
      payload: nativePayload(entries),
      device: device.id,
      ...(device.gateway === undefined ? {} : { gateway: device.gateway }),
    };
  }
}

function* processes(options: FleetOptions, until: number): Generator<HomeProcess, void, undefined> {
  const { community, seed, start, faults = [], uploadDaily = false } = options;
  const calendars = new Map<string, Calendar>();
  const happenings = happeningsByHome(options.incidents ?? []);
  for (const home of community.homes) {
    let calendar = calendars.get(home.timeZone);
    if (!calendar) {
      calendar = localCalendar(home.timeZone);
      calendars.set(home.timeZone, calendar);
    }
    yield new HomeProcess({
      home,
      seed,
      calendar,
      start,
      until,
      happenings: happenings.get(home.id) ?? [],
      faults,
      uploadDaily,
    });
  }
}

function happeningsByHome(incidents: readonly PlannedIncident[]): Map<string, Happening[]> {
  const byHome = new Map<string, Happening[]>();
  for (const { homes, from, to, disturbance } of incidents) {
    for (const home of homes) {
      const before = byHome.get(home);
      if (before) before.push({ from, to, disturbance });
      else byHome.set(home, [{ from, to, disturbance }]);
    }
  }
  for (const happenings of byHome.values()) happenings.sort((a, b) => a.from - b.from);
  return byHome;
}

interface Outage extends Span {
  readonly home: SimulatedHome;
  readonly device: string;
  readonly gateway: string | undefined;
  readonly kind: string;
}

/** Faults that silence a device are drawn here just as they will be drawn when the fleet runs. */
function faultOutages({ community, seed, start, faults = [] }: FleetOptions, until: number): Outage[] {
  const outages: Outage[] = [];
  for (const fault of faults) {
    if (!fault.definition.silences) continue;
    for (const home of community.homes) {
      for (const { device } of devicesOf(home)) {
        const run = startFault(fault, home, device, { seed, from: start, to: until });
        for (const { from, to } of run.outages ?? [])
          outages.push({
            from,
            to,
            home,
            device: device.id,
            gateway: device.gateway,
            kind: fault.definition.fault,
          });
      }
    }
  }
  return outages;
}

const outageTruth =
  (until: number) =>
  ({ home, device, kind, from, to }: Outage): TruthLine => ({
    home: home.id,
    kind,
    from: rfc3339(from),
    to: rfc3339(Math.min(to, until)),
    device,
  });

/** Where a connection breaks because what holds it is dead, and where it is made again. */
function presenceChanges(options: FleetOptions, outages: readonly Outage[], until: number): FleetMessage[] {
  const changes: FleetMessage[] = [];
  const add = (device: string, { from, to }: Span): void => {
    const topic = `shouwang/${device}/status`;
    changes.push({ at: from, topic, payload: 'offline', device });
    if (to < until) changes.push({ at: to, topic, payload: 'online', device });
  };
  const homes = new Map(options.community.homes.map((home) => [home.id, home]));
  for (const incident of options.incidents ?? []) {
    if (incident.gateway) add(incident.gateway, incident);
    const meter = incident.disturbance.meterDead && homes.get(incident.homes[0] ?? '')?.meter;
    if (meter && meter.gateway === undefined) add(meter.id, incident);
  }
  for (const outage of outages) if (outage.gateway === undefined) add(outage.device, outage);
  return changes.sort((a, b) => a.at - b.at || (a.topic < b.topic ? -1 : 1));
}

import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { type Community, makeCommunity, type SimulatedHome } from './community.ts';
import { type FleetMessage, fleet } from './fleet.ts';
import type { IncidentDefinition } from './incident.ts';
import { type PlannedIncident, planIncidents } from './incident-plan.ts';
import type { Entry } from './report.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const HOMES = 30;

/**
 * Plays an incident in a simulated community and looks, as anybody outside could, whether the messages show what its
 * definition says. Returns what they do not show: nothing when all is well. Of the homes of one incident it looks at no
 * more than `homesMax`, and lets so many days pass before it.
 */
export function missingOf(
  definition: IncidentDefinition,
  { homesMax = HOMES, daysBefore = 4 }: { readonly homesMax?: number; readonly daysBefore?: number } = {},
): string[] {
  const community = makeCommunity({ seed: 1, homes: HOMES, start: START, sensors: 1 });
  const from = START + daysBefore * DAY + definition.hours[0] * HOUR + 30 * MINUTE;
  const common = { community, seed: 1, start: START };
  const at = placeFor(definition, community);
  const [incident] = planIncidents({
    ...common,
    incidents: new Map([[definition.kind, definition]]),
    until: from + 30 * DAY,
    rates: new Map(),
    asked: [{ kind: definition.kind, at, from }],
  });
  if (!incident) return ['it is not in the plan'];
  const until = incident.to + 6 * HOUR;
  const homes = community.homes.filter(({ id }) => incident.homes.includes(id)).slice(0, homesMax);
  const only = { ...common, community: { ...community, homes }, until };
  const disturbed = [...fleet({ ...only, incidents: [incident] })];
  const usual = [...fleet(only)];
  const [sent, ordinary] = [byDevice(disturbed), byDevice(usual)];
  return [
    ...homes.flatMap((home) => missingInHome(definition, incident, home, sent, ordinary)),
    ...changedBefore(incident, disturbed, usual),
  ];
}

type Sent = ReadonlyMap<string, readonly FleetMessage[]>;
const byDevice = (messages: readonly FleetMessage[]): Sent => Map.groupBy(messages, ({ device }) => device);

function placeFor({ needs }: IncidentDefinition, { homes }: Community): string {
  if (needs === 'gateway') return homes.find(({ meter }) => meter.gateway)?.meter.gateway ?? '';
  return homes.find(({ band }) => needs !== 'wristband' || band)?.id ?? '';
}

function missingInHome(
  { shows }: IncidentDefinition,
  incident: PlannedIncident,
  home: SimulatedHome,
  disturbed: Sent,
  usual: Sent,
): string[] {
  const meter = entriesWithin(disturbed, home.meter.id, incident);
  const band = entriesWithin(disturbed, home.band?.id, incident);
  const { sensors } = home;
  const detectors = [sensors?.smoke, sensors?.gas].flatMap((one) =>
    entriesWithin(disturbed, one?.id, incident),
  );
  const missing: string[] = [];
  const expect = (claim: boolean, text: string): void => {
    if (!claim) missing.push(`${home.id}: ${text}`);
  };
  if (shows.meterMessages)
    expect(meter.length > 0 === (shows.meterMessages === 'some'), `${meter.length} meter entries`);
  if (shows.bandMessages)
    expect(band.length > 0 === (shows.bandMessages === 'some'), `${band.length} band entries`);
  if (shows.litres) {
    const litres = rise(meter, 'water_index_m3') * 1000;
    const ordinary = rise(entriesWithin(usual, home.meter.id, incident), 'water_index_m3') * 1000;
    const fits = {
      none: litres < 1e-6,
      'more-than-usual': litres > ordinary + 1,
      'as-usual': Math.abs(litres - ordinary) < 1,
    };
    expect(
      fits[shows.litres],
      `${litres.toFixed(1)} litres, ${ordinary.toFixed(1)} without it: not ${shows.litres}`,
    );
  }
  for (const event of shows.events ?? [])
    expect(
      [...meter, ...band, ...detectors].some((entry) => entry['event'] === event),
      `no event ${event}`,
    );
  if (shows.supply) {
    const said = entriesWithin(disturbed, sensors?.electricity.id, incident);
    expect(
      said.length === 1 && said[0]?.['mains_power_bool'] === 0,
      `${said.length} words of the electricity meter`,
    );
  }
  if (shows.nobodyMoves) {
    const later = { from: incident.from + 5 * MINUTE, to: incident.to };
    const moves = (sensors?.motion ?? []).flatMap(({ id }) =>
      values(entriesWithin(disturbed, id, later), 'motion_bool'),
    );
    expect(moves.length > 0 && moves.every((moved) => moved === 0), 'somebody moves');
  }
  if (shows.worn !== undefined)
    expect(
      values(band, 'worn_bool').every((worn) => worn === shows.worn),
      `worn_bool is not always ${shows.worn}`,
    );
  if (shows.stepsStandStill) expect(rise(band, 'steps_count') === 0, 'steps are counted');
  if (shows.systolicAtLeast !== undefined) {
    const pressures = values(band, 'systolic_mmhg');
    const all = pressures.every((pressure) => pressure >= (shows.systolicAtLeast ?? 0));
    expect(pressures.length >= 3 && all, `systolic pressures ${pressures.join(' ')}`);
  }
  return missing;
}

/** What came before the incident must not know of it. */
function changedBefore(
  { from }: PlannedIncident,
  disturbed: readonly FleetMessage[],
  usual: readonly FleetMessage[],
): string[] {
  const before = (messages: readonly FleetMessage[]) => messages.filter(({ at }) => at < from);
  const [those, expected] = [before(disturbed), before(usual)];
  const isSame = those.every((message, i) => JSON.stringify(message) === JSON.stringify(expected[i]));
  return isSame && those.length === expected.length
    ? []
    : ['messages before the incident are not as they were without it'];
}

/** Entries of a device that were measured while the incident lasted, in the order of their time. */
function entriesWithin(
  sent: Sent,
  device: string | undefined,
  { from, to }: { readonly from: number; readonly to: number },
): Entry[] {
  const found: Entry[] = [];
  for (const { payload } of sent.get(device ?? '') ?? []) {
    if (typeof payload === 'string') continue;
    for (const entry of Array.isArray(payload) ? payload : [payload]) {
      const at = Date.parse(String(entry.at));
      if (at >= from && at < to) found.push(entry);
    }
  }
  return found.sort((a, b) => Date.parse(String(a.at)) - Date.parse(String(b.at)));
}

const values = (entries: readonly Entry[], name: string): number[] =>
  entries.flatMap((entry) => (typeof entry[name] === 'number' ? [entry[name]] : []));

function rise(entries: readonly Entry[], name: string): number {
  const all = values(entries, name);
  return (all.at(-1) ?? 0) - (all[0] ?? 0);
}

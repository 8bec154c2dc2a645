import type { MeterSummary } from './register-series.ts';

export interface RegistrySettings {
  /** Community, grid, building and unit of all homes; without the latter two each is a building of its own. */
  readonly place: readonly string[];
  readonly timeZone: string;
  /** Smallest step of the counters, in m³; that of the model if absent. */
  readonly resolution?: number;
  /** Else CSV, which holds no time zone. */
  readonly isYaml: boolean;
}

/** The meters of an export as a registry, in YAML or CSV. */
export function registryOf(
  meters: readonly MeterSummary[],
  homes: ReadonlyMap<string, string>,
  { place, timeZone, resolution, isYaml }: RegistrySettings,
): string {
  const idOf = homeIds(meters, homes);
  const devices = meters.map(({ name, from, interval }) => ({
    home: idOf(name),
    name: homes.get(name) ?? name,
    id: name,
    enrolledAt: new Date(from).toISOString(),
    expectedInterval: interval === '1h' ? undefined : interval,
    counterResolution: resolution,
  }));
  if (isYaml) return yamlRegistry(devices, place, timeZone);
  const head =
    'community,grid,building,unit,home,device,model,gateway,enrolled_at,expected_interval,counter_resolution';
  const lines = devices.map(({ home, id, enrolledAt, expectedInterval, counterResolution }) =>
    [
      ...placeOf(place, home),
      ...[home, id, 'water-meter', '', enrolledAt, expectedInterval ?? '', counterResolution ?? ''],
    ].join(','),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** Nobody said that homes are neighbours: rules about a whole building would look for what they have in common. */
const placeOf = ([community = '', grid = '', building, unit]: readonly string[], home: string): string[] => [
  community,
  grid,
  building ?? home,
  unit ?? '1',
];

/** As a registry takes it. */
const IS_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** Homes that an export names as people do ("海棠苑 3-501"), which no registry takes for an id: they get that of a meter. */
export const unfitHomes = (homes: ReadonlyMap<string, string>): string[] =>
  [...new Set(homes.values())].filter((home) => !IS_ID.test(home));

/** The id of the home that a meter hangs in. */
function homeIds(
  meters: readonly MeterSummary[],
  homes: ReadonlyMap<string, string>,
): (meter: string) => string {
  const taken = new Set(meters.map(({ name }) => homes.get(name) ?? name).filter((home) => IS_ID.test(home)));
  const ids = new Map<string, string>();
  for (const { name } of meters) {
    const home = homes.get(name) ?? name;
    if (ids.has(home)) continue;
    let id = IS_ID.test(home) ? home : name;
    while (id !== home && taken.has(id)) id = `${id}-home`;
    taken.add(id);
    ids.set(home, id);
  }
  return (meter) => ids.get(homes.get(meter) ?? meter) ?? meter;
}

/** The same with the time zone, which CSV cannot say, and with the names of homes. JSON is YAML. */
function yamlRegistry(
  devices: readonly { readonly home: string; readonly name: string; readonly id: string }[],
  place: readonly string[],
  timeZone: string,
): string {
  const units = new Map<string, Map<string, { id: string; name: string; devices: unknown[] }>>();
  for (const { home: id, name, ...device } of devices) {
    const [, , building, unit] = placeOf(place, id);
    const key = JSON.stringify([building, unit]);
    const homes = units.get(key) ?? new Map<string, { id: string; name: string; devices: unknown[] }>();
    units.set(key, homes);
    const home = homes.get(id) ?? { id, name, devices: [] };
    homes.set(id, home);
    home.devices.push({ ...device, model: 'water-meter' });
  }
  const buildings = [...units].map(([key, homes]) => {
    const [building, unit] = JSON.parse(key) as [string, string];
    return { id: building, units: [{ id: unit, homes: [...homes.values()] }] };
  });
  const [community, grid] = place;
  const grids = [{ id: grid, buildings }];
  return `${JSON.stringify({ communities: [{ id: community, timeZone, grids }] }, null, 1)}\n`;
}

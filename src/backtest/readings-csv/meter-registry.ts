import type { MeterSummary } from './register-series.ts';

export interface RegistrySettings {
  /** Community, grid, building and unit of all homes. */
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
  const devices = meters.map(({ name, from, interval }) => ({
    home: homes.get(name) ?? name,
    id: name,
    enrolledAt: new Date(from).toISOString(),
    expectedInterval: interval === '1h' ? undefined : interval,
    counterResolution: resolution,
  }));
  if (isYaml) return yamlRegistry(devices, place, timeZone);
  const head =
    'community,grid,building,unit,home,device,model,gateway,enrolled_at,expected_interval,counter_resolution';
  const lines = devices.map(({ home, id, enrolledAt, expectedInterval, counterResolution }) =>
    [...place, home, id, 'water-meter', '', enrolledAt, expectedInterval ?? '', counterResolution ?? ''].join(
      ',',
    ),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** The same with the time zone, which CSV cannot say. JSON is YAML. */
function yamlRegistry(
  devices: readonly { readonly home: string; readonly id: string }[],
  [community, grid, building, unit]: readonly string[],
  timeZone: string,
): string {
  const homes = new Map<string, unknown[]>();
  for (const { home, ...device } of devices) {
    const own = homes.get(home) ?? [];
    homes.set(home, [...own, { ...device, model: 'water-meter' }]);
  }
  const units = [{ id: unit, homes: [...homes].map(([id, own]) => ({ id, name: id, devices: own })) }];
  const grids = [{ id: grid, buildings: [{ id: building, units }] }];
  return `${JSON.stringify({ communities: [{ id: community, timeZone, grids }] }, null, 1)}\n`;
}

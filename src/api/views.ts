import { setImmediate } from 'node:timers/promises';
import { type CallTest, callsOf } from '../model/call-test.ts';
import { deviceTrouble } from '../model/device-trouble.ts';
import { METRICS } from '../model/metrics.ts';
import type { Device, Home, RegistryNode } from '../model/registry.ts';
import type { PermissionRole } from '../ports/records.ts';
import type { DeviceStatus, RegistryView, Service } from '../ports/service.ts';
import { isCovered } from './access.ts';
import { knownLast } from './known-history.ts';
import { lastSeen, SHOWN_LAST } from './measure-sight.ts';
import { asSeen, type NotesSight } from './notes-sight.ts';
import { type Refusal, refuse } from './problem.ts';
import type { DeviceDetail, HomeDetail, HomeDevice, HomeSummary, Place } from './replies.ts';
import type { RouteContext } from './route.ts';
import type { PublicDevice } from './schemas.ts';

/** Alerts that are shown with a home; more are in GET /alerts. */
const OPEN_ALERTS_MAX = 100;

/** The nodes on the way to this path, from the top. */
export function placesOf(registry: RegistryView, path: string): Place[] {
  const steps = path.split('/');
  return steps
    .map((_, i) => registry.node(steps.slice(0, i + 1).join('/')))
    .filter((node): node is RegistryNode => node !== undefined)
    .map(({ path: of, level, name }) => ({ path: of, level, name }));
}

/** The home, if the caller may see it. For others it does not exist. */
export function visibleHome(
  registry: RegistryView,
  visible: readonly string[],
  id: string,
): { home: Home; path: string } | undefined {
  const home = registry.home(id);
  const path = registry.homePath(id);
  return home && path !== undefined && isCovered(visible, path) ? { home, path } : undefined;
}

/** Why the caller may change nothing of a home for which this role is wanted; undefined: they may. */
export function homeRefusal(
  { service, visible, nodes }: Pick<RouteContext<unknown, unknown, unknown>, 'service' | 'visible' | 'nodes'>,
  id: string,
  role: PermissionRole,
): Refusal | undefined {
  const home = visibleHome(service.registry, visible, id);
  if (!home) return refuse('HOME_NOT_FOUND');
  return isCovered(nodes, home.path) ? undefined : refuse('NOT_ALLOWED', { role, node: home.path });
}

export function visibleDevice(
  registry: RegistryView,
  visible: readonly string[],
  id: string,
): { device: Device; path: string } | undefined {
  const device = registry.device(id);
  const path = device ? registry.homePath(device.home) : undefined;
  return device && path !== undefined && isCovered(visible, path) ? { device, path } : undefined;
}

function withoutSecret({ secretHash: _, ...device }: Device): PublicDevice {
  return device;
}

/** What is known of a device that the engine has no word of: nothing was heard, and nobody waits for it. */
const unheard = (device: string): DeviceStatus => ({ device, silent: false, last: {} });

export const statusOf = (service: Service, device: string): DeviceStatus =>
  service.deviceStatus(device) ?? unheard(device);

/** Does it need somebody's hand? */
export const isInTrouble = (service: Service, device: Device): boolean =>
  deviceTrouble(device, statusOf(service, device.id), service.clock.now()) !== undefined;

function homeDevice(service: Service, device: Device): HomeDevice {
  const { title, events = [] } = service.model(device.model) ?? {};
  const calls = callsOf(events);
  return {
    device: withoutSecret(device),
    status: statusOf(service, device.id),
    modelTitle: title ?? { zh: device.model, en: device.model },
    ...(calls.length > 0 ? { calls, callTests: callTestsOf(service, device) } : {}),
  };
}

/** The newest first. */
export const callTestsOf = (service: Service, { id, home }: Pick<Device, 'id' | 'home'>): CallTest[] =>
  service
    .callTests(home)
    .filter((one) => one.device === id)
    .reverse();

/** Devices whose newest values are read in one go; between two goes others have their turn. */
const LAST_AT_ONCE = 32;
const ALWAYS = Number.NEGATIVE_INFINITY;

/**
 * With the newest value of each metric: the engine remembers only what its rules need, the telemetry store all, also of the home
 * where a device was before.
 */
export async function withLast<T extends HomeDevice>(
  service: Service,
  of: readonly T[],
  sees: (device: T) => boolean,
): Promise<T[]> {
  const shown: T[] = [];
  for (let from = 0; from < of.length; from += LAST_AT_ONCE) {
    const slice = of.slice(from, from + LAST_AT_ONCE);
    const ids = slice.map(({ device }) => device.id);
    const { points, since } = await knownLast(service.telemetry, () =>
      service.telemetry.last(ids, SHOWN_LAST),
    );
    const stored = new Map<string, DeviceStatus['last']>();
    const homeSince = new Map(slice.map(({ device }) => [device.id, device.homeSince ?? ALWAYS]));
    for (const { device, metric, value, at } of points)
      if (at >= (homeSince.get(device) ?? ALWAYS))
        stored.set(device, { ...stored.get(device), [metric]: { value, at } });
    for (const one of slice)
      shown.push({
        ...one,
        status: {
          ...one.status,
          last: lastSeen({ ...stored.get(one.device.id), ...one.status.last }, sees(one)),
          ...(since !== undefined && { lastSince: since }),
        },
      });
    if (from + LAST_AT_ONCE < of.length) await setImmediate();
  }
  return shown;
}

export function deviceDetail(service: Service, device: Device, path: string): DeviceDetail {
  return {
    ...homeDevice(service, device),
    path,
    places: placesOf(service.registry, path),
    homeName: service.registry.home(device.home)?.name ?? device.home,
    residents: service.registry.residents(device.home).map(({ name }) => name),
    enrolledAtTime: new Date(device.enrolledAt).toISOString(),
  };
}

/** How far around an exchange the last reading of the old meter and the first of the new one are looked for. */
const EXCHANGE_MS = 8 * 86_400_000;

/** What the old meter showed last and the new one first: whoever exchanged it wrote both on a sheet. */
export async function withExchange(service: Service, detail: DeviceDetail): Promise<DeviceDetail> {
  const { id, model, exchangedAt: at } = detail.device;
  const counters = service.model(model)?.metrics ?? [];
  const metric = counters.find((name) => name in METRICS && METRICS[name].semantics === 'counter');
  if (at === undefined || metric === undefined) return detail;
  const { telemetry } = service;
  const [old, now] = await Promise.all([
    telemetry.range({ device: id, metric, from: at - EXCHANGE_MS, to: at }),
    telemetry.range({ device: id, metric, from: at, to: at + EXCHANGE_MS, limit: 1 }),
  ]);
  const [before, after] = [old.at(-1), now[0]];
  return {
    ...detail,
    exchange: {
      at,
      ...(before ? { before: { at: before.at, value: before.value } } : {}),
      ...(after ? { after: { at: after.at, value: after.value } } : {}),
    },
  };
}

export function homeSummary({ registry }: Service, home: Home, sees: NotesSight): HomeSummary {
  const path = registry.homePath(home.id) ?? home.parent;
  const { contacts: _, ...seen } = asSeen(home, registry.residents(home.id), [], sees(path));
  return {
    ...seen,
    path,
    places: placesOf(registry, path),
    devices: registry.devices(home.id).length,
  };
}

export async function homeDetail(
  service: Service,
  { home, path }: { home: Home; path: string },
  seesNotes: boolean,
): Promise<HomeDetail> {
  const { registry, records } = service;
  // Whoever may see the home may see what is open of it, also what was raised where it stood before.
  const alerts = await records.alerts({ paths: [''], home: home.id, open: true }, { limit: OPEN_ALERTS_MAX });
  return {
    ...asSeen(home, registry.residents(home.id), registry.contacts(home.id), seesNotes),
    path,
    places: placesOf(registry, path),
    timeZone: registry.timeZone(path),
    devices: await withLast(
      service,
      registry.devices(home.id).map((device) => homeDevice(service, device)),
      () => seesNotes,
    ),
    openAlerts: alerts.items,
  };
}

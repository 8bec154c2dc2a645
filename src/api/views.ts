import type { Device, Home, RegistryNode } from '../model/registry.ts';
import type { DeviceStatus, RegistryView, Service } from '../ports/service.ts';
import { isCovered } from './access.ts';
import type { DeviceDetail, HomeDetail, HomeDevice, HomeSummary, Place } from './replies.ts';
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

export function visibleDevice(
  registry: RegistryView,
  visible: readonly string[],
  id: string,
): { device: Device; path: string } | undefined {
  const device = registry.device(id);
  const path = device ? registry.homePath(device.home) : undefined;
  return device && path !== undefined && isCovered(visible, path) ? { device, path } : undefined;
}

export function withoutSecret({ secretHash: _, ...device }: Device): PublicDevice {
  return device;
}

/** What is known of a device that the engine has no word of: nothing was heard, and nobody waits for it. */
const unheard = (device: string): DeviceStatus => ({ device, silent: false, last: {} });

export function homeDevice(service: Service, device: Device): HomeDevice {
  const title = service.models().find(({ model }) => model === device.model)?.title;
  return {
    device: withoutSecret(device),
    status: service.deviceStatus(device.id) ?? unheard(device.id),
    modelTitle: title ?? { zh: device.model, en: device.model },
  };
}

export function deviceDetail(service: Service, device: Device, path: string): DeviceDetail {
  return {
    ...homeDevice(service, device),
    path,
    places: placesOf(service.registry, path),
    homeName: service.registry.home(device.home)?.name ?? device.home,
  };
}

export function homeSummary({ registry }: Service, home: Home): HomeSummary {
  const path = registry.homePath(home.id) ?? home.parent;
  return {
    home,
    path,
    places: placesOf(registry, path),
    residents: registry.residents(home.id),
    devices: registry.devices(home.id).length,
  };
}

export async function homeDetail(
  service: Service,
  { home, path }: { home: Home; path: string },
): Promise<HomeDetail> {
  const { registry, records } = service;
  const alerts = await records.alerts(
    { paths: [path], home: home.id, open: true },
    { limit: OPEN_ALERTS_MAX },
  );
  return {
    home,
    path,
    places: placesOf(registry, path),
    timeZone: registry.timeZone(path),
    residents: registry.residents(home.id),
    contacts: registry.contacts(home.id),
    devices: registry.devices(home.id).map((device) => homeDevice(service, device)),
    openAlerts: alerts.items,
  };
}

import type { DeviceView } from './define.ts';

/**
 * Whose values a device measures: the id of the resident, or '' where the registry names no more than one person for
 * the devices of the home. In a home of two, a device without a name belongs to nobody else's.
 */
export function personOf(device: DeviceView, devices: readonly DeviceView[]): string {
  const named = new Set<string>();
  for (const { resident } of devices) if (resident !== undefined) named.add(resident);
  return named.size > 1 ? (device.resident ?? '') : '';
}

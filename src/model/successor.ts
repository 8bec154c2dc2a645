import type { Device } from './registry.ts';

/** What no form asks for: who wears it goes over to any device, what its model makes of it to one of the same. */
export function takenFrom(old: Device | undefined, model: string): Partial<Device> {
  if (!old) return {};
  const { resident, expectedIntervalMs, counterMax, counterResolution } = old;
  return {
    ...(resident !== undefined && { resident }),
    ...(model === old.model && {
      ...(expectedIntervalMs !== undefined && { expectedIntervalMs }),
      ...(counterMax !== undefined && { counterMax }),
      ...(counterResolution !== undefined && { counterResolution }),
    }),
  };
}

/** The settings that the next device of the model has as well. The key of a device is its own: with that of another nothing could be read. */
export function settingsWithoutKey({ settings = {} }: Device): NonNullable<Device['settings']> {
  const { key: _, ...common } = settings;
  return common;
}

import type { Device } from '../model/registry.ts';
import type { RuntimeDevice } from './runtime.ts';
import type { HeardOff } from './subject.ts';

/** When the devices of a home that are switched off were heard last; undefined where none of them ever was. */
export function heardOff(
  entries: readonly Device[],
  running: readonly RuntimeDevice[],
  before: HeardOff | undefined,
): HeardOff | undefined {
  let heard: Record<string, number> | undefined;
  for (const { id, disabled } of entries) {
    if (!disabled) continue;
    const at = running.find((device) => device.id === id)?.state.heardAt || before?.[id];
    if (at) heard = { ...heard, [id]: at };
  }
  return heard;
}

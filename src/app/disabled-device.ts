import { isCall } from '../model/call-for-help.ts';
import type { Device } from '../model/registry.ts';
import type { Core } from './core.ts';
import { RuntimeDevice } from './runtime.ts';
import type { Subject } from './subject.ts';

/**
 * A device that somebody switched off in the registry, as it would run: what it says is not taken, but if it calls for
 * help, the registry knows in which home. It is made for one message, for such devices are few.
 */
export function disabledDevice(core: Core, id: string): RuntimeDevice | undefined {
  const entry = core.registry.device(id);
  if (!entry?.disabled) return undefined;
  const [definition, subject] = [core.models.get(entry.model), core.subjects.get(entry.home)];
  return definition && subject && new RuntimeDevice(entry, definition, subject, core.now);
}

/** May it connect? Of one that is switched off its calls are heard, where it can make any; for nothing else it is let in. */
export const isLetIn = (core: Core, { disabled, model }: Device): boolean =>
  !disabled || (core.models.get(model)?.events.some(isCall) ?? false);

/** The home of a device, also of one that is switched off. */
export const homeOfDevice = (core: Core, id: string): Subject | undefined =>
  core.deviceOf(id)?.subject ?? core.subjects.get(core.registry.device(id)?.home ?? '');

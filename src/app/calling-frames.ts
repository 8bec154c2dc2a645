import { callInBytes, callInText } from '../model/call-words.ts';
import type { Said } from './untaken-calls.ts';

/**
 * Of several devices in one message, those in whose part the call stands. Undefined: there is one device, or it stands in
 * no part, and may be anybody's.
 */
export function callingFrames<F extends Said>(frames: readonly F[]): ReadonlySet<F> | undefined {
  if (frames.length < 2) return undefined;
  const callers = frames.filter(calls);
  return callers.length === 0 ? undefined : new Set(callers);
}

const calls = ({ payload, object }: Said): boolean =>
  callInBytes(payload) !== undefined ||
  (object !== undefined && callInText(JSON.stringify(object)) !== undefined);

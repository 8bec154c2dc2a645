import type { Refusal } from '../model/effect.ts';
import type { Report } from '../model/message.ts';
import type { WrongClock } from '../model/wrong-clock.ts';

/**
 * What a device's clock said where that was not believed: what is measured by it was refused, or taken as of its arrival.
 *
 * @param report as its device has it
 * @param accepted what was taken of it, in the times under which it was taken
 */
export function wrongClock(
  { readings, events, receivedAt }: Report,
  refusals: readonly Refusal[],
  accepted: Report | undefined,
): WrongClock | undefined {
  const isRefused = refusals.some(({ reason }) => reason === 'clock-future' || reason === 'clock-past');
  const isCorrected = accepted !== undefined && isRedated(accepted, events);
  if (!isRefused && !isCorrected) return undefined;
  const own = [...readings.filter(({ clock }) => clock !== 'received'), ...events].map(({ at }) => at);
  const [said] = own.sort((a, b) => Math.abs(b - receivedAt) - Math.abs(a - receivedAt));
  return said === undefined ? undefined : { said, offMs: said - receivedAt, isCorrected };
}

const isRedated = ({ shiftedMs, events }: Report, said: Report['events']): boolean =>
  shiftedMs !== undefined ||
  events.some(({ event, at }) => !said.some((one) => one.event === event && one.at === at));

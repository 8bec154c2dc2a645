import type { Rejection, RejectionReason } from '../model/rejection.ts';
import type { DeviceStatus } from '../ports/service.ts';

type Untaken = NonNullable<DeviceStatus['untaken']>;

/** Of these the sender has nothing to mend. */
const HARMLESS: ReadonlySet<RejectionReason> = new Set<RejectionReason>([
  'duplicate',
  'retained',
  'simulated',
]);

/**
 * Devices that speak, and of which nothing is taken. A rule says of them that they are silent, for that is what their home
 * has of them; whoever goes there must not look for an empty battery. In memory: true of this life of the service.
 */
export class UntakenLately {
  readonly #byDevice = new Map<string, Untaken>();

  /** @param heardAt when something of the device was taken last */
  note({ device, at, reason }: Rejection, heardAt: number): void {
    if (device === undefined || HARMLESS.has(reason)) return;
    const before = this.of(device, heardAt);
    this.#byDevice.set(device, { at, reason, count: (before?.count ?? 0) + 1 });
  }

  /** What was refused since then; undefined, if nothing was. */
  of(device: string, heardAt: number): Untaken | undefined {
    const last = this.#byDevice.get(device);
    return last && last.at > heardAt ? last : undefined;
  }
}

import type { Alert } from '../../model/alert.ts';
import type { HomeDevice } from '../state/answers.ts';

/** A device that said last that nobody wears it, and since which reading that is so. */
export interface Unworn {
  readonly device: HomeDevice;
  readonly at: number;
}

/**
 * Of the devices by which somebody calls or may be in danger, those that nobody wears now. Whoever is sent has to know it at
 * once: where it lies is not where the person is, and what it measures is not theirs. It is no reason not to go.
 */
export function unwornOf(alerts: readonly Alert[], devices: readonly HomeDevice[]): Unworn[] {
  const grave = new Set(
    alerts.flatMap((one) => (isGrave(one) && one.device !== undefined ? one.device : [])),
  );
  return devices.flatMap((device) => {
    const worn = device.status.last.worn_bool;
    return grave.has(device.device.id) && worn?.value === 0 ? { device, at: worn.at } : [];
  });
}

const isGrave = ({ about, priority, clearedAt }: Alert): boolean =>
  about === 'person' && (priority === 'P1' || priority === 'P2') && clearedAt === undefined;

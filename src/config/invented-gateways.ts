import { didYouMean } from '../lib/did-you-mean.ts';
import { LIMITS } from '../model/limits.ts';
import type { InventedGateway, RegistryEntry } from '../model/registry.ts';

/** A slip of the pen concerns few devices: the gateway that was meant stands before so many times as many. */
const MEANT_TIMES = 3;

/**
 * Gateways that nothing describes but the devices that name them: a row of CSV makes them, and a slip of the pen makes one
 * that does not exist, behind which a band is never heard. Those for which another one may be meant come first.
 *
 * @param known gateways that were there before: one of them is rather meant than one of the same file
 */
export function inventedGateways(
  put: readonly RegistryEntry[],
  isInvented: (gateway: string) => boolean,
  known: readonly string[],
): InventedGateway[] {
  const behind = devicesBehind(put);
  const invented = put.flatMap((entry) =>
    entry.noun === 'gateway' && isInvented(entry.id) ? [entry.id] : [],
  );
  const found = invented.map((gateway, i): InventedGateway => {
    const devices = behind.get(gateway) ?? 0;
    // To compare all with all of a large town would take minutes.
    if (i >= LIMITS.inventedComparedMax) return { gateway, devices };
    const larger = [...behind].flatMap(([id, count]) => (count >= MEANT_TIMES * devices ? [id] : []));
    const meant = near(gateway, known) ?? near(gateway, larger);
    return { gateway, devices, ...(meant === undefined ? {} : { meant }) };
  });
  return [...found.filter(({ meant }) => meant), ...found.filter(({ meant }) => !meant)];
}

function devicesBehind(put: readonly RegistryEntry[]): ReadonlyMap<string, number> {
  const behind = new Map<string, number>();
  for (const entry of put)
    if (entry.noun === 'device' && entry.gateway !== undefined)
      behind.set(entry.gateway, (behind.get(entry.gateway) ?? 0) + 1);
  return behind;
}

/** Names of a row (`gw-1`, `gw-2`) are near to one another and are no slips. */
const near = (gateway: string, others: readonly string[]): string | undefined =>
  didYouMean(
    gateway,
    others.filter((other) => other !== gateway && patternOf(other) !== patternOf(gateway)),
  );

const patternOf = (name: string): string => name.replace(/\d/g, '0');

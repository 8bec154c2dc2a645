import { isIPv6 } from 'node:net';

/** Whom an address stands for: of IPv6 the /64, which one household has for itself; IPv4 also where it is written as IPv6. */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip.slice(0, 64).toLowerCase();
  const [before = '', after] = ip.toLowerCase().split('%')[0]?.split('::') ?? [];
  const [first, last] = [before, after ?? ''].map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))).fill('0');
  const groups = [...(first ?? []), ...(after === undefined ? [] : zeros), ...(last ?? [])];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

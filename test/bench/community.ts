import { hashSecret } from '../../src/lib/secrets.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { bandOf, gatewayOf, homeOf, meterOf, SECRET } from './names.ts';
import type { PublisherPlan } from './publishers.ts';

export interface CommunityPlan {
  readonly homes: number;
  /** The homes are shared out among so many gateways; the rest of the figures calls them clients. */
  readonly gateways: number;
  /** Of the first homes, so many meters have a credential of their own. */
  readonly directs: number;
  /** All devices are enrolled a month before. */
  readonly now: number;
}

const [HOMES_A_UNIT, UNITS_A_BUILDING, BUILDINGS_A_GRID, GRIDS_A_COMMUNITY] = [12, 4, 8, 5];
const MONTH_MS = 30 * 86_400_000;

/** A plain community: each home with a person, a contact, a water meter and a wristband; a grid worker for each grid. */
export function communityOf({ homes, gateways, directs, now }: CommunityPlan): RegistryEntry[] {
  const entries: RegistryEntry[] = [];
  const enrolledAt = now - MONTH_MS;
  const secretHash = hashSecret(SECRET);
  const units: string[] = [];
  const nodes = new Set<string>();
  for (let home = 0; home < homes; home++) {
    const unit = unitOf(home);
    if (!nodes.has(unit)) {
      addNodes(unit, nodes, entries);
      units.push(unit);
    }
  }
  for (let gateway = 0; gateway < gateways; gateway++) {
    const first = Math.floor((gateway * homes) / gateways);
    const parent = unitOf(first).split('/').slice(0, 2).join('/');
    entries.push({
      noun: 'gateway',
      id: gatewayOf(gateway),
      parent,
      enrolledAt,
      secretHash,
      disabled: false,
    });
  }
  for (let home = 0; home < homes; home++) addHome(home);
  return entries;

  function addHome(home: number): void {
    const id = homeOf(home);
    entries.push({ noun: 'home', id, parent: unitOf(home), name: String(101 + (home % HOMES_A_UNIT)) });
    entries.push({
      noun: 'resident',
      id: `${id}-r`,
      home: id,
      name: '王秀英',
      birthYear: 1941,
      livesAlone: true,
    });
    entries.push({
      noun: 'contact',
      id: `${id}-c`,
      home: id,
      name: '王建国',
      relation: '儿子',
      phone: '000-0000-0000',
      order: 1,
      channels: [],
    });
    const gateway = gateways > 0 ? gatewayOf(Math.floor((home * gateways) / homes)) : undefined;
    for (const device of [meterOf(home), bandOf(home)]) {
      entries.push({
        noun: 'device',
        id: device,
        model: device.startsWith('wm') ? 'water-meter' : 'wristband',
        home: id,
        ...(gateway === undefined ? {} : { gateway }),
        enrolledAt,
        ...(home < directs ? { secretHash } : {}),
        disabled: false,
      });
    }
  }
}

function unitOf(home: number): string {
  const unit = Math.floor(home / HOMES_A_UNIT);
  const building = Math.floor(unit / UNITS_A_BUILDING);
  const grid = Math.floor(building / BUILDINGS_A_GRID);
  const community = Math.floor(grid / GRIDS_A_COMMUNITY);
  return `c${community}/g${grid}/b${building}/u${unit}`;
}

function addNodes(unit: string, nodes: Set<string>, entries: RegistryEntry[]): void {
  const levels = ['community', 'grid', 'building', 'unit'] as const;
  const words = unit.split('/');
  for (const [depth, level] of levels.entries()) {
    const path = words.slice(0, depth + 1).join('/');
    if (nodes.has(path)) continue;
    nodes.add(path);
    const zone = level === 'community' ? { timeZone: 'Asia/Shanghai' } : {};
    entries.push({ noun: 'node', path, level, name: words[depth] ?? '', ...zone });
    if (level !== 'grid') continue;
    const id = `worker-${words[depth]}`;
    const roles = [{ role: 'grid-worker' as const, node: path }];
    entries.push({
      noun: 'staff',
      id,
      name: '周敏',
      roles,
      channels: [{ channel: 'terminal', address: '' }],
    });
  }
}

/** The gateways of the community as connections of the load: each speaks for the homes behind it. */
export function gatewayPlans(homes: number, gateways: number): PublisherPlan[] {
  return Array.from({ length: gateways }, (_, gateway) => {
    // The first home h with floor(h × gateways / homes) = gateway.
    const first = Math.ceil((gateway * homes) / gateways);
    const end = Math.ceil(((gateway + 1) * homes) / gateways);
    return { id: gatewayOf(gateway), first, homes: end - first };
  });
}

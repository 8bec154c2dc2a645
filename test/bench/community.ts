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
  /** How often a meter speaks, where that is not what its model says. */
  readonly meterIntervalMs?: number;
  /** False: nobody lives in the homes. The engine does not look at people. */
  readonly people?: boolean;
}

const [HOMES_A_UNIT, UNITS_A_BUILDING, BUILDINGS_A_GRID, GRIDS_A_COMMUNITY] = [12, 4, 8, 5];
const MONTH_MS = 30 * 86_400_000;

/** A plain community: each home with a person, a contact, a water meter and a wristband; a grid worker for each grid. */
export function communityOf(plan: CommunityPlan): RegistryEntry[] {
  const { homes, gateways, now, people = true } = plan;
  const entries: RegistryEntry[] = [];
  const enrolledAt = now - MONTH_MS;
  const secretHash = hashSecret(SECRET);
  const nodes = new Set<string>();
  for (let home = 0; home < homes; home += HOMES_A_UNIT) addNodes(unitOf(home), nodes, entries);
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
  for (let home = 0; home < homes; home++) {
    const [id, name] = [homeOf(home), String(101 + (home % HOMES_A_UNIT))];
    entries.push({ noun: 'home', id, parent: unitOf(home), name });
    if (people) entries.push(...peopleOf(id));
    entries.push(...devicesOf(home, plan, enrolledAt, secretHash));
  }
  return entries;
}

function peopleOf(home: string): RegistryEntry[] {
  const phone = '000-0000-0000';
  return [
    { noun: 'resident', id: `${home}-r`, home, name: '王秀英', birthYear: 1941, livesAlone: true },
    {
      noun: 'contact',
      id: `${home}-c`,
      home,
      name: '王建国',
      relation: '儿子',
      phone,
      order: 1,
      channels: [],
    },
  ];
}

function devicesOf(
  home: number,
  plan: CommunityPlan,
  enrolledAt: number,
  secretHash: string,
): RegistryEntry[] {
  const { homes, gateways, directs, meterIntervalMs } = plan;
  const common = {
    noun: 'device' as const,
    home: homeOf(home),
    enrolledAt,
    disabled: false,
    ...(gateways > 0 ? { gateway: gatewayOf(Math.floor((home * gateways) / homes)) } : {}),
    ...(home < directs ? { secretHash } : {}),
  };
  const interval = meterIntervalMs === undefined ? {} : { expectedIntervalMs: meterIntervalMs };
  return [
    { ...common, id: meterOf(home), model: 'water-meter', ...interval },
    { ...common, id: bandOf(home), model: 'wristband' },
  ];
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

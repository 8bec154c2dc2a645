import { stringify } from 'yaml';
import { DAY } from '../src/lib/clock.ts';
import { parentPath } from '../src/model/paths.ts';
import type {
  Contact,
  Device,
  Gateway,
  Home,
  Level,
  RegistryEntry,
  RegistryNode,
  Resident,
  Staff,
} from '../src/model/registry.ts';
import type { Community } from './community.ts';
import { rfc3339 } from './report.ts';
import { devicesOf } from './sensors.ts';

/**
 * The registry as CSV, one device a row, in the columns of the contract: what is needed for a backtest. Where a device
 * is expected once a day, a column says so.
 */
export function registryCsv({ entries, homes, start }: Community): string {
  const enrolledAt = rfc3339(start);
  // A column for where devices hang, and one for those expected once a day, where that matters.
  const places = homes.some(({ sensors }) => sensors);
  const daily = new Set(
    entries.flatMap((entry) =>
      entry.noun === 'device' && entry.expectedIntervalMs === DAY ? [entry.id] : [],
    ),
  );
  const head = ['community,grid,building,unit,home,device,model,gateway,enrolled_at'];
  if (places) head.push('place');
  if (daily.size > 0) head.push('expected_interval');
  const rows = [head.join(',')];
  for (const home of homes) {
    const place = [home.community, home.grid, home.building, home.unit, home.id].join(',');
    for (const { device, model, place: room = '' } of devicesOf(home)) {
      const fields = [place, device.id, model, device.gateway ?? '', enrolledAt];
      if (places) fields.push(room);
      if (daily.size > 0) fields.push(daily.has(device.id) ? '1d' : '');
      rows.push(fields.join(','));
    }
  }
  return `${rows.join('\n')}\n`;
}

/** The whole registry in the nested YAML of `config/`: people, staff and hashes of secrets too. */
export function registryYaml({ entries, start }: Community): string {
  return stringify({ enrolledAt: rfc3339(start), ...nested(entries) }, { lineWidth: 0 });
}

type Nested = Record<string, unknown>;

const LIST_OF: Readonly<Record<Level, string>> = {
  'sub-district': 'subDistricts',
  community: 'communities',
  grid: 'grids',
  building: 'buildings',
  unit: 'units',
};

function nested(entries: readonly RegistryEntry[]): Nested {
  const top: Nested = {};
  const nodes = new Map<string, Nested>();
  const homes = new Map<string, Nested>();
  for (const entry of entries) {
    if (entry.noun === 'node') {
      const node = nodeYaml(entry);
      nodes.set(entry.path, node);
      append(nodes.get(parentPath(entry.path)) ?? top, LIST_OF[entry.level], node);
    } else if (entry.noun === 'home') {
      const home = homeYaml(entry);
      homes.set(entry.id, home);
      append(nodes.get(entry.parent) ?? top, 'homes', home);
    } else if (entry.noun === 'gateway') {
      append(nodes.get(entry.parent) ?? top, 'gateways', gatewayYaml(entry));
    } else if (entry.noun === 'staff') {
      append(top, 'staff', staffYaml(entry));
    } else {
      const home = homes.get(entry.home) ?? top;
      if (entry.noun === 'resident') append(home, 'residents', residentYaml(entry));
      else if (entry.noun === 'contact') append(home, 'contacts', contactYaml(entry));
      else append(home, 'devices', deviceYaml(entry));
    }
  }
  return top;
}

function append(to: Nested, list: string, item: Nested): void {
  const items = to[list];
  if (Array.isArray(items)) items.push(item);
  else to[list] = [item];
}

function nodeYaml({ path, name, timeZone }: RegistryNode): Nested {
  const id = path.slice(path.lastIndexOf('/') + 1);
  return { id, name, ...(timeZone ? { timeZone } : {}) };
}

const homeYaml = ({ noun: _, parent: __, ...rest }: Home): Nested => rest;
const residentYaml = ({ noun: _, home: __, ...rest }: Resident): Nested => rest;
const contactYaml = ({ noun: _, home: __, ...rest }: Contact): Nested => rest;
const staffYaml = ({ noun: _, ...rest }: Staff): Nested => rest;

function gatewayYaml({ id, name, secretHash }: Gateway): Nested {
  return { id, ...(name ? { name } : {}), ...(secretHash ? { secretHash } : {}) };
}

function deviceYaml(device: Device): Nested {
  const { noun: _, home: __, enrolledAt: ___, disabled: ____, expectedIntervalMs, ...rest } = device;
  return { ...rest, ...(expectedIntervalMs === DAY ? { expectedInterval: '1d' } : {}) };
}

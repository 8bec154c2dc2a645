import { type Random, seededRandom } from '../src/lib/random.ts';
import type { DevicePlace } from '../src/model/device-places.ts';
import type { ChannelAddress, RegistryEntry, Staff, StaffRole } from '../src/model/registry.ts';
import { COMMUNITIES, GIVEN_NAMES, RELATIONS, SUB_DISTRICTS, SURNAMES, YOUNGER_NAMES } from './names.ts';
import { makeSensors, placedSensors, type SimulatedSensors } from './sensors.ts';

/** A device as the simulator needs it: what it is called and what it speaks through. */
export interface SimulatedDevice {
  readonly id: string;
  /** Speaks for the device; absent: the device has a connection of its own. */
  readonly gateway?: string;
}

export interface SimulatedMeter extends SimulatedDevice {
  /** Smallest step that it can show, in litres. */
  readonly resolutionLitres: number;
}

/** One home: a person who lives alone, a water meter, for most a wristband. */
export interface SimulatedHome {
  readonly id: string;
  readonly community: string;
  readonly grid: string;
  readonly building: string;
  readonly unit: string;
  /** Path of the unit, as in the registry. */
  readonly path: string;
  readonly timeZone: string;
  readonly resident: string;
  readonly birthYear: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly meter: SimulatedMeter;
  readonly band?: SimulatedDevice;
  /** Door, motion, electricity, smoke and gas: in some homes. */
  readonly sensors?: SimulatedSensors;
}

export interface Community {
  /** Everything, parents first. */
  readonly entries: readonly RegistryEntry[];
  readonly homes: readonly SimulatedHome[];
  /** Secrets of what connects by itself: direct devices and gateways. */
  readonly secrets: ReadonlyMap<string, string>;
  /** All are enrolled at this instant. */
  readonly start: number;
}

export interface CommunityOptions {
  readonly seed: number | string;
  readonly homes: number;
  /** When all devices are enrolled, in epoch milliseconds. */
  readonly start: number;
  /** IANA name; Asia/Shanghai if absent. */
  readonly timeZone?: string;
  /** The secret of a device or gateway; derived from the seed if absent, so that whoever knows the seed knows it. */
  readonly secret?: (id: string) => string;
  /** Makes the `secretHash` of a registry entry; without it no entry has one. */
  readonly hash?: (secret: string) => string;
  /** Channels that staff are given; the terminal if absent. */
  readonly staffChannels?: readonly ChannelAddress[];
  /** The meters upload once a day: the registry then expects no more. */
  readonly uploadDaily?: boolean;
  /** Share of homes with door, motion, electricity, smoke and gas sensors; none if absent. */
  readonly sensors?: number;
}

const HOMES_A_COMMUNITY_MAX = 400;
const BUILDINGS_A_GRID = 6;
const ROOMS_A_UNIT = 12;
const UNITS_A_BUILDING = 3;
/** One building of so many, one after the other, has a gateway. */
const BUILDINGS_A_GATEWAY = 3;
const BAND_SHARE = 0.85;
const FINE_METER_SHARE = 0.3;
const DAILY_MS = 24 * 60 * 60_000;

/** A believable neighbourhood, made from the seed alone: tree, people, devices, staff and secrets. */
export function makeCommunity(options: CommunityOptions): Community {
  const builder = new Builder(options);
  for (let number = 0; builder.homes.length < options.homes; number++) builder.addCommunity(number);
  const { homes, secrets } = builder;
  return { entries: builder.allEntries(), homes, secrets, start: options.start };
}

/** How many connections the community's devices and gateways hold. */
export const connectionsOf = ({ secrets }: Community): number => secrets.size;

interface Place {
  readonly community: string;
  readonly communityPath: string;
  readonly communityName: string;
  readonly latitude: number;
  readonly longitude: number;
}

class Builder {
  readonly entries: RegistryEntry[] = [];
  readonly homes: SimulatedHome[] = [];
  readonly secrets = new Map<string, string>();
  readonly #staff: Staff[] = [];
  readonly #options: CommunityOptions;
  readonly #random: Random;
  readonly #timeZone: string;

  constructor(options: CommunityOptions) {
    this.#options = options;
    this.#random = seededRandom(`${options.seed}/community`);
    this.#timeZone = options.timeZone ?? 'Asia/Shanghai';
  }

  /** Staff stand last and only on nodes that exist: parents come before what refers to them. */
  allEntries(): RegistryEntry[] {
    const paths = new Set(this.entries.flatMap((entry) => (entry.noun === 'node' ? [entry.path] : [])));
    const staff = this.#staff.map((one) => ({
      ...one,
      roles: one.roles.filter(({ node }) => paths.has(node)),
    }));
    return [...this.entries, ...staff];
  }

  /** Adds the next community with as many homes as are still missing, up to what one community holds. */
  addCommunity(number: number): void {
    const place = this.#place(number);
    this.entries.push({
      noun: 'node',
      path: place.communityPath,
      level: 'community',
      name: place.communityName,
      timeZone: this.#timeZone,
    });
    this.#addCommittee(place);
    const wanted = this.#options.homes - this.homes.length;
    let left = Math.min(HOMES_A_COMMUNITY_MAX, wanted);
    for (let building = 1; left > 0; building++) left -= this.#addBuilding(place, building, left);
  }

  #place(number: number): Place {
    const { id, name } = COMMUNITIES[number % COMMUNITIES.length]!;
    const round = Math.floor(number / COMMUNITIES.length);
    const subDistrict = SUB_DISTRICTS[round % SUB_DISTRICTS.length]!;
    const again = Math.floor(round / SUB_DISTRICTS.length);
    const root = again === 0 ? subDistrict.id : `${subDistrict.id}${again + 1}`;
    if (number % COMMUNITIES.length === 0) this.#addSubDistrict(root, subDistrict.name, again);
    const community = round === 0 ? id : `${id}${round + 1}`;
    return {
      community,
      communityPath: `${root}/${community}`,
      communityName: round === 0 ? name : name.replace('社区', `${round + 1}社区`),
      latitude: 30 + number * 0.02,
      longitude: 120 + number * 0.02,
    };
  }

  #addSubDistrict(path: string, name: string, again: number): void {
    const title = again === 0 ? name : name.replace('街道', `${again + 1}街道`);
    this.entries.push({ noun: 'node', path, level: 'sub-district', name: title });
    for (let i = 1; i <= 2; i++) this.#addStaff(`staff-${path}-duty-${i}`, 'sub-district-duty', [path]);
  }

  #addCommittee({ community, communityPath }: Place): void {
    for (let i = 1; i <= 2; i++)
      this.#addStaff(`staff-${community}-committee-${i}`, 'committee', [communityPath]);
    this.#addStaff(`staff-${community}-technician`, 'technician', [communityPath]);
  }

  /** Returns how many homes it added. */
  #addBuilding(place: Place, number: number, wanted: number): number {
    const random = this.#random.fork(`${place.community}/${number}`);
    const gridNumber = Math.floor((number - 1) / BUILDINGS_A_GRID) + 1;
    const gridPath = `${place.communityPath}/g${gridNumber}`;
    const path = `${gridPath}/b${number}`;
    if ((number - 1) % BUILDINGS_A_GRID === 0) this.#addGrid(place, gridNumber, gridPath);
    this.entries.push({ noun: 'node', path, level: 'building', name: `${number}号楼` });
    if (number % 2 === 1) {
      const name = `staff-${place.community}-steward-${number}`;
      this.#addStaff(name, 'building-steward', [path, `${gridPath}/b${number + 1}`]);
    }
    const gateway = this.#hasGateway(place, number) ? `gw-${place.community}-${number}` : undefined;
    if (gateway) this.#addGateway(gateway, path, `${number}号楼网关`);
    const count = Math.min(wanted, random.integer(8, 14));
    let unitBefore = 0;
    for (const slot of chooseSlots(random, count)) {
      const unit = Math.floor(slot / ROOMS_A_UNIT) + 1;
      if (unit !== unitBefore)
        this.entries.push({ noun: 'node', path: `${path}/u${unit}`, level: 'unit', name: `${unit}单元` });
      unitBefore = unit;
      const room = (Math.floor((slot % ROOMS_A_UNIT) / 2) + 1) * 100 + (slot % 2) + 1;
      this.#addHome(place, { grid: `g${gridNumber}`, building: number, unit, room, path, gateway });
    }
    return count;
  }

  #hasGateway({ community }: Place, building: number): boolean {
    const group = Math.floor((building - 1) / BUILDINGS_A_GATEWAY);
    const chosen = this.#random.fork(`${community}/gateway/${group}`).integer(0, BUILDINGS_A_GATEWAY - 1);
    return (building - 1) % BUILDINGS_A_GATEWAY === chosen;
  }

  #addGrid({ community, communityName }: Place, number: number, path: string): void {
    const name = `${communityName.replace('社区', '')}第${number}网格`;
    this.entries.push({ noun: 'node', path, level: 'grid', name });
    this.#addStaff(`staff-${community}-grid-${number}`, 'grid-worker', [path]);
    for (let i = 1; i <= 2; i++)
      this.#addStaff(`staff-${community}-volunteer-${number}-${i}`, 'volunteer', [path]);
  }

  #addHome(
    place: Place,
    where: {
      grid: string;
      building: number;
      unit: number;
      room: number;
      path: string;
      gateway: string | undefined;
    },
  ): void {
    const { grid, building, unit, room, gateway } = where;
    const id = `${place.community}-${building}-${unit}-${room}`;
    const random = this.#random.fork(`home/${id}`);
    const path = `${where.path}/u${unit}`;
    const latitude = rounded(place.latitude + building * 0.0004);
    const longitude = rounded(place.longitude + building * 0.0003 + unit * 0.0001);
    const address = `${place.communityName}${building}号楼${unit}单元${room}室`;
    this.entries.push({ noun: 'home', id, parent: path, name: `${room}室`, address, latitude, longitude });
    const { resident, birthYear } = this.#addPeople(id, random);
    const meter: SimulatedMeter = {
      id: `wm-${id}`,
      resolutionLitres: random.chance(FINE_METER_SHARE) ? 0.1 : 1,
      ...(gateway ? { gateway } : {}),
    };
    const banded = random.chance(BAND_SHARE);
    const near = random.chance(0.5);
    const band: SimulatedDevice = { id: `wb-${id}`, ...(gateway && near ? { gateway } : {}) };
    this.#addDevice(meter, 'water-meter', { home: id, counterResolution: meter.resolutionLitres / 1000 });
    if (banded) this.#addDevice(band, 'wristband', { home: id, resident });
    const sensors = random.fork('sensors').chance(this.#options.sensors ?? 0)
      ? makeSensors(id, gateway)
      : undefined;
    for (const { device, model, place } of sensors ? placedSensors(sensors) : [])
      this.#addDevice(device, model, { home: id, ...(place ? { place } : {}) });
    this.homes.push({
      id,
      community: place.community,
      grid,
      building: `b${building}`,
      unit: `u${unit}`,
      path,
      timeZone: this.#timeZone,
      resident,
      birthYear,
      latitude,
      longitude,
      meter,
      ...(banded ? { band } : {}),
      ...(sensors ? { sensors } : {}),
    });
  }

  #addPeople(home: string, random: Random): { resident: string; birthYear: number } {
    const resident = `p-${home}`;
    const sex = random.chance(0.62) ? 'female' : 'male';
    const surname = random.pick(SURNAMES);
    const year = new Date(this.#options.start).getUTCFullYear();
    const birthYear = year - random.integer(68, 93);
    this.entries.push({
      noun: 'resident',
      id: resident,
      home,
      name: surname + random.pick(GIVEN_NAMES[sex]),
      birthYear,
      sex,
      phone: inventedPhone(random),
      livesAlone: true,
    });
    const relatives = random.integer(1, 2);
    for (let order = 1; order <= relatives + 1; order++) {
      const neighbour = order > relatives;
      const family = neighbour || random.chance(0.4) ? random.pick(SURNAMES) : surname;
      this.entries.push({
        noun: 'contact',
        id: `c-${home}-${order}`,
        home,
        name: family + random.pick(YOUNGER_NAMES),
        relation: neighbour ? '邻居' : random.pick(RELATIONS),
        phone: inventedPhone(random),
        order,
        channels: [],
      });
    }
    return { resident, birthYear };
  }

  #addDevice(
    device: SimulatedDevice,
    model: string,
    more: { home: string; resident?: string; counterResolution?: number; place?: DevicePlace },
  ): void {
    this.entries.push({
      noun: 'device',
      id: device.id,
      model,
      enrolledAt: this.#options.start,
      disabled: false,
      ...more,
      ...(model === 'water-meter' && this.#options.uploadDaily ? { expectedIntervalMs: DAILY_MS } : {}),
      ...(device.gateway ? { gateway: device.gateway } : this.#credential(device.id)),
    });
  }

  #addGateway(id: string, parent: string, name: string): void {
    const enrolledAt = this.#options.start;
    const credential = this.#credential(id);
    this.entries.push({ noun: 'gateway', id, parent, name, enrolledAt, disabled: false, ...credential });
  }

  #credential(id: string): { secretHash?: string } {
    const secret = this.#options.secret?.(id) ?? derivedSecret(this.#options.seed, id);
    this.secrets.set(id, secret);
    return this.#options.hash ? { secretHash: this.#options.hash(secret) } : {};
  }

  #addStaff(id: string, role: StaffRole, nodes: readonly string[]): void {
    const random = this.#random.fork(id);
    this.#staff.push({
      noun: 'staff',
      id,
      name: random.pick(SURNAMES) + random.pick(YOUNGER_NAMES),
      phone: inventedPhone(random),
      roles: nodes.map((node) => ({ role, node })),
      channels: [...(this.#options.staffChannels ?? [{ channel: 'terminal', address: '' }])],
    });
  }
}

/** Which of a building's rooms are homes of people who live alone: different ones, in order. */
function chooseSlots(random: Random, count: number): number[] {
  const slots = Array.from({ length: UNITS_A_BUILDING * ROOMS_A_UNIT }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = random.integer(i, slots.length - 1);
    [slots[i], slots[j]] = [slots[j]!, slots[i]!];
  }
  return slots.slice(0, count).sort((a, b) => a - b);
}

/** No number in use begins with 000. */
const inventedPhone = (random: Random): string =>
  `000-${String(random.integer(0, 9999)).padStart(4, '0')}-${String(random.integer(0, 9999)).padStart(4, '0')}`;

const SECRET_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 32 characters that depend on seed and id alone; they need no escaping in URLs, headers or a shell. */
function derivedSecret(seed: number | string, id: string): string {
  const random = seededRandom(`${seed}/secret/${id}`);
  let secret = '';
  for (let i = 0; i < 32; i++) secret += SECRET_ALPHABET[random.integer(0, SECRET_ALPHABET.length - 1)];
  return secret;
}

const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

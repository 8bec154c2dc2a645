import { comparableAddress } from '../model/comparable-address.ts';
import type { Failure } from '../model/errors.ts';
import { joinedNames } from '../model/joined-names.ts';
import { parentPath } from '../model/paths.ts';
import type {
  Contact,
  Device,
  Gateway,
  Home,
  Noun,
  RegistryEntry,
  RegistryNode,
  Resident,
  Staff,
  StaffRole,
} from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { changeProblems, Draft, NOUNS, type RegistryKey, type SettingsFault } from './change-check.ts';
import { type LateEntries, LatePeople } from './late-people.ts';
import { byId, grouped, inCallingOrder, withEntry } from './lists.ts';
import type { GatewaySlot, HomeSlot, NodeSlot } from './slots.ts';
import { touchedBy } from './touched.ts';

/** Where the services stand that this was written for; a community elsewhere says so in the registry. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

const NONE: readonly never[] = [];

/**
 * Who lives where, what hangs on which wall, who comes: in memory, each entry stored once, with indexes for every
 * question that is asked for each reading. Changes come in as a whole: `check` says whether they may, `touchedSubjects`
 * whose state they concern, `apply` makes them. Entries that were handed over are not changed by anybody afterwards.
 * Lists of a home are in a fixed order (contacts in calling order, all else by id); iterations over everything are not.
 */
export class Registry {
  readonly #nodes = new Map<string, NodeSlot>();
  readonly #homes = new Map<string, HomeSlot>();
  readonly #gateways = new Map<string, GatewaySlot>();
  readonly #residents = new Map<string, Resident>();
  readonly #contacts = new Map<string, Contact>();
  readonly #devices = new Map<string, Device>();
  /** Ids of devices by their address outside. */
  readonly #addresses = new Map<string, string>();
  readonly #staff = new Map<string, Staff>();
  /** Counts the changes: what was found out before the last one may not be so any more. */
  revision = 0;
  /** Residents and contacts that were not read yet. */
  #late: LatePeople | undefined;

  /**
   * Entries in any order, which `check` has passed: as they come from the store. `late` are residents and contacts:
   * taken when somebody asks for one of them, or piece by piece with `readOn`.
   */
  static from(entries: readonly RegistryEntry[], late?: LateEntries): Registry {
    const registry = new Registry();
    registry.apply(entries, []);
    if (late) registry.#late = new LatePeople(late, (entry) => registry.#put(entry));
    return registry;
  }

  /** Takes a piece of those that come late; false when all are there. */
  readOn(): boolean {
    if (this.#late?.readOn()) return true;
    this.#late = undefined;
    return false;
  }

  /** Are residents and contacts all there, so that to ask for those of every home costs nothing more? */
  get isRead(): boolean {
    return this.#late === undefined;
  }

  #readAll(): void {
    this.#late?.readAll();
    this.#late = undefined;
  }

  node(path: string): RegistryNode | undefined {
    return this.#nodes.get(path)?.node;
  }

  *nodes(): Generator<RegistryNode> {
    for (const slot of this.#nodes.values()) yield slot.node;
  }

  /** The nodes from the top down to this path, as far as they exist. */
  lineage(path: string): RegistryNode[] {
    const found: RegistryNode[] = [];
    for (let at = path; at !== ''; at = parentPath(at)) {
      const node = this.node(at);
      if (node) found.push(node);
    }
    return found.reverse();
  }

  home(id: string): Home | undefined {
    return this.#homes.get(id)?.home;
  }

  *homes(): Generator<Home> {
    for (const slot of this.#homes.values()) yield slot.home;
  }

  /** `a/b/c/d/home-id`; undefined for a home that does not exist. */
  homePath(id: string): string | undefined {
    return this.#homes.get(id)?.path;
  }

  residents(home: string): readonly Resident[] {
    this.#late?.readHome(home);
    return this.#homes.get(home)?.residents ?? NONE;
  }

  /** In calling order. */
  contacts(home: string): readonly Contact[] {
    this.#late?.readHome(home);
    return this.#homes.get(home)?.contacts ?? NONE;
  }

  devices(home: string): readonly Device[] {
    return this.#homes.get(home)?.devices ?? NONE;
  }

  device(id: string): Device | undefined {
    return this.#devices.get(id);
  }

  /**
   * The device that is called so outside: by its address, or by its id where it has none. Letters count alike in both
   * cases, and pairs of digits with and without marks between them, as networks print them as they like.
   */
  byAddress(scheme: string, id: string): Device | undefined {
    const named = this.#addresses.get(comparableAddress(`${scheme}:${id}`));
    if (named !== undefined) return this.#devices.get(named);
    const found =
      this.#devices.get(id) ?? this.#devices.get(id.toLowerCase()) ?? this.#devices.get(id.toUpperCase());
    return found?.address === undefined ? found : undefined;
  }

  allDevices(): Iterable<Device> {
    return this.#devices.values();
  }

  gateway(id: string): Gateway | undefined {
    return this.#gateways.get(id)?.gateway;
  }

  *gateways(): Generator<Gateway> {
    for (const slot of this.#gateways.values()) yield slot.gateway;
  }

  /** Ids of the devices that speak through this gateway, in order. */
  behind(gateway: string): readonly string[] {
    const slot = this.#gateways.get(gateway);
    if (!slot) return NONE;
    slot.sorted ??= [...slot.devices].sort();
    return slot.sorted;
  }

  /** `a/b/gateway-id`; undefined for a gateway that does not exist. */
  gatewayPath(id: string): string | undefined {
    const gateway = this.gateway(id);
    return gateway && `${gateway.parent}/${gateway.id}`;
  }

  staff(): Iterable<Staff> {
    return this.#staff.values();
  }

  staffMember(id: string): Staff | undefined {
    return this.#staff.get(id);
  }

  /** Staff who hold the role on a node that covers this path: whose node is nearest first, then by id; each once. */
  staffFor(role: StaffRole, path: string): Staff[] {
    const found = new Set<Staff>();
    for (let at = path; at !== ''; at = parentPath(at)) {
      const ids = this.#nodes.get(at)?.staff;
      // Mostly nobody stands at a house or a unit, and a case asks for each role.
      if (!ids || ids.size === 0) continue;
      for (const id of [...ids].sort()) {
        const member = this.#staff.get(id) as Staff;
        if (member.roles.some((held) => held.role === role && held.node === at)) found.add(member);
      }
    }
    return [...found];
  }

  /** IANA zone of the nearest node at or above this path that names one. */
  timeZone(path: string): string {
    for (let at = path; at !== ''; at = parentPath(at)) {
      const zone = this.#nodes.get(at)?.node.timeZone;
      if (zone !== undefined) return zone;
    }
    return DEFAULT_TIME_ZONE;
  }

  /** Telephone of the nearest node at or above this path that names one. */
  phone(path: string): string | undefined {
    for (let at = path; at !== ''; at = parentPath(at)) {
      const phone = this.#nodes.get(at)?.node.phone;
      if (phone !== undefined) return phone;
    }
    return undefined;
  }

  /**
   * Where the home is and who lives there, in the registry's own names: `3号楼2单元501 王秀英`. For a home that
   * does not exist (any more), its id.
   */
  place(home: string): Text {
    const people = this.residents(home).map((resident) => resident.name);
    const { zh, en } = this.spot(home);
    return {
      zh: [zh, people.join('、')].filter(Boolean).join(' '),
      en: [en, people.join(', ')].filter(Boolean).join(' · '),
    };
  }

  /** Where the home is, without who lives there: `3号楼2单元501`. */
  spot(home: string): Text {
    const slot = this.#homes.get(home);
    if (!slot) return { zh: home, en: home };
    const line = this.lineage(slot.home.parent);
    const near = line.filter((node) => node.level === 'building' || node.level === 'unit');
    const names = [...(near.length > 0 ? near : line.slice(-1)).map((node) => node.name), slot.home.name];
    return { zh: joinedNames(names), en: names.join(', ') };
  }

  /** Homes in this node and all nodes below it; the empty path means everywhere. */
  *homesUnder(path: string): Generator<string> {
    if (path === '') yield* this.#homes.keys();
    else for (const slot of this.#slotsUnder(path)) yield* slot.homes;
  }

  /** Gateways in this node and all nodes below it; the empty path means everywhere. */
  *gatewaysUnder(path: string): Generator<string> {
    if (path === '') yield* this.#gateways.keys();
    else for (const slot of this.#slotsUnder(path)) yield* slot.gateways;
  }

  *#slotsUnder(path: string): Generator<NodeSlot> {
    const slot = this.#nodes.get(path);
    if (!slot) return;
    yield slot;
    for (const child of slot.nodes) yield* this.#slotsUnder(child);
  }

  get counts(): { homes: number; devices: number; gateways: number; staff: number } {
    return {
      homes: this.#homes.size,
      devices: this.#devices.size,
      gateways: this.#gateways.size,
      staff: this.#staff.size,
    };
  }

  /** One entry by its name. */
  entry(noun: Noun, key: string): RegistryEntry | undefined {
    switch (noun) {
      case 'node':
        return this.node(key);
      case 'home':
        return this.home(key);
      case 'gateway':
        return this.gateway(key);
      case 'resident':
      case 'contact':
        return this.#table(noun).get(key);
      case 'device':
        return this.#devices.get(key);
      case 'staff':
        return this.#staff.get(key);
    }
  }

  /** All entries of one noun, or all there are, parents first. */
  *entries(noun?: Noun): Generator<RegistryEntry> {
    for (const each of noun === undefined ? NOUNS : [noun]) {
      if (each === 'node') yield* this.nodes();
      else if (each === 'home') yield* this.homes();
      else if (each === 'gateway') yield* this.gateways();
      else yield* this.#table(each).values();
    }
  }

  #table(noun: 'resident' | 'contact' | 'device' | 'staff'): Map<string, RegistryEntry> {
    if (noun === 'resident' || noun === 'contact') this.#readAll();
    const tables = {
      resident: this.#residents,
      contact: this.#contacts,
      device: this.#devices,
      staff: this.#staff,
    };
    return tables[noun] as Map<string, RegistryEntry>;
  }

  /** What belongs to this entry, as it stands. */
  *dependents(noun: Noun, key: string): Generator<RegistryEntry> {
    if (noun === 'node') {
      const slot = this.#nodes.get(key);
      for (const path of slot?.nodes ?? NONE) yield this.node(path) as RegistryNode;
      for (const id of slot?.homes ?? NONE) yield this.home(id) as Home;
      for (const id of slot?.gateways ?? NONE) yield this.gateway(id) as Gateway;
      for (const id of slot?.staff ?? NONE) yield this.#staff.get(id) as Staff;
    } else if (noun === 'home') {
      yield* this.residents(key);
      yield* this.contacts(key);
      yield* this.devices(key);
    } else if (noun === 'gateway') {
      for (const id of this.#gateways.get(key)?.devices ?? NONE) yield this.#devices.get(id) as Device;
    } else if (noun === 'resident') {
      const home = (this.entry('resident', key) as Resident | undefined)?.home;
      for (const device of home === undefined ? NONE : this.devices(home))
        if (device.resident === key) yield device;
    }
  }

  /**
   * May this change be made, as a whole? The first reason against it, or undefined. `models` knows the device models.
   * What is removed is removed first: a key that stands in both lists is replaced.
   */
  check(
    put: readonly RegistryEntry[],
    remove: readonly RegistryKey[],
    models: (name: string) => boolean,
    settingsFault?: SettingsFault,
  ): Failure | undefined {
    return this.problems(put, remove, models, settingsFault).next().value ?? undefined;
  }

  /** Every reason against a change, as `check` would find them one after the other. */
  problems(
    put: readonly RegistryEntry[],
    remove: readonly RegistryKey[],
    models: (name: string) => boolean,
    settingsFault?: SettingsFault,
  ): Generator<Failure, undefined> {
    return changeProblems(this, put, remove, models, settingsFault);
  }

  /** Makes a change that `check` has passed. */
  apply(put: readonly RegistryEntry[], remove: readonly RegistryKey[]): void {
    this.#readAll();
    this.revision++;
    const byNoun = grouped(put);
    if (remove.length > 0) {
      const after = new Draft(this, put, remove);
      for (const noun of [...NOUNS].reverse())
        for (const { noun: of, key } of remove)
          if (of === noun && !after.isPut(noun, key)) this.#remove(noun, key);
    }
    for (const noun of NOUNS) for (const entry of byNoun.get(noun) ?? NONE) this.#put(entry);
  }

  #put(entry: RegistryEntry): void {
    switch (entry.noun) {
      case 'node':
        this.#putNode(entry);
        break;
      case 'home':
        this.#putHome(entry);
        break;
      case 'gateway':
        this.#putGateway(entry);
        break;
      case 'resident':
        this.#putResident(entry);
        break;
      case 'contact':
        this.#putContact(entry);
        break;
      case 'device':
        this.#putDevice(entry);
        break;
      case 'staff':
        this.#putStaff(entry);
        break;
    }
  }

  #putNode(node: RegistryNode): void {
    const slot = this.#nodes.get(node.path);
    if (slot) {
      slot.node = node;
      return;
    }
    this.#nodes.set(node.path, {
      node,
      nodes: new Set(),
      homes: new Set(),
      gateways: new Set(),
      staff: new Set(),
    });
    this.#nodes.get(parentPath(node.path))?.nodes.add(node.path);
  }

  #putHome(home: Home): void {
    const path = `${home.parent}/${home.id}`;
    const slot = this.#homes.get(home.id);
    if (slot) {
      this.#nodes.get(slot.home.parent)?.homes.delete(home.id);
      slot.home = home;
      slot.path = path;
    } else this.#homes.set(home.id, { home, path, residents: NONE, contacts: NONE, devices: NONE });
    this.#nodes.get(home.parent)?.homes.add(home.id);
  }

  #putGateway(gateway: Gateway): void {
    const slot = this.#gateways.get(gateway.id);
    if (slot) {
      this.#nodes.get(slot.gateway.parent)?.gateways.delete(gateway.id);
      slot.gateway = gateway;
    } else this.#gateways.set(gateway.id, { gateway, devices: new Set(), sorted: undefined });
    this.#nodes.get(gateway.parent)?.gateways.add(gateway.id);
  }

  #putResident(resident: Resident): void {
    if (this.#residents.has(resident.id)) this.#dropResident(resident.id);
    this.#residents.set(resident.id, resident);
    const slot = this.#homes.get(resident.home);
    if (slot) slot.residents = withEntry(slot.residents, resident, byId);
  }

  #dropResident(id: string): void {
    const old = this.#residents.get(id);
    const slot = old && this.#homes.get(old.home);
    if (slot) slot.residents = slot.residents.filter((each) => each !== old);
    this.#residents.delete(id);
  }

  #putContact(contact: Contact): void {
    if (this.#contacts.has(contact.id)) this.#dropContact(contact.id);
    this.#contacts.set(contact.id, contact);
    const slot = this.#homes.get(contact.home);
    if (slot) slot.contacts = withEntry(slot.contacts, contact, inCallingOrder);
  }

  #dropContact(id: string): void {
    const old = this.#contacts.get(id);
    const slot = old && this.#homes.get(old.home);
    if (slot) slot.contacts = slot.contacts.filter((each) => each !== old);
    this.#contacts.delete(id);
  }

  #putDevice(device: Device): void {
    if (this.#devices.has(device.id)) this.#dropDevice(device.id);
    this.#devices.set(device.id, device);
    if (device.address !== undefined) this.#addresses.set(comparableAddress(device.address), device.id);
    const slot = this.#homes.get(device.home);
    if (slot) slot.devices = withEntry(slot.devices, device, byId);
    const gateway = device.gateway === undefined ? undefined : this.#gateways.get(device.gateway);
    if (gateway) {
      gateway.devices.add(device.id);
      gateway.sorted = undefined;
    }
  }

  #dropDevice(id: string): void {
    const old = this.#devices.get(id);
    if (!old) return;
    const slot = this.#homes.get(old.home);
    if (slot) slot.devices = slot.devices.filter((each) => each !== old);
    const gateway = old.gateway === undefined ? undefined : this.#gateways.get(old.gateway);
    if (gateway) {
      gateway.devices.delete(id);
      gateway.sorted = undefined;
    }
    const address = old.address === undefined ? undefined : comparableAddress(old.address);
    if (address !== undefined && this.#addresses.get(address) === id) this.#addresses.delete(address);
    this.#devices.delete(id);
  }

  #putStaff(member: Staff): void {
    this.#dropStaff(member.id);
    this.#staff.set(member.id, member);
    for (const { node } of member.roles) this.#nodes.get(node)?.staff.add(member.id);
  }

  #dropStaff(id: string): void {
    for (const { node } of this.#staff.get(id)?.roles ?? NONE) this.#nodes.get(node)?.staff.delete(id);
    this.#staff.delete(id);
  }

  #remove(noun: Noun, key: string): void {
    switch (noun) {
      case 'node':
        this.#nodes.delete(key);
        this.#nodes.get(parentPath(key))?.nodes.delete(key);
        break;
      case 'home':
        this.#nodes.get(this.home(key)?.parent ?? '')?.homes.delete(key);
        this.#homes.delete(key);
        break;
      case 'gateway':
        this.#nodes.get(this.gateway(key)?.parent ?? '')?.gateways.delete(key);
        this.#gateways.delete(key);
        break;
      case 'resident':
        this.#dropResident(key);
        break;
      case 'contact':
        this.#dropContact(key);
        break;
      case 'device':
        this.#dropDevice(key);
        break;
      case 'staff':
        this.#dropStaff(key);
        break;
    }
  }

  /**
   * Homes and gateways whose state in the engine depends on what this change touches, each once, in order. To be asked
   * before `apply`.
   */
  touchedSubjects(put: readonly RegistryEntry[], remove: readonly RegistryKey[]): string[] {
    return touchedBy(this, put, remove);
  }
}

import { DURATION_FORMS, parseDuration } from '../lib/duration.ts';
import { fail, type Result } from '../lib/result.ts';
import { PLACES } from '../model/device-places.ts';
import { parseSettings } from '../model/device-settings.ts';
import { EXPECTED_INTERVAL_FORM } from '../model/expected-interval.ts';
import type { DeviceSettings } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { VISIT_CLASS_TITLES } from '../model/visit-words.ts';
import { contradictions, type PersonSeen, readPhone, withWhosePhone } from './csv-people.ts';
import { CsvPlaces } from './csv-places.ts';
import {
  type Column,
  type CsvRecord,
  emptyFile,
  REGISTRY_TABLE,
  readHeader,
  readRecords,
} from './csv-table.ts';
import { INSTANT_FORMS, parseInstant } from './instants.ts';
import { doorOf, madeHomeId } from './made-homes.ts';
import {
  commonPath,
  ENROLLED_AHEAD,
  type Fields,
  isEnrolledFarAhead,
  isNeverMissed,
  RegistryDraft,
  type RegistryFile,
  type RegistryFileOptions,
} from './registry-draft.ts';
import { contactId, residentId } from './registry-yaml.ts';
import { show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

/**
 * Reads a registry in CSV, one device a row; the nodes above it are made on the way, and a gateway stands at the
 * deepest node that all its devices share. Every mistake in the file is reported with its line.
 */
export function parseRegistryCsv(
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  const broken: ConfigProblem[] = [];
  const records = readRecords(text, file, broken);
  const header = records[0];
  if (!header) return fail([...broken, { file, line: 1, path: '', message: emptyFile }]);
  const titles = { ...header, record: withWhosePhone(header.record) };
  const columns = readHeader(titles, file, broken, REGISTRY_TABLE);
  if (!columns) return fail(broken);
  const rows = new CsvRows(new RegistryDraft(file, options), columns, header.record.length, options);
  for (let i = 1; i < records.length; i++) rows.take(records[i] as CsvRecord);
  return rows.finish(broken);
}

interface GatewaySeen {
  path: string;
  enrolledAt: number;
  readonly line: number;
}
interface HomeSeen {
  readonly parent: string;
  readonly line: number;
  readonly room: string;
  readonly visitClass: string;
  readonly residents: Map<string, PersonSeen>;
  readonly contacts: Map<string, PersonSeen>;
}

/** Goes through the rows and gathers nodes, homes, people, devices and gateways. */
class CsvRows {
  readonly #draft: RegistryDraft;
  readonly #columns: ReadonlyMap<Column, number>;
  readonly #width: number;
  readonly #timeZone: string;
  readonly #now: number | undefined;
  readonly #places: CsvPlaces;
  /** Ids of the homes by their doors: a row without an id is of the home that stands there already. */
  readonly #doors = new Map<string, string>();
  readonly #homes = new Map<string, HomeSeen>();
  readonly #gateways = new Map<string, GatewaySeen>();
  readonly #instants = new Map<string, number | undefined>();
  #record: readonly string[] = [];
  #line = 0;

  constructor(
    draft: RegistryDraft,
    columns: ReadonlyMap<Column, number>,
    width: number,
    { timeZone = 'Asia/Shanghai', now }: RegistryFileOptions,
  ) {
    this.#draft = draft;
    this.#places = new CsvPlaces(draft);
    this.#columns = columns;
    this.#width = width;
    this.#timeZone = timeZone;
    this.#now = now;
  }

  take({ info, record }: CsvRecord): void {
    this.#record = record;
    this.#line = info.lines;
    if (record.every((field) => field.trim() === '')) return;
    if (record.length !== this.#width) {
      this.#say(`has ${record.length} fields, the first line has ${this.#width}`);
      return;
    }
    const parent = this.#places.take((level) => this.#field(level), this.#line);
    const home = this.#homeId(parent);
    if (home !== undefined && parent !== undefined) this.#takeHome(home, parent);
    this.#takeDevice(home, parent);
  }

  finish(broken: readonly ConfigProblem[]): Result<RegistryFile, ConfigProblem[]> {
    this.#draft.problems.push(...broken);
    for (const [id, { path, enrolledAt, line }] of this.#gateways) {
      if (path === '')
        this.#draft.problem({ line }, `gateway ${show(id)} has devices in several communities`);
      else
        this.#draft.add('gateway', id, { id }, () => ({ line }), {
          preset: { parent: path, enrolledAt },
          above: { path, enrolledAt },
        });
    }
    return this.#draft.finish();
  }

  #say(message: string): void {
    this.#draft.problem({ line: this.#line }, message);
  }

  #field(column: Column): string {
    const index = this.#columns.get(column);
    return index === undefined ? '' : (this.#record[index] ?? '').trim();
  }

  #optional(column: Column): string | undefined {
    return this.#field(column) || undefined;
  }

  #required(column: Column): string {
    const value = this.#field(column);
    if (value === '') this.#say(`${column} is missing`);
    return value;
  }

  /** The id in this column; undefined when there is none or it is not one. */
  #id(column: Column): string | undefined {
    const id = this.#required(column);
    if (id === '' || ID.test(id)) return id || undefined;
    this.#say(
      `${column}: found ${show(id)}, expected at most 64 letters (a to z), digits, dots, hyphens, colons, underscores`,
    );
    return undefined;
  }

  /** As the list has it; where it has none, made of place and room. */
  #homeId(parent: string | undefined): string | undefined {
    const room = this.#field('room');
    if (this.#field('home') !== '' || room === '') return this.#id('home');
    if (parent === undefined) return undefined;
    return this.#doors.get(doorOf(parent, room)) ?? madeHomeId(parent, room);
  }

  #takeHome(id: string, parent: string): void {
    const seen = this.#homes.get(id);
    const room = this.#field('room');
    const visitClass = this.#titled('visit_class', VISIT_CLASS_TITLES) ?? '';
    if (!seen) this.#newHome(id, parent, room, visitClass);
    else if (seen.parent !== parent)
      this.#say(`home ${show(id)} is in ${parent} here and in ${seen.parent} in line ${seen.line}`);
    else if (room !== '' && room !== seen.room)
      this.#say(
        `room: found ${show(room)}, but home ${show(id)} has ${show(seen.room)} in line ${seen.line}`,
      );
    else if (visitClass !== '' && visitClass !== seen.visitClass)
      this.#say(
        `visit_class: found ${show(visitClass)}, but home ${show(id)} has ${show(seen.visitClass)} in line ${seen.line}`,
      );
    if (room !== '') this.#noteDoor(id, parent, room);
    const home = this.#homes.get(id);
    if (home) this.#takePeople(id, home);
  }

  /** A row without an id, and one with, at one door: which of the two homes is meant nobody can say. */
  #noteDoor(id: string, parent: string, room: string): void {
    const door = doorOf(parent, room);
    const first = this.#doors.get(door);
    if (first === undefined) this.#doors.set(door, id);
    else if (first !== id && first === madeHomeId(parent, room))
      this.#say(
        `home: found ${show(id)}, but the room ${show(room)} stands without an id in line ${this.#homes.get(first)?.line}`,
      );
  }

  #newHome(id: string, parent: string, room: string, visitClass: string): void {
    const line = this.#line;
    const residents = new Map<string, PersonSeen>();
    this.#homes.set(id, { parent, line, room, visitClass, residents, contacts: new Map() });
    const fields: Fields = {
      id,
      parent,
      name: room || undefined,
      address: this.#postalAddress(),
      entryNote: this.#optional('entry_note'),
      visitClass: visitClass || undefined,
    };
    const isMade = this.#field('home') === '';
    this.#draft.add('home', id, fields, () => ({ line }), {
      preset: { name: id },
      ...(isMade && { isMade }),
    });
  }

  /** Where the home stands; how a device is called outside has a column of its own, and its meter would stay unheard. */
  #postalAddress(): string | undefined {
    const text = this.#optional('address');
    if (text === undefined || !/^[a-z0-9]{2,10}:\S+$/i.test(text)) return text;
    this.#say(`address: found ${show(text)}, which is the address of a device: its column is device_address`);
    return undefined;
  }

  /**
   * A name that comes again is the same person; another name in a later row is another one in the same home. What a later row
   * says of them otherwise than the first is a mistake: one of two telephones would be lost without a word.
   */
  #takePeople(homeId: string, home: HomeSeen): void {
    const line = this.#line;
    const resident = this.#field('resident');
    const ofResident = () => ({
      phone: this.#phone('phone', 'resident'),
      birthYear: this.#number('birth_year'),
      medicalNote: this.#optional('medical_note'),
    });
    if (this.#isNew('resident', resident, home.residents, ofResident)) {
      const id = residentId(homeId, home.residents.size);
      const fields = { id, home: homeId, name: resident, ...home.residents.get(resident)?.said };
      this.#draft.add('resident', id, fields, () => ({ line }));
    }
    const contact = this.#field('contact');
    const ofContact = () => ({
      relation: this.#optional('relation'),
      phone: this.#phone('contact_phone', 'contact'),
    });
    if (this.#isNew('contact', contact, home.contacts, ofContact)) {
      const order = home.contacts.size;
      const id = contactId(homeId, order);
      const fields = { id, home: homeId, name: contact, order, ...home.contacts.get(contact)?.said };
      this.#draft.add('contact', id, fields, () => ({ line }));
    }
  }

  /** Notes who is new. Of one who is not, says where this row and the first contradict each other: to leave out is no word. */
  #isNew(
    column: 'resident' | 'contact',
    name: string,
    known: Map<string, PersonSeen>,
    saidNow: () => Fields,
  ): boolean {
    if (name === '') {
      saidNow();
      return false;
    }
    const first = known.get(name);
    if (!first) {
      known.set(name, { line: this.#line, said: saidNow() });
      return true;
    }
    for (const mistake of contradictions(column, name, first, saidNow())) this.#say(mistake);
    return false;
  }

  /** One that nobody is named for would be lost, and one that nobody can dial is found out when it is needed. */
  #phone(column: 'phone' | 'contact_phone', whose: 'resident' | 'contact'): string | undefined {
    const text = this.#field(column);
    if (text === '') return undefined;
    const read = readPhone(text);
    if ('wrong' in read) this.#say(`${column}: found ${show(text)}, ${read.wrong}`);
    else if (this.#field(whose) === '') this.#say(`${column}: found ${show(text)}, but ${whose} is empty`);
    else return read.phone;
    return undefined;
  }

  #number(column: Column): number | undefined {
    const text = this.#field(column);
    if (text === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    this.#say(`${column}: found ${show(text)}, expected a number`);
    return undefined;
  }

  /** A row without device, model and gateway registers the home alone. */
  #takeDevice(home: string | undefined, parent: string | undefined): void {
    const line = this.#line;
    const named = this.#field('gateway') !== '';
    if (this.#field('device') === '' && this.#field('model') === '' && !named) return;
    const gateway = named ? this.#id('gateway') : undefined;
    const id = this.#id('device');
    const model = this.#required('model');
    const enrolledAt = this.#instant('enrolled_at');
    if (enrolledAt !== undefined && isEnrolledFarAhead(enrolledAt, this.#now))
      this.#say(`enrolled_at: found ${show(this.#field('enrolled_at'))}, ${ENROLLED_AHEAD}`);
    if (gateway !== undefined && parent !== undefined) this.#takeGateway(gateway, parent, enrolledAt);
    if (id === undefined || model === '' || home === undefined || enrolledAt === undefined) return;
    const fields: Fields = {
      id,
      model,
      home,
      gateway,
      enrolledAt,
      secretHash: this.#optional('secret_hash'),
      expectedIntervalMs: this.#interval(),
      counterResolution: this.#number('counter_resolution'),
      place: this.#titled('place', PLACES),
      address: this.#optional('device_address'),
      settings: this.#settings(),
    };
    this.#draft.add('device', id, fields, () => ({ line }));
  }

  #instant(column: Column): number | undefined {
    const text = this.#required(column);
    if (text === '') return undefined;
    let at = this.#instants.get(text);
    if (at === undefined && !this.#instants.has(text)) {
      at = parseInstant(text, this.#timeZone);
      this.#instants.set(text, at);
    }
    if (at === undefined) this.#say(`${column}: found ${show(text)}, expected ${INSTANT_FORMS}`);
    return at;
  }

  #interval(): number | undefined {
    const text = this.#field('expected_interval');
    if (text === '') return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) this.#say(`expected_interval: found ${show(text)}, expected ${DURATION_FORMS}`);
    else if (isNeverMissed(ms, this.#now))
      this.#say(`expected_interval: found ${show(text)}, expected ${EXPECTED_INTERVAL_FORM}`);
    return ms;
  }

  /** `litres_per_pulse=10; key=00ff…`. */
  #settings(): DeviceSettings | undefined {
    const text = this.#field('settings');
    if (text === '') return undefined;
    const { settings, wrong } = parseSettings(text);
    if (wrong === undefined) return settings;
    this.#say(`settings: found ${show(wrong)}, expected key=value; key=value`);
    return undefined;
  }

  /** By its name in the schema, or as people write it: 卫生间. What is neither is a problem of the schema. */
  #titled(column: Column, titles: Readonly<Record<string, Text>>): string | undefined {
    const text = this.#optional(column);
    if (text === undefined) return undefined;
    return Object.entries(titles).find(([, { zh }]) => zh === text)?.[0] ?? text;
  }

  #takeGateway(id: string, parent: string, enrolledAt: number | undefined): void {
    const seen = this.#gateways.get(id);
    if (!seen) {
      this.#gateways.set(id, {
        path: parent,
        enrolledAt: enrolledAt ?? Number.MAX_SAFE_INTEGER,
        line: this.#line,
      });
      return;
    }
    seen.path = commonPath(seen.path, parent);
    if (enrolledAt !== undefined) seen.enrolledAt = Math.min(seen.enrolledAt, enrolledAt);
  }
}

/** As the registry's own schema has it. */
const ID = /^[A-Za-z0-9._:-]{1,64}$/;

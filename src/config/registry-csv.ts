import { fail, type Result } from '../lib/result.ts';
import { PLACES } from '../model/device-places.ts';
import type { Noun } from '../model/registry.ts';
import { VISIT_CLASS_TITLES } from '../model/visit-words.ts';
import { CsvCells } from './csv-cells.ts';
import { contradictions, type PersonSeen, readPhone, withWhosePhone } from './csv-people.ts';
import { CsvPlaces } from './csv-places.ts';
import {
  type Column,
  type CsvRecord,
  emptyFile,
  type Headings,
  REGISTRY_TABLE,
  readHeader,
  readRecords,
} from './csv-table.ts';
import { doorOf, madeHomeId } from './made-homes.ts';
import {
  commonPath,
  ENROLLED_AHEAD,
  type Fields,
  isEnrolledFarAhead,
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
  const headings = readHeader([titles, ...records.slice(1)], file, broken, REGISTRY_TABLE);
  if (!headings) return fail(broken);
  const called = (noun: Noun, field: string) => {
    const column = COLUMN_OF[noun]?.[field];
    return column === undefined ? field : headings.of(column);
  };
  const rows = new CsvRows(new RegistryDraft(file, options, called), headings, options);
  for (let i = 1; i < records.length; i++) rows.take(records[i] as CsvRecord);
  return rows.finish(broken);
}

/** Where a field of an entry stands in a table, for whoever is told what is wrong with it. */
const COLUMN_OF: Partial<Readonly<Record<Noun, Readonly<Record<string, Column>>>>> = {
  home: { name: 'room', address: 'address', entryNote: 'entry_note', visitClass: 'visit_class' },
  resident: { name: 'resident', phone: 'phone', birthYear: 'birth_year', medicalNote: 'medical_note' },
  contact: { name: 'contact', phone: 'contact_phone', relation: 'relation' },
  device: {
    model: 'model',
    place: 'place',
    address: 'device_address',
    secretHash: 'secret_hash',
    expectedIntervalMs: 'expected_interval',
    counterResolution: 'counter_resolution',
    settings: 'settings',
  },
};

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
  readonly #cells: CsvCells;
  readonly #now: number | undefined;
  readonly #places: CsvPlaces;
  /** Ids of the homes by their doors: a row without an id is of the home that stands there already. */
  readonly #doors = new Map<string, string>();
  readonly #homes = new Map<string, HomeSeen>();
  readonly #gateways = new Map<string, GatewaySeen>();

  constructor(draft: RegistryDraft, headings: Headings<Column>, options: RegistryFileOptions) {
    this.#draft = draft;
    this.#places = new CsvPlaces(draft);
    this.#cells = new CsvCells(headings, (line, message) => draft.problem({ line }, message), options);
    this.#now = options.now;
  }

  take(record: CsvRecord): void {
    if (!this.#cells.take(record)) return;
    const parent = this.#places.take(this.#cells);
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
    this.#cells.say(message);
  }

  /** As the list has it; where it has none, made of place and room. */
  #homeId(parent: string | undefined): string | undefined {
    const room = this.#cells.field('room');
    if (this.#cells.field('home') !== '' || room === '') return this.#cells.id('home');
    if (parent === undefined) return undefined;
    return this.#doors.get(doorOf(parent, room)) ?? madeHomeId(parent, room);
  }

  #takeHome(id: string, parent: string): void {
    const seen = this.#homes.get(id);
    const room = this.#cells.field('room');
    const visitClass = this.#cells.titled('visit_class', VISIT_CLASS_TITLES) ?? '';
    if (!seen) this.#newHome(id, parent, room, visitClass);
    else if (seen.parent !== parent)
      this.#say(`home ${show(id)} is in ${parent} here and in ${seen.parent} in line ${seen.line}`);
    else if (room !== '' && room !== seen.room)
      this.#cells.wrong('room', `but home ${show(id)} has ${show(seen.room)} in line ${seen.line}`);
    else if (visitClass !== '' && visitClass !== seen.visitClass)
      this.#cells.wrong(
        'visit_class',
        `but home ${show(id)} has ${show(seen.visitClass)} in line ${seen.line}`,
        visitClass,
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
        `${this.#cells.heading('home')}: found ${show(id)}, but the room ${show(room)} stands without an id in line ${this.#homes.get(first)?.line}`,
      );
  }

  #newHome(id: string, parent: string, room: string, visitClass: string): void {
    const line = this.#cells.line;
    const residents = new Map<string, PersonSeen>();
    this.#homes.set(id, { parent, line, room, visitClass, residents, contacts: new Map() });
    const fields: Fields = {
      id,
      parent,
      name: room || undefined,
      address: this.#postalAddress(),
      entryNote: this.#cells.optional('entry_note'),
      visitClass: visitClass || undefined,
    };
    const isMade = this.#cells.field('home') === '';
    this.#draft.add('home', id, fields, () => ({ line }), {
      preset: { name: id },
      ...(isMade && { isMade }),
    });
  }

  /** Where the home stands; how a device is called outside has a column of its own, and its meter would stay unheard. */
  #postalAddress(): string | undefined {
    const text = this.#cells.optional('address');
    if (text === undefined || !/^[a-z0-9]{2,10}:\S+$/i.test(text)) return text;
    this.#cells.wrong('address', 'which is the address of a device: its column is device_address');
    return undefined;
  }

  /**
   * A name that comes again is the same person; another name in a later row is another one in the same home. What a later row
   * says of them otherwise than the first is a mistake: one of two telephones would be lost without a word.
   */
  #takePeople(homeId: string, home: HomeSeen): void {
    const line = this.#cells.line;
    const resident = this.#cells.field('resident');
    const ofResident = () => ({
      phone: this.#phone('phone', 'resident'),
      birthYear: this.#cells.number('birth_year'),
      medicalNote: this.#cells.optional('medical_note'),
    });
    if (this.#isNew('resident', resident, home.residents, ofResident)) {
      const id = residentId(homeId, home.residents.size);
      const fields = { id, home: homeId, name: resident, ...home.residents.get(resident)?.said };
      this.#draft.add('resident', id, fields, () => ({ line }));
    }
    const contact = this.#cells.field('contact');
    const ofContact = () => ({
      relation: this.#cells.optional('relation'),
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
      known.set(name, { line: this.#cells.line, said: saidNow() });
      return true;
    }
    for (const mistake of contradictions(column, name, first, saidNow(), (of) => this.#cells.heading(of)))
      this.#say(mistake);
    return false;
  }

  /** One that nobody is named for would be lost, and one that nobody can dial is found out when it is needed. */
  #phone(column: 'phone' | 'contact_phone', whose: 'resident' | 'contact'): string | undefined {
    const text = this.#cells.field(column);
    if (text === '') return undefined;
    const read = readPhone(text);
    if ('wrong' in read) this.#cells.wrong(column, read.wrong);
    else if (this.#cells.field(whose) !== '') return read.phone;
    else if (!this.#cells.isSpoilt(whose)) this.#cells.wrong(column, `but ${whose} is empty`);
    return undefined;
  }

  /** A row without device, model and gateway registers the home alone. */
  #takeDevice(home: string | undefined, parent: string | undefined): void {
    const line = this.#cells.line;
    const named = this.#cells.field('gateway') !== '';
    if (this.#cells.field('device') === '' && this.#cells.field('model') === '' && !named) return;
    const gateway = named ? this.#cells.id('gateway') : undefined;
    const id = this.#cells.id('device');
    const model = this.#cells.required('model');
    const enrolledAt = this.#cells.instant('enrolled_at');
    if (enrolledAt !== undefined && isEnrolledFarAhead(enrolledAt, this.#now))
      this.#cells.wrong('enrolled_at', ENROLLED_AHEAD);
    if (gateway !== undefined && parent !== undefined) this.#takeGateway(gateway, parent, enrolledAt);
    if (id === undefined || model === '' || home === undefined || enrolledAt === undefined) return;
    const fields: Fields = {
      id,
      model,
      home,
      gateway,
      enrolledAt,
      secretHash: this.#cells.optional('secret_hash'),
      expectedIntervalMs: this.#cells.interval(),
      counterResolution: this.#cells.number('counter_resolution'),
      place: this.#cells.titled('place', PLACES),
      address: this.#cells.optional('device_address'),
      settings: this.#cells.settings(),
    };
    this.#draft.add('device', id, fields, () => ({ line }));
  }

  #takeGateway(id: string, parent: string, enrolledAt: number | undefined): void {
    const seen = this.#gateways.get(id);
    if (!seen) {
      this.#gateways.set(id, {
        path: parent,
        enrolledAt: enrolledAt ?? Number.MAX_SAFE_INTEGER,
        line: this.#cells.line,
      });
      return;
    }
    seen.path = commonPath(seen.path, parent);
    if (enrolledAt !== undefined) seen.enrolledAt = Math.min(seen.enrolledAt, enrolledAt);
  }
}

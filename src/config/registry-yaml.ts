import { z } from 'zod';
import { DURATION_FORMS, parseDuration } from '../lib/duration.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { fail, type Result } from '../lib/result.ts';
import { EXPECTED_INTERVAL_FORM } from '../model/expected-interval.ts';
import {
  awaySchema,
  contactSchema,
  deviceSchema,
  gatewaySchema,
  homeSchema,
  LEVELS,
  type Level,
  type Noun,
  nodeSchema,
  residentSchema,
  staffSchema,
} from '../model/registry.ts';
import { INSTANT_FORMS, parseInstant } from './instants.ts';
import {
  ENROLLED_AHEAD,
  type Fields,
  isEnrolledFarAhead,
  isNeverMissed,
  type Place,
  RegistryDraft,
  type RegistryFile,
  type RegistryFileOptions,
  type Unsaid,
} from './registry-draft.ts';
import { type Path, show } from './schema-words.ts';
import { type ConfigProblem, inFileOrder, YamlText } from './yaml-file.ts';

/**
 * The registry as people write it: nested as the houses stand. A community holds grids, buildings, units, homes and
 * gateways; a home holds residents, contacts and devices; staff stand beside the communities. What may be left out of
 * the order of levels may: a community without grids holds its buildings. Names default to ids.
 */
const instant = z
  .string()
  .refine((text) => parseInstant(text, 'UTC') !== undefined, {
    error: ({ input }) => `found ${show(input)}, expected ${INSTANT_FORMS}`,
  })
  .meta({ title: 'Instant' });
const duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: ({ input }) => `found ${show(input)}, expected ${DURATION_FORMS}`,
});
const channels = z
  .array(z.union([contactSchema.shape.channels.unwrap().element, contactSchema.shape.id]))
  .optional();

const resident = residentSchema
  .omit({ noun: true, home: true, livesAlone: true })
  .extend({ id: residentSchema.shape.id.optional(), livesAlone: z.boolean().optional() })
  .strict();
const contact = contactSchema
  .omit({ noun: true, home: true, channels: true, order: true, relation: true })
  .extend({
    id: contactSchema.shape.id.optional(),
    order: contactSchema.shape.order.unwrap().optional(),
    relation: contactSchema.shape.relation.unwrap().optional(),
    channels,
  })
  .strict();
const device = deviceSchema
  .omit({
    noun: true,
    home: true,
    enrolledAt: true,
    exchangedAt: true,
    homeSince: true,
    homesBefore: true,
    expectedIntervalMs: true,
    disabled: true,
  })
  .extend({
    enrolledAt: instant.optional(),
    exchangedAt: instant.optional(),
    expectedInterval: duration.optional(),
    disabled: z.boolean().optional(),
  })
  .strict();
const gateway = gatewaySchema
  .omit({ noun: true, parent: true, enrolledAt: true, disabled: true })
  .extend({ enrolledAt: instant.optional(), disabled: z.boolean().optional() })
  .strict();
const away = z
  .strictObject({
    from: instant,
    until: instant,
    kind: awaySchema.shape.kind.unwrap().optional(),
    note: awaySchema.shape.note,
  })
  .meta({ title: 'A period in which the home is not lived in as usual' });
const home = homeSchema
  .omit({ noun: true, parent: true, away: true, awayLog: true })
  .extend({
    away: z.array(away).optional(),
    name: homeSchema.shape.name.optional(),
    enrolledAt: instant
      .optional()
      .meta({ title: 'When its devices were enrolled, unless they say otherwise' }),
    residents: z.array(resident).default([]),
    contacts: z.array(contact).default([]),
    devices: z.array(device).default([]),
  })
  .strict();
const member = staffSchema
  .omit({ noun: true, channels: true, roles: true })
  .extend({ roles: staffSchema.shape.roles.unwrap().optional(), channels })
  .strict();

type HomeYaml = z.output<typeof home>;
type GatewayYaml = z.output<typeof gateway>;
type DeviceYaml = z.output<typeof device>;
interface NodeYaml {
  readonly id: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly phone?: string;
  readonly enrolledAt?: string;
  readonly homes: HomeYaml[];
  readonly gateways: GatewayYaml[];
}

const CHILDREN = {
  'sub-district': 'subDistricts',
  community: 'communities',
  grid: 'grids',
  building: 'buildings',
  unit: 'units',
} as const satisfies Record<Level, string>;

/** A node of this level, with lists for every level below it. */
function nodeYaml(level: Level): z.ZodType<NodeYaml> {
  const below = LEVELS.slice(LEVELS.indexOf(level) + 1);
  const lists = Object.fromEntries(
    below.map((each) => [CHILDREN[each], z.array(z.lazy(() => NODES[each])).default([])]),
  );
  return z.strictObject({
    id: z
      .string()
      .regex(/^[\p{L}\p{N}._:-]{1,64}$/u, 'letters, digits, dot, underscore, colon and hyphen')
      .meta({ title: 'Id, the last part of the path' }),
    name: z.string().min(1).max(100).optional(),
    timeZone: z.string().optional().meta({ title: 'IANA time zone' }),
    phone: nodeSchema.shape.phone.meta({
      title: 'Telephone that the pages behind links show residents and the family, for all below',
    }),
    enrolledAt: instant.optional().meta({ title: 'When all below was enrolled, unless it says otherwise' }),
    ...lists,
    homes: z.array(home).default([]),
    gateways: z.array(gateway).default([]),
  }) as unknown as z.ZodType<NodeYaml>;
}

const NODES = Object.fromEntries(LEVELS.map((level) => [level, nodeYaml(level)])) as Record<
  Level,
  z.ZodType<NodeYaml>
>;

export const registryYamlSchema = z.strictObject({
  enrolledAt: instant.optional().meta({ title: 'When everything was enrolled, unless it says otherwise' }),
  subDistricts: z.array(NODES['sub-district']).default([]),
  communities: z.array(NODES.community).default([]),
  staff: z.array(member).default([]),
});

/** Reads a registry in YAML. Every mistake is reported with its line. */
export function parseRegistryYaml(
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  const read = YamlText.read(text, file);
  if (!read.ok) return read;
  const checked = read.value.check(registryYamlSchema);
  const draft = new RegistryDraft(file, options);
  const flatten = new Flattening(draft, read.value, options.now);
  if (!checked.ok) {
    flatten.parts(read.value.value(), []);
    return fail([...checked.error, ...draft.problems].sort(inFileOrder));
  }
  const top: Above = {
    path: '',
    timeZone: options.timeZone ?? 'Asia/Shanghai',
    enrolledAt: checked.value.enrolledAt,
  };
  flatten.nodes('sub-district', checked.value.subDistricts, top, ['subDistricts']);
  flatten.nodes('community', checked.value.communities, top, ['communities']);
  checked.value.staff.forEach((each, i) => {
    const { id, channels, ...rest } = each;
    flatten.add('staff', id, { ...rest, id, channels: addresses(channels) }, ['staff', i]);
  });
  return draft.finish();
}

/** What an entry has from what it stands in. */
interface Above {
  readonly path: string;
  readonly timeZone: string;
  readonly enrolledAt: string | undefined;
}

type ChannelsYaml = z.output<typeof channels>;
const addresses = (list: ChannelsYaml): unknown =>
  list?.map((each) => (typeof each === 'string' ? { channel: each } : each));

/** Turns the nested form into entries with their parents' names. */
class Flattening {
  readonly #draft: RegistryDraft;
  readonly #yaml: YamlText;
  readonly #now: number | undefined;

  constructor(draft: RegistryDraft, yaml: YamlText, now: number | undefined) {
    this.#draft = draft;
    this.#yaml = yaml;
    this.#now = now;
  }

  add(noun: Noun, key: string, fields: Fields, at: Path, unsaid?: Unsaid): void {
    this.#draft.add(noun, key, fields, () => this.#place(at), unsaid);
  }

  #place(at: Path): Place {
    return this.#yaml.position(at);
  }

  nodes(level: Level, nodes: readonly NodeYaml[], above: Above, at: Path): void {
    nodes.forEach((node, i) => {
      const here = [...at, i];
      const path = above.path === '' ? node.id : `${above.path}/${node.id}`;
      const { name, timeZone, phone } = node;
      this.add('node', path, { path, level, name, timeZone, phone }, here, {
        preset: { name: node.id },
      });
      const inside: Above = {
        path,
        timeZone: this.#zone(node.timeZone, here) ?? above.timeZone,
        enrolledAt: node.enrolledAt ?? above.enrolledAt,
      };
      node.gateways.forEach((each, j) => {
        this.#gateway(each, inside, [...here, 'gateways', j]);
      });
      node.homes.forEach((each, j) => {
        this.#home(each, inside, [...here, 'homes', j]);
      });
      for (const below of LEVELS) {
        const list = (node as unknown as Record<string, NodeYaml[] | undefined>)[CHILDREN[below]];
        if (list) this.nodes(below, list, inside, [...here, CHILDREN[below]]);
      }
    });
  }

  /**
   * What can be said of a file with other mistakes, wherever it stands in it: models and time zones that do not exist.
   * Whoever has put the others right would meet them next.
   */
  parts(value: unknown, at: Path): void {
    if (typeof value !== 'object' || value === null) return;
    const { timeZone, devices } = value as Readonly<Record<string, unknown>>;
    if (typeof timeZone === 'string') this.#zone(timeZone, at);
    if (Array.isArray(devices))
      devices.forEach((each: unknown, i) => {
        const { model } = (each ?? {}) as { readonly model?: unknown };
        if (typeof model === 'string')
          this.#draft.checkModel(model, () => this.#place([...at, 'devices', i]));
      });
    for (const [key, below] of Object.entries(value))
      this.parts(below, [...at, Array.isArray(value) ? Number(key) : key]);
  }

  #zone(timeZone: string | undefined, at: Path): string | undefined {
    if (timeZone === undefined || isTimeZone(timeZone)) return timeZone;
    const message = `found ${show(timeZone)}, expected an IANA time zone such as Asia/Shanghai`;
    this.#draft.problem(this.#place([...at, 'timeZone']), message, 'timeZone');
    return undefined;
  }

  #gateway({ enrolledAt, ...rest }: GatewayYaml, above: Above, at: Path): void {
    const enrolled = this.#enrolled(enrolledAt ?? above.enrolledAt, above, at);
    this.add('gateway', rest.id, { ...rest, parent: above.path, enrolledAt: enrolled }, at);
  }

  #home(each: HomeYaml, above: Above, at: Path): void {
    const { residents, contacts, devices, enrolledAt, away: periods, ...rest } = each;
    const inside = { ...above, enrolledAt: enrolledAt ?? above.enrolledAt };
    const away = periods?.map((period) => ({
      ...period,
      from: parseInstant(period.from, above.timeZone),
      until: parseInstant(period.until, above.timeZone),
    }));
    this.add('home', rest.id, { ...rest, away, parent: above.path }, at, { preset: { name: rest.id } });
    residents.forEach((person, i) => {
      const id = person.id ?? residentId(rest.id, i + 1);
      this.add('resident', id, { ...person, id, home: rest.id }, [...at, 'residents', i]);
    });
    contacts.forEach(({ channels: told, ...person }, i) => {
      const id = person.id ?? contactId(rest.id, i + 1);
      const fields = { ...person, id, home: rest.id, channels: addresses(told) };
      this.add('contact', id, fields, [...at, 'contacts', i], { preset: { order: i + 1 } });
    });
    devices.forEach((one, i) => {
      this.#device(one, rest.id, inside, [...at, 'devices', i]);
    });
  }

  #device(each: DeviceYaml, homeId: string, above: Above, at: Path): void {
    const { enrolledAt, exchangedAt, expectedInterval, ...rest } = each;
    const fields = {
      ...rest,
      home: homeId,
      enrolledAt: this.#enrolled(enrolledAt ?? above.enrolledAt, above, at),
      exchangedAt: exchangedAt === undefined ? undefined : parseInstant(exchangedAt, above.timeZone),
      expectedIntervalMs: this.#interval(expectedInterval, at),
    };
    this.add('device', rest.id, fields, at);
  }

  #interval(text: string | undefined, at: Path): number | undefined {
    const ms = text === undefined ? undefined : parseDuration(text);
    if (isNeverMissed(ms, this.#now))
      this.#draft.problem(
        this.#place(at),
        `found ${show(text)}, expected ${EXPECTED_INTERVAL_FORM}`,
        'expectedInterval',
      );
    return ms;
  }

  #enrolled(text: string | undefined, above: Above, at: Path): number {
    if (text === undefined)
      this.#draft.problem(
        this.#place(at),
        `is missing, here or on what it stands in; expected ${INSTANT_FORMS}`,
        'enrolledAt',
      );
    const enrolledAt = (text === undefined ? undefined : parseInstant(text, above.timeZone)) ?? 0;
    if (isEnrolledFarAhead(enrolledAt, this.#now))
      this.#draft.problem(this.#place(at), `found ${show(text)}, ${ENROLLED_AHEAD}`, 'enrolledAt');
    return enrolledAt;
  }
}

/** Ids of people who were given none: by their place in the home. */
export const residentId = (homeId: string, n: number): string => `${homeId}-r${n}`;
export const contactId = (homeId: string, n: number): string => `${homeId}-k${n}`;

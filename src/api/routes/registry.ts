import { setImmediate as pause } from 'node:timers/promises';
import { z } from 'zod';
import { entityTag, entryMark } from '../../model/entry-mark.ts';
import { EXPECTED_INTERVAL_MS_MAX } from '../../model/expected-interval.ts';
import { LIMITS } from '../../model/limits.ts';
import {
  contactSchema,
  entryKey,
  homeSchema,
  type Noun,
  nodeSchema,
  type RegistryEntry,
  residentSchema,
  staffSchema,
} from '../../model/registry.ts';
import type { Service } from '../../ports/service.ts';
import { isCovered, isEverywhere } from '../access.ts';
import type { ParsedImport } from '../import.ts';
import { importFar, importFarSchema } from '../import-far.ts';
import { importOutcome, importReplySchema } from '../import-outcome.ts';
import { type NotesSight, notesSight, withoutNotes } from '../notes-sight.ts';
import { expectedEntry, preconditionHeaders } from '../preconditions.ts';
import { Refusal, refuse } from '../problem.ts';
import { flag, moment, pageInMemory, paging } from '../query.ts';
import { entriesOf, mayChange, maySee, placesOfEntry } from '../registry-access.ts';
import { notAsAddressed, parentMissing } from '../registry-refusals.ts';
import { type ReleasedCase, releaseCasesOf, releasedSchema } from '../releasing.ts';
import { pageOf, shownUntold, untoldSchema } from '../replies.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { publicDeviceSchema, publicEntrySchema, publicGatewaySchema } from '../schemas.ts';

const NOUNS = ['node', 'home', 'resident', 'contact', 'device', 'gateway', 'staff'] as const satisfies Noun[];
const noun = z.enum(NOUNS);
const untold = untoldSchema.meta({
  description:
    'homes that the change leaves without any person or group who could be told of a P1 or P2; absent: there are none',
});
const oneEntry = z.object({ noun, key: z.string().min(1).max(400) });

const withAllFlag = flag.meta({
  description:
    'of a home: with its residents, contacts and devices, and all readings of these; all of it or nothing',
});

const replacesKey = z.string().min(1).max(64).exactOptional().meta({
  description:
    'of a device: the one of the same home in whose place it comes. It is stopped (`disabled`) with its readings kept, in the same step: both or neither',
});

/** As in the model, but a field that it does not know is an error: a misspelt one must not be lost in silence. */
const entryBody = z.discriminatedUnion('noun', [
  z.strictObject(nodeSchema.shape),
  z.strictObject(homeSchema.shape),
  z.strictObject(residentSchema.shape),
  z.strictObject(contactSchema.shape),
  z.strictObject({
    ...publicDeviceSchema.shape,
    enrolledAt: moment,
    exchangedAt: moment.optional(),
    expectedIntervalMs: z
      .number()
      .int()
      .positive()
      .max(EXPECTED_INTERVAL_MS_MAX)
      .optional()
      .meta({ description: 'how often it should report; the model’s own interval if absent' }),
  }),
  z.strictObject({ ...publicGatewaySchema.shape, enrolledAt: moment }),
  z.strictObject(staffSchema.shape),
]);

const NOTES_SHOWN =
  '`entryNote`, `medicalNote`, and `phone` and `channels` of residents and contacts are shown only to responders of the place and those above them.';

export default defineRoutes({
  noun: 'registry',
  summary: 'Who lives where, what hangs on which wall, who comes',
  routes: [
    route({
      method: 'GET',
      path: '/registry/:noun',
      needs: 'viewer',
      title: 'Entries of one kind, by key',
      description: NOTES_SHOWN,
      params: z.object({ noun }),
      query: z.strictObject(paging),
      reply: pageOf(publicEntrySchema).extend({
        etags: z
          .array(z.string())
          .readonly()
          .meta({ description: 'one for each of the items, in their order, for If-Match of a change' }),
      }),
      handle: async ({ service: { registry }, caller, visible, params, query }) => {
        const page = await pageInMemory(entriesOf(registry, params.noun), entryKey, query, (entry) =>
          maySee(visible, params.noun, placesIn(registry, entry)),
        );
        const items = page.items.map(shownTo(notesSight(caller.roles), registry));
        return { ...page, items, etags: items.map(tagOf) };
      },
    }),
    route({
      method: 'GET',
      path: '/registry/:noun/:key',
      needs: 'viewer',
      title: 'One entry, with its ETag',
      description: NOTES_SHOWN,
      params: oneEntry,
      tagged: true,
      reply: z.object({ entry: publicEntrySchema }),
      handle: async ({ service: { registry }, caller, visible, params, reply }) => {
        const entry = registry.entry(params.noun, params.key);
        if (!entry || !maySee(visible, params.noun, placesIn(registry, entry))) return refuse('NOT_FOUND');
        const shown = shownTo(notesSight(caller.roles), registry)(entry);
        // Of what is shown: who knows all but a short number could find that by trying, where the tag was of it.
        reply.header('etag', tagOf(shown));
        return { entry: shown };
      },
    }),
    route({
      method: 'PUT',
      path: '/registry/:noun/:key',
      needs: 'operator',
      title: 'Add an entry, or put it in the place of the one that has this key',
      description:
        'The secret of a device or gateway is not touched. A path as key is percent-encoded. With If-Match nothing is replaced that somebody else has changed meanwhile; without, the last one wins.',
      params: oneEntry,
      headers: preconditionHeaders,
      query: z.strictObject({ replaces: replacesKey }),
      body: entryBody,
      tagged: true,
      reply: z.object({
        entry: publicEntrySchema,
        untold: untold.exactOptional(),
        unknownChannels: z.array(z.string()).readonly().exactOptional().meta({
          description:
            'channels of a person that config/channels.yaml does not have: over these nobody is told, until it does; absent: it has all of them',
        }),
      }),
      handle: async (context) => {
        const { service, caller, params, query, body, request, reply } = context;
        const other = notAsAddressed(body, params);
        if (other) return other;
        const refusal = mayReplace(context, body) ?? mayStop(context, query.replaces);
        if (refusal) return refusal;
        const before = service.registry.entry(params.noun, params.key);
        const expected = expectedEntry(request.headers, params, before);
        if (expected instanceof Refusal) return expected;
        const left = leftBy(context, [body], []);
        const answer = await service.submit(
          { type: 'registry.apply', put: [body], remove: [], ...(expected ? { expected } : {}), ...query },
          caller.name,
        );
        if (!answer.ok) return new Refusal(answer.failure);
        const stored = service.registry.entry(params.noun, params.key);
        // No tag of what the service added to it, or somebody else put there by now: its bearer has not seen that.
        if (stored && tagOf(stored) === tagOf(body)) reply.header('etag', tagOf(body));
        return { entry: body, ...left, ...unknownChannels(service, body) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/registry/:noun/:key',
      needs: 'operator',
      title: 'Remove an entry; nothing may belong to it any more, and no case about it may be open',
      description:
        'All readings of a device are erased with it. What is refused names everything that hinders it. 204; 200 with `untold` where homes are left of which nobody can be told, with `released` where a member of staff had cases: they are nobody’s now, and people are called again.',
      params: oneEntry,
      headers: preconditionHeaders,
      query: z.strictObject({ withAll: withAllFlag }),
      reply: z.object({ untold: untold.exactOptional(), released: releasedSchema.exactOptional() }),
      mayBeEmpty: true,
      handle: async (context) => {
        const { service, caller, visible, nodes, params, query, request } = context;
        const entry = service.registry.entry(params.noun, params.key);
        const places = entry ? placesIn(service.registry, entry) : [];
        if (!entry || !maySee(visible, params.noun, places)) return refuse('NOT_FOUND');
        if (!mayChange(nodes, places)) return refuse('NOT_ALLOWED', { role: 'operator' });
        const expected = expectedEntry(request.headers, params, entry);
        if (expected instanceof Refusal) return expected;
        const below = query.withAll === true ? inHome(service.registry, entry) : [];
        const remove = [...below, params];
        const left = leftBy(context, [], remove);
        const answer = await service.submit(
          { type: 'registry.apply', put: [], remove, ...(expected ? { expected } : {}) },
          caller.name,
        );
        if (!answer.ok) return new Refusal(answer.failure);
        const released = entry.noun === 'staff' ? await releasedBy(context, [entry]) : [];
        return released.length === 0 ? left : { ...left, released };
      },
    }),
    route({
      method: 'GET',
      path: '/registry/import',
      needs: 'operator',
      title: 'How far a large import is that is under way',
      description:
        'A large list is taken over in pieces, with readings in between; once it has begun it is finished, also after a restart. Nobody else changes the registry meanwhile (409 `REGISTRY_IMPORTING`).',
      reply: importFarSchema,
      handle: async ({ service }) => importFar(service),
    }),
    route({
      method: 'POST',
      path: '/registry/import',
      needs: 'operator',
      idempotent: true,
      bodyBytesMax: LIMITS.importBytesMax,
      title: 'Take over a registry file: all of it or, if one line is wrong, nothing',
      body: z.strictObject({
        format: z.enum(['csv', 'yaml']),
        text: z.string(),
        dryRun: z.boolean().default(false).meta({ description: 'only say what would be done' }),
      }),
      reply: importReplySchema,
      handle: async (context) => {
        const { service, caller, nodes, parseImport, body } = context;
        const { format, text, dryRun } = body;
        if (!parseImport) return refuse('NOT_FOUND');
        const parsed = await parseImport(format, text, whenGone(context.reply.raw));
        if (!parsed) return refuse('TOO_MANY_REQUESTS');
        const outcome = importOutcome(parsed);
        if (outcome.problems.length > 0)
          return dryRun ? { applied: false, ...outcome } : refuse('REGISTRY_INVALID', outcome);
        const foreign = outside(service, nodes, parsed);
        if (foreign) return refuse('NOT_ALLOWED', { role: 'operator', entry: foreign });
        // Of a city that takes half a second: what has come meanwhile goes first.
        await pause();
        const left = leftBy(context, parsed.put, parsed.remove);
        await pause();
        if (dryRun) return { applied: false, ...outcome, ...left };
        const gone = parsed.remove.flatMap((one) => service.registry.entry(one.noun, one.key) ?? []);
        const answer = await service.importRegistry(parsed, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const released = await releasedBy(context, gone);
        return { applied: true, ...outcome, ...left, ...(released.length === 0 ? {} : { released }) };
      },
    }),
  ],
});

/** To be taken for reached is worse than to be refused; but a channel may be set up after the people of it. */
function unknownChannels(service: Pick<Service, 'channels'>, entry: RegistryEntry) {
  const named = 'channels' in entry ? (entry.channels ?? []).map(({ channel }) => channel) : [];
  const known = new Set(service.channels().map(({ id }) => id));
  const unknown = [...new Set(named)].filter((one) => !known.has(one));
  return unknown.length === 0 ? undefined : { unknownChannels: unknown };
}

/** Fires when whoever asked does not wait for the answer any more. */
function whenGone(answer: RouteContext<unknown, unknown, unknown>['reply']['raw']): AbortSignal {
  const stop = new AbortController();
  answer.once('close', () => {
    if (!answer.writableEnded) stop.abort();
  });
  return stop.signal;
}

const tagOf = (entry: RegistryEntry): string => entityTag(entryMark(entry));

/** Homes of the caller's places that a change would leave with nobody to tell; undefined: there are none. */
function leftBy(
  { service, visible }: Pick<RouteContext<unknown, unknown, unknown>, 'service' | 'visible'>,
  put: readonly RegistryEntry[],
  remove: readonly { readonly noun: Noun; readonly key: string }[],
) {
  const left = service.leftUntold(put, remove, (path) => isCovered(visible, path));
  return left.homes === 0 ? undefined : { untold: shownUntold(left) };
}

/** Cases of staff who were removed. */
async function releasedBy(
  { service, caller }: Pick<RouteContext<unknown, unknown, unknown>, 'service' | 'caller'>,
  gone: readonly RegistryEntry[],
): Promise<readonly ReleasedCase[]> {
  const released: ReleasedCase[] = [];
  for (const entry of gone)
    if (entry.noun === 'staff')
      released.push(
        ...(await releaseCasesOf(
          service,
          { name: entry.name, staff: entry.id },
          service.registry.staff(),
          caller,
        )),
      );
  return released;
}

/** What belongs to a home, and so has its place where the home has it; of another entry nothing. */
const inHome = (registry: Service['registry'], entry: RegistryEntry): { noun: Noun; key: string }[] =>
  entry.noun !== 'home'
    ? []
    : [...registry.devices(entry.id), ...registry.contacts(entry.id), ...registry.residents(entry.id)].map(
        (one) => ({ noun: one.noun, key: one.id }),
      );

/** An entry without the notes that its reader has no need of. */
const shownTo =
  (sees: NotesSight, registry: Service['registry']) =>
  (entry: RegistryEntry): RegistryEntry =>
    placesIn(registry, entry).every(sees) ? entry : withoutNotes(entry);

const placesIn = (registry: Service['registry'], entry: RegistryEntry): readonly string[] =>
  placesOfEntry(entry, (home) => registry.homePath(home)) ?? [];

/** Rights are needed where the entry is now and where it shall be. What the caller cannot see is as if it were not. */
function mayReplace(
  { service: { registry }, visible, nodes }: RouteContext<unknown, unknown, unknown>,
  entry: RegistryEntry,
): Refusal | undefined {
  const before = registry.entry(entry.noun, entryKey(entry));
  const old = before ? placesIn(registry, before) : [];
  if (before && !maySee(visible, entry.noun, old)) return refuse('NOT_FOUND');
  if (before && !mayChange(nodes, old)) return refuse('NOT_ALLOWED', { role: 'operator' });
  const places = placesOfEntry(entry, (home) => registry.homePath(home));
  if (!places || (places.length > 0 && !maySee(visible, entry.noun, places))) return parentMissing(entry);
  return mayChange(nodes, places) ? undefined : refuse('NOT_ALLOWED', { role: 'operator' });
}

/** Of the device in whose place another comes the same rights are needed. */
function mayStop(
  { service: { registry }, visible, nodes }: RouteContext<unknown, unknown, unknown>,
  id: string | undefined,
): Refusal | undefined {
  if (id === undefined) return undefined;
  const device = registry.device(id);
  const places = device ? placesIn(registry, device) : [];
  if (!device || !maySee(visible, 'device', places)) return refuse('DEVICE_NOT_FOUND', { device: id });
  return mayChange(nodes, places) ? undefined : refuse('NOT_ALLOWED', { role: 'operator' });
}

/** The first entry of a file that lies outside of what the caller may change. */
function outside(
  { registry }: Service,
  nodes: readonly string[],
  { put, remove }: ParsedImport,
): { noun: Noun; key: string } | undefined {
  if (isEverywhere(nodes)) return undefined;
  const inFile = new Map<string, string>();
  for (const entry of put) if (entry.noun === 'home') inFile.set(entry.id, `${entry.parent}/${entry.id}`);
  const homePath = (home: string) => inFile.get(home) ?? registry.homePath(home);
  for (const entry of put) {
    const before = registry.entry(entry.noun, entryKey(entry));
    const known = before === undefined || mayChange(nodes, placesIn(registry, before));
    if (!known || !mayChange(nodes, placesOfEntry(entry, homePath) ?? []))
      return { noun: entry.noun, key: entryKey(entry) };
  }
  return remove.find((gone) => {
    const entry = registry.entry(gone.noun, gone.key);
    return !entry || !mayChange(nodes, placesIn(registry, entry));
  });
}

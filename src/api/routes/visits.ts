import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { ERRORS, type ErrorCode } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import { homeSchema } from '../../model/registry.ts';
import {
  changeToldSchema,
  VISIT_LINE_KINDS,
  type VisitLine,
  type VisitTold,
  visitToldSchema,
} from '../../model/visit.ts';
import {
  MAJOR_CHANGES,
  VISIT_CLASSES,
  VISIT_RESULTS,
  VISIT_SOURCES,
  type VisitSource,
} from '../../model/visit-words.ts';
import type { Service } from '../../ports/service.ts';
import { type Caller, isCovered, isEverywhere, narrowed } from '../access.ts';
import { sendCsv } from '../csv-reply.ts';
import { emptyBecause, periodRefusal } from '../filters.ts';
import { mirrors, named } from '../mirrors.ts';
import { Refusal, refuse } from '../problem.ts';
import { instant, moment, pageRequest, paging, word } from '../query.ts';
import { pageOf } from '../replies.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';
import { visibleHome } from '../views.ts';
import { visitCsvHead, visitCsvRow } from '../visit-csv.ts';
import { changesWithout, freeInstant, keyOf, linesOf, metWithout, nameOf } from '../visit-log.ts';

const visitLineSchema = mirrors<VisitLine>()(
  z.object({
    kind: named(VISIT_LINE_KINDS),
    home: z.string(),
    path: z.string().meta({ description: 'where the home stood then' }),
    at: instantSchema.meta({ description: 'when it was, whenever it was told' }),
    by: z.string().meta({ description: 'who was there; of a change, who said so' }),
    result: named(VISIT_RESULTS).exactOptional().meta({ description: 'of a visit' }),
    change: named(MAJOR_CHANGES).exactOptional().meta({ description: 'of a major change' }),
    note: z.string(),
    source: named(VISIT_SOURCES),
    case: z.string().exactOptional().meta({ description: 'the case in which the person was met' }),
    recordedAt: instantSchema,
    recordedBy: z.string(),
    withdrawn: z
      .object({ at: instantSchema, by: z.string(), reason: z.string() })
      .exactOptional()
      .meta({ description: 'it was recorded by mistake, and counts no more' }),
  }),
).meta({ id: 'VisitLine' });

const when = moment.exactOptional().meta({ description: 'now if absent' });
const homeId = z.object({ id: z.string().min(1).max(200) });
const visitBody = z.strictObject({
  at: when,
  by: visitToldSchema.shape.by.exactOptional().meta({ description: 'who was there; the caller if absent' }),
  result: visitToldSchema.shape.result,
  note: visitToldSchema.shape.note,
  elsewhere: visitToldSchema.shape.elsewhere,
});
const changeBody = z.strictObject({
  at: when,
  change: changeToldSchema.shape.change,
  note: changeToldSchema.shape.note,
});

/** A visit of a file, with the line that it stands in. */
const rowSchema = visitToldSchema.extend({
  line: z.number().int().positive(),
  at: moment,
});
type Row = VisitTold & { readonly line: number };
const problems = z.array(z.object({ line: z.number().int(), code: z.string(), message: z.string() }));
type Problems = z.output<typeof problems>;

/** Problems that are told at once; whoever has a thousand has one. */
const PROBLEMS_TOLD_MAX = 1000;

export default defineRoutes({
  noun: 'visits',
  summary: 'Who visited which home, and what has changed so much there that somebody should',
  routes: [
    route({
      method: 'GET',
      path: '/visits',
      needs: 'viewer',
      title: 'Visits and major changes, the newest first',
      query: z.strictObject({
        path: word.meta({ description: 'a node: only what is below it' }),
        home: word,
        kind: named(VISIT_LINE_KINDS).exactOptional(),
        from: instant.exactOptional(),
        to: instant.exactOptional(),
        ...paging,
      }),
      reply: pageOf(visitLineSchema),
      handle: async ({ service, visible, query: { limit: _, cursor: __, path, ...filter }, query }) => {
        // Whoever may see a home sees who visited it, also before it was moved into their grid.
        const isTheirs = filter.home !== undefined && visibleHome(service.registry, visible, filter.home);
        const paths = isTheirs ? narrowed([''], path) : narrowed(visible, path);
        const wrong = periodRefusal(query);
        if (wrong) return wrong;
        const page = await service.records.visits({ paths, ...filter }, pageRequest(query));
        return emptyBecause(page, query, { registry: service.registry, visible });
      },
    }),
    route({
      method: 'GET',
      path: '/visits.csv',
      needs: 'viewer',
      title: 'The visits of a period as a table, the newest first: what `shouwang import-visits` takes',
      query: z.strictObject({ path: word, from: instant, to: instant }),
      answers: ['text/csv'],
      handle: async ({ service, visible, query: { path, from, to }, locale, reply }) => {
        if (from >= to) return refuse('PERIOD_TOO_LONG');
        const filter = { paths: narrowed(visible, path), kind: 'visit', from, to } as const;
        const rows: string[] = [];
        for await (const line of linesOf(service.records, filter)) {
          if (rows.length === LIMITS.visitsPerImportMax)
            return refuse('PERIOD_TOO_LONG', { visitsMax: LIMITS.visitsPerImportMax });
          // As the clocks are where the home stands by now: those of a home that is gone stood at its path.
          const timeZone = service.registry.timeZone(service.registry.homePath(line.home) ?? line.path);
          if (!line.withdrawn) rows.push(visitCsvRow(line, { locale, timeZone }));
        }
        return sendCsv(reply, 'visits.csv', [visitCsvHead(locale), ...rows]);
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/visits',
      needs: 'responder',
      idempotent: true,
      title: 'Record a visit; one in which nobody was met counts as an attempt',
      params: homeId,
      body: visitBody,
      reply: z.object({ visit: visitLineSchema }),
      status: 201,
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const no = noRight(context);
        if (no) return no;
        const { at: _, by = caller.name, ...said } = body;
        const told = { home: params.id, by, ...said };
        const at = await freeInstant(service.records, told, instantOf(service, body.at));
        const visit = { ...told, at };
        const [known] = await service.records.findVisits([keyOf(visit)]);
        if (known && !isSame(known, visit)) return refuse('VISIT_RECORDED', { known });
        // Where it was is not kept in the log: whoever says it now ends the absence, and the line stays as it is.
        if (known && visit.elsewhere !== false) return { visit: known };
        const source = sourceOf(caller);
        const answer = await service.submit({ type: 'home.visits', visits: [visit], source }, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const [line] = await service.records.findVisits([keyOf(visit)]);
        return line ? { visit: line } : refuse('NOT_READY');
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/changes',
      needs: 'responder',
      idempotent: true,
      title: 'Record a major change in somebody’s life: a visit is wanted soon',
      params: homeId,
      body: changeBody,
      reply: z.object({ change: visitLineSchema }),
      status: 201,
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const no = noRight(context);
        if (no) return no;
        const at = instantOf(service, body.at);
        const told = { home: params.id, at, change: body.change, note: body.note, source: sourceOf(caller) };
        const answer = await service.submit({ type: 'home.change', ...told }, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const key = { kind: 'change', home: params.id, at, by: caller.name } as const;
        const [line] = await service.records.findVisits([key]);
        return line ? { change: line } : refuse('NOT_READY');
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/visits/withdraw',
      needs: 'responder',
      idempotent: true,
      title:
        'Take back a visit or change that was recorded by mistake: it stays in the log, and counts no more',
      params: homeId,
      body: z.strictObject({
        kind: named(VISIT_LINE_KINDS).default('visit'),
        at: moment,
        by: visitToldSchema.shape.by,
        reason: commandSchemas['home.visit-withdraw'].shape.reason,
      }),
      reply: z.object({ visit: visitLineSchema }),
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const no = noRight(context);
        if (no) return no;
        const { reason, ...said } = body;
        const key = { ...said, home: params.id };
        const [line] = await service.records.findVisits([key]);
        if (!line) return refuse('VISIT_NOT_FOUND');
        if (line.withdrawn) return { visit: line };
        const met = await metWithout(service.records, key);
        const changes = await changesWithout(service.records, key, met);
        const command = { type: 'home.visit-withdraw', line, met, changes, reason } as const;
        const answer = await service.submit(command, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const [after] = await service.records.findVisits([key]);
        return after ? { visit: after } : refuse('VISIT_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/homes/:id/visit-class',
      needs: 'operator',
      idempotent: true,
      title: 'Say how often a home is to be visited',
      params: homeId,
      body: z.strictObject({
        visitClass: named(VISIT_CLASSES).nullable().meta({ description: 'null: nobody has said' }),
      }),
      reply: z.object({ home: homeSchema }),
      handle: async (context) => {
        const { service, caller, params, body } = context;
        const no = noRight(context);
        if (no) return no;
        const command = { type: 'home.visit-class', home: params.id, ...body } as const;
        const answer = await service.submit(command, caller.name);
        if (!answer.ok) return new Refusal(answer.failure);
        const home = service.registry.home(params.id);
        return home ? { home } : refuse('HOME_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/visits/import',
      needs: 'operator',
      idempotent: true,
      bodyBytesMax: LIMITS.importBytesMax,
      title: 'Take over visits that were logged elsewhere: all of them or, if one is wrong, none',
      description:
        'A visit that is there already, by home, instant and person, is passed over: to take a file over twice changes nothing.',
      body: z.strictObject({
        visits: z.array(rowSchema).min(1).max(LIMITS.visitsPerImportMax),
        dryRun: z.boolean().default(false).meta({ description: 'only say what would be done' }),
      }),
      reply: z.object({
        applied: z.boolean(),
        added: z.number().int().meta({ description: 'visits that are new' }),
        unchanged: z.number().int().meta({ description: 'visits that are there already' }),
        problems,
      }),
      handle: async (context) => {
        const { service, caller, body } = context;
        const rows = body.visits;
        const known = new Map<string, Pick<VisitLine, 'result'>>();
        for (const line of await service.records.findVisits(rows.map(keyOf))) known.set(nameOf(line), line);
        const fresh: Row[] = [];
        const wrong: Problems = [];
        for (const row of rows) {
          const name = nameOf(keyOf(row));
          const before = known.get(name);
          wrong.push(...wrongWith(row, context, before));
          if (before) continue;
          known.set(name, row);
          fresh.push(row);
        }
        const told = { added: fresh.length, unchanged: rows.length - fresh.length };
        const outcome = { ...told, problems: wrong.slice(0, PROBLEMS_TOLD_MAX) };
        if (wrong.length > 0)
          return body.dryRun ? { applied: false, ...outcome } : refuse('VISITS_INVALID', outcome);
        if (body.dryRun || fresh.length === 0) return { applied: false, ...outcome };
        const visits = fresh.map(({ line: _, ...visit }) => visit);
        const answer = await service.submit({ type: 'home.visits', visits, source: 'import' }, caller.name);
        return answer.ok ? { applied: true, ...outcome } : new Refusal(answer.failure);
      },
    }),
  ],
});

const isSame = (known: Pick<VisitLine, 'result'>, { result }: VisitTold): boolean => known.result === result;

/** A clock that is a little ahead of ours means now. What is further ahead is refused by name. */
function instantOf({ clock }: Pick<Service, 'clock'>, at: number | undefined): number {
  const now = clock.now();
  return at === undefined || (at > now && at <= now + LIMITS.clockAheadMsMax) ? now : at;
}

const sourceOf = ({ by }: Caller): VisitSource => (by === 'session' ? 'console' : 'api');

function noRight({
  service,
  visible,
  nodes,
  params: { id },
}: RouteContext<{ id: string }, unknown, unknown>): Refusal | undefined {
  const found = visibleHome(service.registry, visible, id);
  if (!found) return refuse('HOME_NOT_FOUND');
  return isCovered(nodes, found.path) ? undefined : refuse('NOT_ALLOWED', { node: found.path });
}

/** What stands against a row. */
function wrongWith(
  row: Row,
  { service, visible, nodes, locale }: RouteContext<unknown, unknown, unknown>,
  known: Pick<VisitLine, 'result'> | undefined,
): Problems {
  const { home, at, line } = row;
  const say = (code: ErrorCode, details = ''): Problems => [
    { line, code, message: `${ERRORS[code][locale]}${details === '' ? '' : `: ${details}`}` },
  ];
  const found = visibleHome(service.registry, visible, home);
  if (!found) return say('HOME_NOT_FOUND', home);
  if (!isEverywhere(nodes) && !isCovered(nodes, found.path)) return say('NOT_ALLOWED', home);
  const now = service.clock.now();
  if (at > now + LIMITS.clockAheadMsMax) return say('VISIT_AHEAD');
  if (at < now - LIMITS.visitAgeMsMax) return say('VISIT_TOO_OLD');
  return known && !isSame(known, row) ? say('VISIT_RECORDED', known.result) : [];
}

import { z } from 'zod';
import { CASE_STATUSES, CONTACT_WAY_NAMES, isDone } from '../../model/case.ts';
import { CASE_KINDS } from '../../model/case-kind.ts';
import { commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { narrowed, withService } from '../access.ts';
import { assigneeFor, assigneesOf } from '../assignees.ts';
import { callPositions } from '../call-positions.ts';
import {
  caseParams,
  caseReply,
  changeableCase,
  changeCase,
  hasIt,
  positionBody,
  positionRefusal,
  visibleCase,
} from '../case-commands.ts';
import { caseEntrySchema, numberedCaseSchema } from '../case-schemas.ts';
import { emptyBecause, periodRefusal } from '../filters.ts';
import { notesSight, withoutAddress } from '../notes-sight.ts';
import { doerOf } from '../people.ts';
import { Refusal, refuse } from '../problem.ts';
import { flag, instant, pageRequest, paging, several, word } from '../query.ts';
import { assigneeSchema, caseDetailSchema, pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { prioritySchema } from '../schemas.ts';
import { homeDetail, visibleHome } from '../views.ts';

export default defineRoutes({
  noun: 'cases',
  summary: 'The work items of community staff',
  routes: [
    route({
      method: 'GET',
      path: '/cases',
      needs: 'viewer',
      title: 'Cases, the gravest and what is due first',
      query: z.strictObject({
        status: several(z.enum(CASE_STATUSES)),
        priority: several(prioritySchema),
        kind: z.enum(CASE_KINDS).exactOptional(),
        path: word.meta({ description: 'a node: only what is below it' }),
        home: word,
        owner: word.meta({ description: 'name of the person who has it, or was asked to take it' }),
        mine: flag.meta({
          description:
            'only what the caller has, or was asked to take: by account and, where that is not known, by id of the staff or by name',
        }),
        from: instant.exactOptional().meta({ description: 'only cases that were opened from here' }),
        to: instant.exactOptional().meta({ description: 'and before here' }),
        order: z.enum(['urgency', 'newest']).exactOptional().meta({
          description:
            '`urgency`, the default: what is over last, the gravest first, of a priority what nobody has taken before what somebody has, then by `dueAt`, what is overdue longest first. `newest`: by `openedAt`',
        }),
        ...paging,
      }),
      reply: pageOf(numberedCaseSchema),
      description:
        'Also those elsewhere that the caller has, or was asked to take: a home may move while somebody is at its door.',
      handle: async ({ service, caller, visible, query }) => {
        const { limit: _, cursor: __, path, from, to, mine, ...filter } = query;
        const wrong = periodRefusal(query);
        if (wrong) return wrong;
        const page = await service.records.cases(
          {
            paths: narrowed(withService(service.registry, visible), path),
            ...(caller.by === 'control' ? {} : { held: { account: caller.id, within: [path ?? ''] } }),
            ...(mine ? { theirs: await doerOf(service, caller) } : {}),
            ...filter,
            ...(from === undefined ? {} : { openedFrom: from }),
            ...(to === undefined ? {} : { openedTo: to }),
          },
          pageRequest(query),
        );
        return emptyBecause(page, query, { registry: service.registry, visible });
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id',
      needs: 'viewer',
      title: 'A case with its time line, alerts, notices and home',
      params: caseParams,
      reply: caseDetailSchema,
      handle: async ({ service, visible, caller, params: { id } }) => {
        const found = await visibleCase(service.records, { visible, caller }, id);
        if (!found) return refuse('CASE_NOT_FOUND');
        const has = hasIt(found, caller);
        const home = visibleHome(service.registry, has ? [''] : visible, found.home);
        const [entries, alerts, notices] = await Promise.all([
          service.records.caseEntries(id, { limit: LIMITS.caseEntriesShownMax }),
          Promise.all(found.alerts.map((alert) => service.records.alert(alert))),
          service.records.notices(
            // Also those that went out while its home stood elsewhere.
            { paths: [''], case: id },
            { limit: LIMITS.pageLengthMax },
          ),
        ]);
        const sees = notesSight(caller.roles);
        const shown = has || sees(found.path);
        const known = alerts.filter((alert) => alert !== undefined);
        const devices = home ? service.registry.devices(home.home.id) : [];
        const positions = await callPositions(service.telemetry, found, known, devices);
        const care = found.kind === 'care' && !isDone(found.status) ? service.careOf(found.home) : undefined;
        return {
          case: found,
          ...(care ? { care } : {}),
          entries,
          alerts: known,
          notices: shown ? notices.items : notices.items.map(withoutAddress),
          // Whoever has it may stand at the door, wherever their rights are.
          ...(home ? { home: await homeDetail(service, home, has || sees(home.path)) } : {}),
          ...(positions.length > 0 ? { positions } : {}),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id/entries',
      needs: 'viewer',
      title: 'Earlier lines of a time line, in their order',
      description: 'The case itself comes with its newest lines; here are those before one of them.',
      params: caseParams,
      query: z.strictObject({
        before: z.coerce
          .number()
          .int()
          .min(1)
          .meta({ description: '`n` of the line that they stand before' }),
        limit: paging.limit,
      }),
      reply: z.object({ items: z.array(caseEntrySchema).readonly() }),
      handle: async ({ service, visible, caller, params: { id }, query }) => {
        const found = await visibleCase(service.records, { visible, caller }, id);
        return found ? { items: await service.records.caseEntries(id, query) } : refuse('CASE_NOT_FOUND');
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id/assignees',
      needs: 'responder',
      title: 'Who may be asked to take a case: staff of the place, and accounts with the right to',
      params: caseParams,
      reply: z.object({ items: z.array(assigneeSchema).readonly() }),
      handle: async (context) => {
        const found = await changeableCase(context, context.params.id);
        return found instanceof Refusal ? found : { items: await assigneesOf(context.service, found) };
      },
    }),
    route({
      method: 'POST',
      path: '/cases/:id/acknowledge',
      needs: 'responder',
      idempotent: true,
      title: 'Take a case: the caller becomes its owner',
      params: caseParams,
      body: z.strictObject(
        commandSchemas['case.acknowledge'].omit({ case: true, account: true, staff: true, key: true }).shape,
      ),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.acknowledge', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/assign',
      needs: 'responder',
      idempotent: true,
      title: 'Ask somebody to take a case',
      description:
        'They are told. Until they take it, it stays with its owner, or with the caller where nobody has it.',
      params: caseParams,
      body: z.strictObject({
        ...commandSchemas['case.assign'].omit({ case: true, account: true, staff: true, key: true, to: true })
          .shape,
        to: z.strictObject({ kind: z.enum(['staff', 'user']), id: z.string().min(1).max(64) }).meta({
          description: 'one of GET /cases/{id}/assignees',
        }),
      }),
      reply: caseReply,
      handle: async (context) => {
        const found = await changeableCase(context, context.params.id);
        if (found instanceof Refusal) return found;
        const to = await assigneeFor(context.service, found.path, context.body.to);
        if (!to) return refuse('CASE_ASSIGNEE_UNKNOWN');
        return changeCase(context, {
          type: 'case.assign',
          case: found.id,
          ...context.body,
          to,
        });
      },
    }),
    route({
      method: 'POST',
      path: '/cases/:id/notes',
      needs: 'responder',
      idempotent: true,
      title: 'Add a note to the time line',
      params: caseParams,
      body: z.strictObject(commandSchemas['case.note'].omit({ case: true, key: true }).shape),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.note', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/steps',
      needs: 'responder',
      idempotent: true,
      title: 'Say that somebody set out, is there, or made a telephone call',
      description:
        'Takes a case that nobody had. When neither the person nor two contacts answered within 30 minutes, the case grows graver by one step.',
      params: caseParams,
      body: z.strictObject({
        ...commandSchemas['case.step'].omit({ case: true, account: true, staff: true, key: true }).shape,
        ...positionBody,
      }),
      reply: caseReply,
      handle: async (context) =>
        positionRefusal(context.body) ??
        changeCase(context, { type: 'case.step', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/withdraw-step',
      needs: 'responder',
      idempotent: true,
      title: 'Take the newest step back: it was said by mistake',
      description:
        'Only by whoever has the case, who keeps it. What the step had met is owed again, as from when the case was taken.',
      params: caseParams,
      body: z.strictObject(
        commandSchemas['case.withdraw-step'].omit({ case: true, account: true, staff: true, key: true })
          .shape,
      ),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.withdraw-step', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/give-back',
      needs: 'responder',
      idempotent: true,
      title: 'Give a case back that one has taken and cannot go on with',
      description: 'Only by whoever has it. Nobody has it then, and people are called as from the beginning.',
      params: caseParams,
      body: z.strictObject(
        commandSchemas['case.give-back'].omit({ case: true, account: true, staff: true, key: true }).shape,
      ),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.give-back', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/confirm',
      needs: 'responder',
      idempotent: true,
      title: 'Note that the person says all is well: it takes the case off nobody and closes nothing',
      params: caseParams,
      body: z.strictObject(commandSchemas['case.confirm'].omit({ case: true, key: true }).shape),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.confirm', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/resolve',
      needs: 'responder',
      idempotent: true,
      title: 'Resolve a case with what was found',
      description:
        'A P1 or P2 about a person needs the name of who spoke to or saw them, and which of the two. Where the kind of case wants a call-back it waits for one, otherwise it is struck off.',
      params: caseParams,
      body: z.strictObject({
        ...commandSchemas['case.resolve'].omit({
          case: true,
          account: true,
          key: true,
          contact: true,
          unsaid: true,
        }).shape,
        contact: z.enum(CONTACT_WAY_NAMES).optional(),
      }),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.resolve', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/call-back',
      needs: 'responder',
      idempotent: true,
      title: 'Say what was heard when the person was called back',
      description:
        'By another person than the one who resolved the case. Satisfied: it is struck off. Not satisfied, with the reason: it is open again, and people are called from the beginning.',
      params: caseParams,
      body: z.strictObject(
        commandSchemas['case.call-back'].omit({ case: true, account: true, key: true, unsaid: true }).shape,
      ),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.call-back', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/strike-off',
      needs: 'operator',
      idempotent: true,
      title: 'Strike a resolved case off without a call-back',
      description:
        'There is nobody to call any more. By another person than the one who resolved it, with the reason.',
      params: caseParams,
      body: z.strictObject(
        commandSchemas['case.strike-off'].omit({ case: true, account: true, key: true }).shape,
      ),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.strike-off', case: context.params.id, ...context.body }),
    }),
    route({
      method: 'POST',
      path: '/cases/:id/reopen',
      needs: 'responder',
      idempotent: true,
      title: 'Open a resolved case again',
      params: caseParams,
      body: z.strictObject(commandSchemas['case.reopen'].omit({ case: true, key: true }).shape),
      reply: caseReply,
      handle: (context) =>
        changeCase(context, { type: 'case.reopen', case: context.params.id, ...context.body }),
    }),
  ],
});

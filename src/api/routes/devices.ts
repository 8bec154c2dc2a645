import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { isCovered } from '../access.ts';
import { deviceSearch } from '../home-search.ts';
import { knownOf } from '../known-history.ts';
import { measureSight } from '../measure-sight.ts';
import { notesSight } from '../notes-sight.ts';
import { Refusal, refuse, refuseAt } from '../problem.ts';
import { flag, instant, moment, pageInMemory, paging, word } from '../query.ts';
import { deviceDetailSchema, pageOf } from '../replies.ts';
import { defineRoutes, type RouteContext, route } from '../route.ts';
import { bucketSchema, eventSchema, instantSchema, metricSchema, pointSchema } from '../schemas.ts';
import { seenPeriod, seenSince } from '../seen-since.ts';
import { deviceDetail, isInTrouble, statusOf, visibleDevice, withExchange, withLast } from '../views.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const period = { from: instant.exactOptional(), to: instant.exactOptional() };
const DAY_MS = 86_400_000;

const missingSchema = z.object({ from: instantSchema, to: instantSchema }).exactOptional().meta({
  description:
    'a part of the period of which readings are with a server that does not answer at the moment, or is not configured any more',
});

const hiddenSchema = z.object({ from: instantSchema, to: instantSchema }).exactOptional().meta({
  description:
    'a part of the period in which the device was in a home whose place the caller may not see: nothing is told of it',
});

export default defineRoutes({
  noun: 'devices',
  summary: 'Meters and wristbands, their state and what they measured',
  routes: [
    route({
      method: 'GET',
      path: '/devices',
      needs: 'viewer',
      title: 'Devices, by id',
      query: z.strictObject({
        silent: flag,
        trouble: flag.meta({
          description:
            'whether it needs somebody: fought for by two connections, refused, heard and not taken, never heard since it was enrolled, or silent',
        }),
        model: word,
        home: word,
        q: z.string().trim().max(100).exactOptional().meta({
          description:
            'words, each in its id, address or model, or in what GET /homes looks for: places and room, the name or a telephone number of a resident',
        }),
        enrolledFrom: instant
          .exactOptional()
          .meta({ description: 'only those that were enrolled from here' }),
        ...paging,
      }),
      reply: pageOf(deviceDetailSchema),
      handle: async ({ service, caller, visible, query }) => {
        const { registry } = service;
        const sees = notesSight(caller.roles);
        const devices = query.home === undefined ? registry.allDevices() : registry.devices(query.home);
        const isFound = query.q
          ? deviceSearch(registry, query.q, sees, (model) => service.model(model)?.title)
          : () => true;
        const { enrolledFrom = Number.NEGATIVE_INFINITY } = query;
        const page = await pageInMemory(
          devices,
          ({ id }) => id,
          query,
          (device) =>
            (query.model === undefined || device.model === query.model) &&
            device.enrolledAt >= enrolledFrom &&
            isCovered(visible, registry.homePath(device.home) ?? device.home) &&
            isFound(device) &&
            (query.silent === undefined || statusOf(service, device.id).silent === query.silent) &&
            (query.trouble === undefined || isInTrouble(service, device) === query.trouble),
        );
        const items = page.items.map((device) =>
          deviceDetail(service, device, registry.homePath(device.home) ?? ''),
        );
        return { ...page, items: await withLast(service, items, ({ path }) => sees(path)) };
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id',
      needs: 'viewer',
      title: 'A device with its state',
      params,
      reply: deviceDetailSchema,
      handle: async ({ service, caller, visible, params: { id } }) => {
        const found = visibleDevice(service.registry, visible, id);
        if (!found) return refuse('DEVICE_NOT_FOUND');
        const detailed = [deviceDetail(service, found.device, found.path)];
        const shown = notesSight(caller.roles)(found.path);
        const [detail] = await withLast(service, detailed, () => shown);
        return detail ? withExchange(service, detail) : refuse('DEVICE_NOT_FOUND');
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/secret',
      needs: 'operator',
      idempotent: true,
      secretAnswer: true,
      title: 'Make a new secret for the device; it is shown once and the old one ends',
      params,
      reply: z.object({ secret: z.string() }),
      handle: async (context) => {
        const found = operated(context);
        if (found instanceof Refusal) return found;
        const { service, caller } = context;
        const issued = await service.issueSecret({ noun: 'device', id: found.id }, caller.name);
        return 'failure' in issued ? new Refusal(issued.failure) : issued;
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/exchange',
      needs: 'operator',
      idempotent: true,
      title: 'Say that the meter on this wall was exchanged: its counter starts anew',
      params,
      body: z.strictObject({
        at: moment.meta({ description: 'when the new meter was mounted: epoch milliseconds or ISO 8601' }),
      }),
      reply: deviceDetailSchema,
      handle: async (context) => {
        const found = operated(context);
        if (found instanceof Refusal) return found;
        const { service, caller, body } = context;
        const answer = await service.submit(
          { type: 'device.exchange', device: found.id, at: body.at },
          caller.name,
        );
        if (!answer.ok) return new Refusal(answer.failure);
        const device = service.registry.device(found.id);
        return device
          ? withExchange(service, deviceDetail(service, device, found.path))
          : refuse('DEVICE_NOT_FOUND');
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id/readings',
      needs: 'viewer',
      title: 'What a device measured: points, or with `step` one bucket for each step that holds a point',
      description:
        'The last 24 hours if no period is given; `to` is not included. What a body says (blood pressure, pulse, steps …) is told to responders of the place, positions to its operators.',
      params,
      query: z.strictObject({
        metric: metricSchema,
        ...period,
        step: z.coerce
          .number()
          .int()
          .min(1000)
          .exactOptional()
          .meta({ title: 'Step', description: 'milliseconds' }),
        limit: z.coerce.number().int().min(1).max(LIMITS.pointsPerAnswerMax).default(10_000),
      }),
      reply: z.object({
        device: z.string(),
        metric: metricSchema,
        from: instantSchema,
        to: instantSchema,
        stepMs: z.number().exactOptional(),
        points: z.array(pointSchema).exactOptional(),
        buckets: z.array(bucketSchema).exactOptional(),
        missing: missingSchema,
        hidden: hiddenSchema,
      }),
      handle: async ({ service, caller, visible, params: { id }, query }) => {
        const found = visibleDevice(service.registry, visible, id);
        if (!found) return refuse('DEVICE_NOT_FOUND');
        const where = { home: found.device.home, path: found.path };
        const sight = await measureSight(service.records, caller, query.metric, where);
        if (sight instanceof Refusal) return sight;
        const stepMs = query.step;
        const period = periodOf(query, service.clock.now());
        const { hidden, ...told } = seenPeriod(period, seenSince(found.device, sight), stepMs);
        const asked = { device: id, metric: query.metric, ...told };
        const known = { ...asked, ...period, ...(hidden && { hidden }) };
        const { telemetry } = service;
        if (stepMs === undefined) {
          const { limit } = query;
          const { answer, ...rest } = await knownOf(telemetry, asked, (from) =>
            telemetry.range({ ...asked, from, limit }),
          );
          return { ...known, points: answer, ...rest };
        }
        if ((period.to - period.from) / stepMs > LIMITS.pointsPerAnswerMax)
          return refuseAt(
            'querystring',
            { pointer: '/step', code: 'custom' },
            {
              zh: `step 过小：一次最多 ${LIMITS.pointsPerAnswerMax} 段`,
              en: `step is too small for this period: an answer has at most ${LIMITS.pointsPerAnswerMax} buckets`,
            },
          );
        const { answer, ...rest } = await knownOf(
          telemetry,
          asked,
          (from) => telemetry.downsample({ ...asked, from, stepMs }),
          stepMs,
        );
        return { ...known, stepMs, buckets: answer, ...rest };
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id/events',
      needs: 'viewer',
      title: 'What a device said has happened, oldest first; the last 24 hours if no period is given',
      params,
      query: z.strictObject({
        ...period,
        limit: z.coerce.number().int().min(1).max(LIMITS.pointsPerAnswerMax).default(1000),
      }),
      reply: z.object({
        items: z.array(z.object({ event: eventSchema, at: instantSchema })),
        missing: missingSchema,
        hidden: hiddenSchema,
      }),
      handle: async ({ service, visible, params: { id }, query }) => {
        const found = visibleDevice(service.registry, visible, id);
        if (!found) return refuse('DEVICE_NOT_FOUND');
        const period = periodOf(query, service.clock.now());
        const { hidden, ...told } = seenPeriod(period, seenSince(found.device, visible));
        const { limit } = query;
        const { telemetry } = service;
        const { answer, ...rest } = await knownOf(telemetry, told, (from) =>
          telemetry.events({ ...told, device: id, from, limit }),
        );
        return { items: answer, ...rest, ...(hidden && { hidden }) };
      },
    }),
  ],
});

/** The device, if the caller may change it: one that he may not even see does not exist for him. */
function operated({
  service,
  visible,
  nodes,
  params: { id },
}: RouteContext<{ id: string }, undefined, unknown>): { id: string; path: string } | Refusal {
  const found = visibleDevice(service.registry, visible, id);
  if (!found) return refuse('DEVICE_NOT_FOUND');
  if (!isCovered(nodes, found.path)) return refuse('NOT_ALLOWED', { role: 'operator', node: found.path });
  return { id, path: found.path };
}

/** One millisecond past now, so that a reading of this very instant is in it. */
function periodOf({ from, to }: { from?: number; to?: number }, now: number): { from: number; to: number } {
  const end = to ?? now + 1;
  return { from: from ?? end - DAY_MS, to: end };
}

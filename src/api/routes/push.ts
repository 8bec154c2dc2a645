import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import type { PushAccount } from '../../ports/push.ts';
import { type Caller, isEverywhere, nodesWith } from '../access.ts';
import { pushCounter } from '../operations.ts';
import { Refusal, refuse, tooMany } from '../problem.ts';
import { challengeOf, isStale, openedPush, type PushRequest, pusherOf } from '../push-checks.ts';
import { type ApiContext, defineRoutes, type RouteContext, route, TAKEN_OVER } from '../route.ts';
import { rejectionReasonSchema } from '../schemas.ts';

const params = z.object({ envelope: z.string().min(1).max(64) });
const body = z.unknown().meta({ description: 'as the platform sends it; up to the size of an MQTT message' });
type Context = RouteContext<z.output<typeof params>, undefined, unknown>;

export default defineRoutes({
  noun: 'push',
  summary: 'Messages that platforms push by HTTP',
  routes: [
    route({
      method: 'POST',
      path: '/push/:envelope',
      needs: 'anyone',
      title: 'Take a message that a platform pushes',
      description:
        "Needs no account of the console but the platform's own signature or token (`push.accounts` in service.yaml), or name and secret of a gateway or program as for MQTT (HTTP Basic), or a token of an operator of the whole service. Answered after the message is on disk; 503 with Retry-After where there is no room, or where the gateway of the account is not enrolled (`PUSH_GATEWAY_MISSING`). A message that makes no sense is taken and stands among the rejections: sending it again would not help. `taken` so says that it is on disk, `readings` and `events` how much of it counts, `refused` what does not and why.",
      params,
      body,
      rawBody: true,
      get bodyBytesMax() {
        return LIMITS.frameBytesMax;
      },
      reply: z.object({
        taken: z.literal(true),
        readings: z.number().int().meta({ description: 'of enrolled devices, as far as they were accepted' }),
        events: z.number().int(),
        refused: z.array(z.object({ code: rejectionReasonSchema, message: z.string() })).readonly(),
      }),
      handle: async (context) => {
        const {
          service,
          reply,
          params: { envelope },
        } = context;
        const from = await pushing(context);
        if (from instanceof Refusal) return from;
        const body = context.body instanceof Uint8Array ? context.body : new Uint8Array();
        const payload = from.account ? openedPush(from.account, body) : body;
        const outcome = await service.push.receive(envelope, payload, from.client);
        if (typeof outcome === 'object') {
          const { readings, events, refusals } = outcome;
          const refused = refusals.map(({ reason, detail }) => ({
            code: reason,
            message: detail.slice(0, 500),
          }));
          return { taken: true as const, readings, events, refused };
        }
        pushCounter(service.metrics).inc({ envelope, reason: outcome });
        reply.header('retry-after', String(LIMITS.pushRetryAfterS));
        return refuse('NOT_READY');
      },
    }),
    route({
      method: 'GET',
      path: '/push/:envelope',
      needs: 'anyone',
      title: "Answer a platform's question whether this address is ours",
      description: 'OneNET asks with `msg`, `nonce` and `signature`, and wants `msg` back as text.',
      params,
      answers: ['text/plain'],
      handle: async (context) => {
        const {
          service,
          reply,
          params: { envelope },
        } = context;
        const accounts = service.push.accounts(envelope);
        const challenge = challengeOf(accounts, requestOf(context));
        const from = challenge === undefined ? await pushing(context) : undefined;
        if (from instanceof Refusal) return from;
        await reply
          .header('cache-control', 'no-store')
          .type('text/plain')
          .send(challenge ?? '');
        return TAKEN_OVER;
      },
    }),
  ],
});

/** In whose name a request speaks, and by which account of a platform, if by one. */
interface Pusher {
  readonly client: string;
  readonly account?: PushAccount;
}

async function pushing(context: Omit<Context, 'query'>): Promise<Pusher | Refusal> {
  const {
    service,
    request,
    params: { envelope },
  } = context;
  if (!service.push.knows(envelope)) return refuse('NOT_FOUND');
  const account = pusherOf(service.push.accounts(envelope), requestOf(context));
  if (account && isStale(account, requestOf(context), context.wall.now())) {
    pushCounter(service.metrics).inc({ envelope, reason: 'too-old' });
    return refuse('PUSH_NOT_KNOWN', { reason: 'too-old' });
  }
  if (account) return { client: account.gateway, account };
  const basic = basicOf(request.headers.authorization);
  const client = basic ? await clientOf(context, basic) : await programOf(context);
  if (client instanceof Refusal) return client;
  if (client !== undefined) return { client };
  return notKnown(context);
}

/** Whoever has the right token looks for no other one; and a platform that asks again later is heard when its gateway is enrolled. */
function notKnown({ service, request, body, reply, params: { envelope } }: Omit<Context, 'query'>): Refusal {
  const missed = pusherOf(service.push.unheard(envelope), requestOf({ request, body }));
  pushCounter(service.metrics).inc({ envelope, reason: missed ? 'gateway-missing' : 'credentials' });
  if (!missed) return refuse('PUSH_NOT_KNOWN');
  service.push.missed(missed);
  reply.header('retry-after', String(LIMITS.pushRetryAfterS));
  return refuse('PUSH_GATEWAY_MISSING', { account: missed.name, gateway: missed.gateway });
}

/**
 * By name and secret. What the service made nobody guesses, and its check costs nothing: a right one so waits for nobody.
 * Guesses at what a person chose are bounded.
 */
async function clientOf(
  { service, programs, request, reply, params: { envelope } }: Omit<Context, 'query'>,
  [user, secret]: [string, string],
): Promise<string | undefined | Refusal> {
  if (!service.push.checksSlowly?.(user)) return service.push.clientOf(envelope, user, secret);
  let client: string | undefined;
  const outcome = await programs.attempt({ name: user, ip: request.ip }, async () => {
    client = await service.push.clientOf(envelope, user, secret);
    return client !== undefined;
  });
  return typeof outcome === 'object' ? tooMany(reply, outcome.waitS) : client;
}

/** A program with a token of this API: it may bring messages of all devices, so it must be trusted with all of them. */
async function programOf({ callerOf, request }: Pick<ApiContext, 'callerOf'> & Pick<Context, 'request'>) {
  // A page in somebody's browser has a cookie as well, and has no messages of devices.
  const caller: Caller | undefined = request.headers.authorization ? await callerOf(request) : undefined;
  return caller && isEverywhere(nodesWith(caller.roles, 'operator')) ? `user:${caller.id}` : undefined;
}

function basicOf(authorization: string | undefined): [string, string] | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  const [, user, secret] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  return user === undefined || secret === undefined ? undefined : [user, secret];
}

const requestOf = ({ request, body: sent }: Pick<Context, 'request' | 'body'>): PushRequest => ({
  query: request.query as Record<string, unknown>,
  headers: request.headers,
  body: sent instanceof Uint8Array ? sent : new Uint8Array(),
});

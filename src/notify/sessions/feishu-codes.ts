import type { NoticeFailure } from '../../model/notice.ts';
import type { SessionProblem } from '../../model/session-problem.ts';
import type { Answer } from '../define.ts';
import { type ProviderReply, record, text } from './provider-call.ts';

/**
 * What the codes of Feishu mean for us: those of messages (23…) and the general ones (999914…, 999916…).
 *
 * @see https://open.feishu.cn/document/server-docs/im-v1/message/create
 * @see https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code
 */
const CODES: ReadonlyMap<number, Meaning> = new Map([
  // Over 5 a second to one receiver or 50 a second in all; the same message is still being sent.
  ...each(['retry', 'provider-busy'], [230020, 230049, 99991400, 11232]),
  // Outside the visible range of the robot, left the company, or an id that is none.
  ...each(['refused', 'recipient-invalid'], [230013, 230034, 230036, 230038]),
  ...each(['refused', 'refused-by-recipient'], [230053]),
  // App, secret, rights, address; the robot is off, not in the group or silenced; content that is not let through.
  ...each(
    ['refused', 'channel-misconfigured'],
    [
      10003, 10012, 10013, 10014, 10015, 230001, 230002, 230006, 230018, 230022, 230025, 230027, 230028,
      230035, 230055, 230099, 99991401, 99991402, 99991662, 99991672, 99991679,
    ],
  ),
  // Recalled, not of this app, older than 14 days, not a shared card: it cannot be changed any more.
  ...each(['refused', 'provider-error'], [230011, 230012, 230031, 230072, 230110, 230111]),
]);

type Meaning = readonly ['retry' | 'refused', NoticeFailure];

function each(meaning: Meaning, codes: readonly number[]): (readonly [number, Meaning])[] {
  return codes.map((code) => [code, meaning] as const);
}

/** The access token ran out or is none: a new one helps. */
const TOKEN = new Set([99991661, 99991663, 99991664, 99991665, 99991668, 99991677]);

const TOO_FAST_WAIT_MS = 5_000;
/** Five a second to one person or group: what a busy group has to wait for holds up nobody else. */
const TO_ONE_RECEIVER = 230020;

const feishuCode = ({ body }: ProviderReply): number | undefined => {
  const { code } = body;
  return typeof code === 'number' ? code : undefined;
};

export const isTokenRefused = (reply: ProviderReply): boolean => TOKEN.has(feishuCode(reply) ?? 0);

/** Reads the answer to a call about a message: the code in the body decides, also within HTTP 200 and 400. */
export function feishuAnswer(reply: ProviderReply): Answer {
  const { status, body } = reply;
  const code = feishuCode(reply);
  const detail = code === undefined ? `HTTP ${status}` : `${code} ${text(body['msg'])}`;
  if (code === 0 && status === 200) {
    const id = text(record(body['data'])['message_id']);
    return { kind: 'accepted', detail, ...(id === '' ? {} : { providerId: id }) };
  }
  if (code !== undefined && TOKEN.has(code)) return { kind: 'retry', failure: 'provider-error', detail };
  const known = CODES.get(code ?? 0);
  if (known?.[1] === 'provider-busy' || status === 429) {
    const only = code === TO_ONE_RECEIVER ? ({ only: 'address' } as const) : {};
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: TOO_FAST_WAIT_MS, ...only };
  }
  const [kind, failure] = known ?? (['retry', 'provider-error'] as const);
  return { kind, failure, detail };
}

const BUSY = 1;
const INTERNAL = 1000040343;
const CONNECTIONS_MAX = 1000040350;

/** Why no way to connect is given. */
export function feishuRefusal(reply: ProviderReply): SessionProblem {
  const code = feishuCode(reply);
  if (code === undefined || code === BUSY || code === INTERNAL || reply.status >= 500) return 'no-answer';
  if (code === CONNECTIONS_MAX) return 'too-many';
  return CODES.get(code)?.[1] === 'provider-busy' ? 'too-often' : 'refused';
}

/** Why the connection was refused, by the headers of the refusal. */
export function upgradeRefusal(headers: Readonly<Record<string, unknown>>): SessionProblem {
  if (Number(headers['handshake-autherrcode']) === CONNECTIONS_MAX) return 'too-many';
  const status = Number(headers['handshake-status']);
  return status === 403 || status === 514 ? 'refused' : 'unreachable';
}

import type { SessionProblem } from '../../model/session-problem.ts';
import type { Answer } from '../define.ts';
import { type ProviderReply, record, text } from './provider-call.ts';

/** One application may ask twenty times a second; the ban lasts one. */
const TOO_FAST = /QpsLimit|Throttl|TooFast|too ?many/i;
const TOO_FAST_WAIT_MS = 2_000;

/** The access token ran out or was taken back: a new one helps. */
const TOKEN = /^(InvalidAuthentication|Forbidden\.AccessDenied\.AccessTokenInvalid|40014|42001)$/i;

/** A person or group that does not exist, or in which the robot is not. */
const RECIPIENT =
  /^(param\.)?(userIdNotExist|userIdEmpty|userNotExist|emptyUserId)$|^(uid|cid)DecryptError$|^cidParse\.wrong$|^(sceneGroupNotFound|decryptOpenconversationIdFailed|chatbotNotInstall|userInfo\.convertError)$|spaceId|^openSpaceId/i;

/** Secrets, rights, template, robot, content that is not let through. */
const CONFIGURATION =
  /^invalidClientIdOrSecret$|^authFailed$|^Forbidden|^permission\.|^(param\.)?(cardTemplate|cardTemplateId|openSpaceModel|outTrackId|cardPublicData|content)|^cardTemplateInvalid$|^card(Instance)?\.|^chatbot(NotFound|\.notFound)$|^contentSecurityCh|^contentCheckError$|^invalidParameter|^param\./i;

/** It is there: the provider knows a card by our own number. */
const REPEATED = /outTra(c|k)k?Id.*(exist|duplicat|repeat)|(exist|duplicat|repeat).*outTra(c|k)k?Id/i;
const NOT_THERE = /not ?exist|notFound/i;

/**
 * Reads the answer to a call about a card: an error is a word in `code`, a card that could not be brought to its place a
 * `success: false` within HTTP 200.
 *
 * @see https://open.dingtalk.com/document/orgapp/create-and-deliver-cards
 */
export function dingtalkAnswer({ status, body }: ProviderReply, outTrackId: string): Answer {
  const code = text(body['code']);
  const message = text(body['message']);
  if (status === 200 && code === '') {
    if (body['success'] === false) return refusalOf('', 'success: false', status);
    const undelivered = undeliveredIn(body);
    if (undelivered !== undefined) return refusalOf(undelivered, undelivered, status, 'recipient-invalid');
    return { kind: 'accepted', detail: `HTTP 200 ${text(body['requestId'])}`.trim(), providerId: outTrackId };
  }
  if (REPEATED.test(`${code} ${message}`) && !NOT_THERE.test(`${code} ${message}`)) {
    return { kind: 'accepted', detail: `it was there already: ${code}`, providerId: outTrackId };
  }
  return refusalOf(code, message, status);
}

/** The words with which a place of the card was refused. */
function undeliveredIn(body: ProviderReply['body']): string | undefined {
  const results = record(body['result'])['deliverResults'];
  if (!Array.isArray(results)) return undefined;
  const failed = results.map(record).find(({ success }) => success === false);
  return failed && text(failed['errorMsg']);
}

function refusalOf(code: string, message: string, status: number, otherwise?: 'recipient-invalid'): Answer {
  const detail = `HTTP ${status} ${code} ${message}`.trim();
  if (TOO_FAST.test(code) || status === 429) {
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: TOO_FAST_WAIT_MS };
  }
  if (isTokenRefused(code)) return { kind: 'retry', failure: 'provider-error', detail };
  if (RECIPIENT.test(code)) return { kind: 'refused', failure: 'recipient-invalid', detail };
  if (CONFIGURATION.test(code)) return { kind: 'refused', failure: 'channel-misconfigured', detail };
  if (otherwise) return { kind: 'refused', failure: otherwise, detail };
  return { kind: 'retry', failure: 'provider-error', detail };
}

export const isTokenRefused = (code: string): boolean => TOKEN.test(code);

/** Why no connection is opened for us. */
export function dingtalkRefusal({ status, body }: ProviderReply): SessionProblem {
  const code = text(body['code']);
  if (TOO_FAST.test(code) || status === 429) return 'too-often';
  return status >= 400 && status < 500 ? 'refused' : 'no-answer';
}

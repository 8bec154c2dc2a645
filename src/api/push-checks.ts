import { createHash } from 'node:crypto';
import { HOUR, SECOND } from '../lib/clock.ts';
import { equalSecrets, isSameToken } from '../lib/secrets.ts';
import type { PushAccount, PushCheck } from '../ports/push.ts';
import { oneNetPlain } from './onenet-cipher.ts';

/** What of a request the checks look at. */
export interface PushRequest {
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** The account whose token made this request; undefined: none did. */
export const pusherOf = (accounts: readonly PushAccount[], request: PushRequest): PushAccount | undefined =>
  // A token in the address is what every platform can do, also one whose signature is switched off.
  accounts.find(({ check, token }) => hasToken(request, token) || CHECKS[check](request, token));

/**
 * Whether this was signed too long ago: whoever recorded it sends it again. IoTDA keeps for a day what could not be pushed, and which
 * instant it signs it does not say: so that long is allowed, and an hour for clocks. Only what is signed counts; where the address bears the
 * token, or the timestamp has a form that we do not know, nothing is said of its age.
 */
export function isStale({ check, token }: PushAccount, request: PushRequest, now: number): boolean {
  if (check !== 'huawei' || hasToken(request, token)) return false;
  const at = instantIn(fieldOf(request, 'timestamp') ?? '');
  return at !== undefined && now - at > SIGNED_MS_MAX;
}

const SIGNED_MS_MAX = 25 * HOUR;

/** Seconds or milliseconds of the epoch, or as ISO 8601 has it. */
function instantIn(text: string): number | undefined {
  if (/^\d{10}$/.test(text)) return Number(text) * SECOND;
  if (/^\d{13}$/.test(text)) return Number(text);
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** What a platform sends to see whether the address is ours, and wants to hear again. */
export function challengeOf(accounts: readonly PushAccount[], { query }: PushRequest): string | undefined {
  const [msg, nonce, signature] = [query['msg'], query['nonce'], query['signature']].map(textOf);
  if (msg === undefined || nonce === undefined || signature === undefined) return undefined;
  const asked = accounts.find(
    ({ check, token }) => check === 'onenet' && isOneNet(token, nonce, msg, signature),
  );
  return asked && msg;
}

const CHECKS: Readonly<Record<PushCheck, (request: PushRequest, token: string) => boolean>> = {
  token: () => false,
  onenet: oneNetSigned,
  huawei: huaweiSigned,
  aliyun: aliyunSigned,
};

/**
 * The body as the envelope opens it. An encrypted message of OneNET is decrypted with the key of the account; where that
 * does not succeed it goes on as it came, and is refused as encrypted where operators see it.
 */
export function openedPush({ aesKey }: PushAccount, body: Uint8Array): Uint8Array {
  if (aesKey === undefined) return body;
  const fields = fieldsOf(body);
  const plain = oneNetPlain(fields.get('enc_msg') ?? fields.get('msg') ?? '', aesKey);
  return plain === undefined ? body : Buffer.from(JSON.stringify({ msg: plain }), 'utf8');
}

function hasToken({ query, headers }: PushRequest, token: string): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(textOf(headers['authorization']) ?? '')?.[1];
  return [textOf(query['token']), bearer, textOf(headers['token'])].some(
    (given) => given !== undefined && isSameToken(given, token),
  );
}

/** `signature` of OneNET, `msg_signature` of its older platform: over the message as it stands in the body. */
function oneNetSigned({ body }: PushRequest, token: string): boolean {
  const fields = fieldsOf(body);
  const [msg, nonce] = [fields.get('msg') ?? fields.get('enc_msg'), fields.get('nonce')];
  const signature = fields.get('signature') ?? fields.get('msg_signature');
  if (msg === undefined || nonce === undefined || signature === undefined) return false;
  return isOneNet(token, nonce, msg, signature);
}

/** base64(md5(token + nonce + msg)): the platform's choice, not ours. */
function isOneNet(token: string, nonce: string, msg: string, signature: string): boolean {
  const expected = createHash('md5')
    .update(token + nonce + msg)
    .digest('base64');
  // In an address a plus may have been read as a blank.
  return equalSecrets(signature.replaceAll(' ', '+'), expected);
}

const fieldOf = ({ query, headers }: PushRequest, name: string): string | undefined =>
  textOf(headers[name]) ?? textOf(query[name]);

/** Huawei IoTDA: sha256 over token, timestamp and nonce, sorted and put together. What is in the body it does not sign. */
function huaweiSigned(request: PushRequest, token: string): boolean {
  const [signature, timestamp, nonce] = ['signature', 'timestamp', 'nonce'].map((name) =>
    fieldOf(request, name),
  );
  if (signature === undefined || timestamp === undefined || nonce === undefined) return false;
  const signed = [token, timestamp, nonce].sort().join('');
  return equalSecrets(signature.toLowerCase(), createHash('sha256').update(signed).digest('hex'));
}

/**
 * Alibaba's living platform: md5 over the three fields, sorted, with the appSecret behind them. The parameters come as
 * JSON or as a form.
 *
 * @see https://help.aliyun.com/document_detail/129708.html
 */
function aliyunSigned({ body }: PushRequest, appSecret: string): boolean {
  const fields = fieldsOf(body);
  const sign = fields.get('sign');
  if (sign === undefined || !fields.has('message')) return false;
  const signed = ['appKey', 'message', 'msgCode']
    .map((name) => `${name}=${fields.get(name) ?? ''}`)
    .join('&');
  const expected = createHash('md5')
    .update(signed + appSecret)
    .digest('hex');
  return equalSecrets(sign.toLowerCase(), expected);
}

const read = new WeakMap<Uint8Array, ReadonlyMap<string, string>>();

/** Of JSON or of a form. Read once for all accounts: whoever pushes without a right token makes little work. */
function fieldsOf(body: Uint8Array): ReadonlyMap<string, string> {
  const known = read.get(body);
  if (known) return known;
  const text = Buffer.from(body).toString('utf8');
  const fields = new Map(text.trimStart().startsWith('{') ? topFields(text) : new URLSearchParams(text));
  read.set(body, fields);
  return fields;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * The fields of a JSON object as they stand in its text: texts without their quotes, everything else letter for letter,
 * since a signature over an object is one over its text. Nothing of what is no JSON object; numbers keep all digits.
 */
export function topFields(text: string): [string, string][] {
  const fields: [string, string][] = [];
  let depth = 0;
  let from = 0;
  let key: string | undefined;
  for (const { 0: token, index } of text.matchAll(JSON_TOKENS)) {
    const part = (): string => plain(text.slice(from, index).trim());
    const isOpening = token === '{' || token === '[';
    const isClosing = token === '}' || token === ']';
    if (isOpening) depth++;
    const isOurs =
      depth === 1 && (isOpening || isClosing || token === ',' || (token === ':' && key === undefined));
    if (isClosing) depth--;
    if (!isOurs) continue;
    if (token === ':') key = part();
    else if (key !== undefined) {
      fields.push([key, part()]);
      key = undefined;
    }
    from = index + 1;
  }
  return fields;
}

/** Texts, to be passed over, and what stands between. It fits any text, closed or not: nothing is tried twice. */
const JSON_TOKENS = /"(?:[^"\\]+|\\.?)*"?|[{}[\],:]/gs;

function plain(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

import { readFile } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import { errorText } from '../model/system-words.ts';
import type { Text } from '../model/text.ts';
import type { BrokerRefusal, CertificateInUse } from '../ports/broker.ts';
import type { BrokerLimits, ExternalBrokerOptions } from './options.ts';

const DEFAULT_KEEP_ALIVE_S = 30;
/** A session that the broker keeps until we come back (MQTT 5, 3.1.2.11.2). */
const NEVER = 0xffff_ffff;

/** How the client of an outside broker is made. @throws if the file with the authority cannot be read */
export async function clientOptions(
  options: ExternalBrokerOptions,
  limits: BrokerLimits,
  reconnectPeriod: number,
): Promise<IClientOptions> {
  const { username, password, clientId, caFile, sharedGroup, keepAliveS = DEFAULT_KEEP_ALIVE_S } = options;
  const shared = {
    protocolVersion: 5 as const,
    properties: { sessionExpiryInterval: NEVER, receiveMaximum: limits.upstreamUnackedMax },
  };
  return {
    ...(sharedGroup === undefined ? { protocolVersion: 4 as const } : shared),
    clientId,
    // The session outlives the connection: the broker keeps what comes while we are away.
    clean: false,
    keepalive: keepAliveS,
    connectTimeout: limits.connectTimeoutMs,
    reconnectOnConnackError: true,
    reconnectPeriod,
    queueQoSZero: false,
    // We subscribe at each connection ourselves, and look at the answer.
    resubscribe: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { ca: await readFile(caFile) }),
  };
}

/**
 * The certificate that the broker showed on this connection; undefined without TLS, and over WebSocket, whose stream has none.
 * It is kept while we are away: its end may be why.
 */
export function shownCertificate(stream: unknown, url: string): CertificateInUse | undefined {
  const { getPeerCertificate } = stream as Partial<Pick<TLSSocket, 'getPeerCertificate'>>;
  const { valid_to: end } = getPeerCertificate?.call(stream, false) ?? {};
  return end === undefined ? undefined : { endsAt: Date.parse(end), shownBy: new URL(url).host };
}

/** Why we are not connected, with the setting that has to do with it. */
export function awayBecause(error: Error & { code?: unknown }, refusal: BrokerRefusal | undefined): Text {
  if (refusal === 'wrong-credentials') return REFUSED;
  const words = errorText(error);
  if (error.code === 'CERT_HAS_EXPIRED')
    return { zh: `${words.zh}；${RENEW.zh}`, en: `${words.en}; ${RENEW.en}` };
  if (!/CERT|SIGNATURE|ISSUER/.test(String(error.code))) return words;
  return { zh: `${words.zh}；见 mqtt.external.caFile`, en: `${words.en}; see mqtt.external.caFile` };
}

const RENEW: Text = {
  zh: '请 broker 的管理者续签（设备也连不上）',
  en: 'have it renewed over there: devices cannot connect either',
};

const REFUSED: Text = {
  zh: '对方拒绝了我们的账号或密码；见 mqtt.external',
  en: 'it refuses our account or password; see mqtt.external',
};

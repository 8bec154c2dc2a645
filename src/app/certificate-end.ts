import { DAY } from '../lib/clock.ts';
import { shortLocal } from '../lib/local-time.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import type { Text } from '../model/text.ts';
import type { CertificateInUse } from '../ports/broker.ts';
import type { Health } from '../ports/service.ts';
import type { ServiceFindingState } from './service-finding.ts';

/** As `doctor` has it. */
const NEAR_MS = 21 * DAY;

/**
 * An end that is near leaves time to act; after it no device gets in, and each would be missed one by one; nor do we, where
 * it is an outside broker's; nor do people, where it is the console's. Of several the one that wants somebody first is told.
 */
export function certificateCheck(certificates: readonly CertificateInUse[], now: number): Check | undefined {
  const checks = soonestFirst(certificates).map((each) => checkOf(each, now));
  return checks.find(({ ok }) => !ok) ?? checks.find(({ warning }) => warning) ?? checks[0];
}

type Check = Health['checks'][string];

const soonestFirst = (certificates: readonly CertificateInUse[]): CertificateInUse[] =>
  certificates.toSorted((a, b) => a.endsAt - b.endsAt);

function checkOf({ endsAt, renewal, shownBy, of: place }: CertificateInUse, now: number): Check {
  const end = new Date(endsAt).toISOString();
  const isOver = now >= endsAt;
  const [whose, of] =
    place === 'console'
      ? ['控制台的证书', 'that of the console ']
      : shownBy === undefined
        ? ['', '']
        : [`${shownBy} 的证书`, `that of ${shownBy} `];
  const until: Text = isOver
    ? { zh: `${whose}已于 ${end} 过期`, en: `${of}expired at ${end}` }
    : { zh: `${whose}有效期至 ${end}`, en: `${of}valid until ${end}` };
  const detail =
    renewal === undefined
      ? until
      : {
          zh: `新证书无法载入：${renewal.zh}；仍用旧证书，${until.zh}`,
          en: `what came to replace it does not load: ${renewal.en}; the old one stays, ${until.en}`,
        };
  const isWarning = renewal !== undefined || endsAt - now < NEAR_MS;
  return { ok: !isOver, ...(isWarning && !isOver && { warning: true }), detail };
}

/** Whoever has said that they see to it is asked again so long before the end. */
const ASKED_AGAIN_MS = [7 * DAY, 2 * DAY] as const;

interface CertificateFact {
  readonly since: number;
  readonly values: ServiceFindingValues;
}

/**
 * People who can have it renewed are told while there is time.
 *
 * @param known what was told and stands
 * @param isAway there is no connection, and so nobody shows one: after a start it is not known yet, and what stands goes on
 */
export function certificateFact(
  certificates: readonly CertificateInUse[],
  now: number,
  zone: string,
  known?: ServiceFindingState,
  isAway = false,
): CertificateFact | undefined {
  const [soonest] = soonestFirst(certificates);
  if (!soonest || soonest.endsAt - now >= NEAR_MS)
    return known && isAway ? { since: now, values: asKnown(known) } : undefined;
  const { endsAt, shownBy, of } = soonest;
  const whose = { ...(shownBy !== undefined && { shownBy }), ...(of !== undefined && { of }) };
  const next = ASKED_AGAIN_MS.map((before) => endsAt - before).find((at) => at > now) ?? endsAt;
  const until = shortLocal(endsAt, zone);
  return { since: now, values: { until, ...whose, key: String(endsAt), ends: next } };
}

const asKnown = ({ open, key }: ServiceFindingState): ServiceFindingValues =>
  (open?.evidence.values as ServiceFindingValues | undefined) ?? (key === undefined ? {} : { key });

import { DAY } from '../lib/clock.ts';
import { shortLocal } from '../lib/local-time.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import type { Text } from '../model/text.ts';
import type { CertificateInUse } from '../ports/broker.ts';
import type { Health } from '../ports/service.ts';

/** As `doctor` has it. */
const NEAR_MS = 21 * DAY;

/**
 * An end that is near leaves time to act; after it no device gets in, and each would be missed one by one; nor do we, where
 * it is an outside broker's.
 */
export function certificateCheck(
  { endsAt, renewal, shownBy }: CertificateInUse,
  now: number,
): Health['checks'][string] {
  const end = new Date(endsAt).toISOString();
  const isOver = now >= endsAt;
  const [whose, of] = shownBy === undefined ? ['', ''] : [`${shownBy} 的证书`, `that of ${shownBy} `];
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

/** People who can have it renewed are told while there is time. */
export function certificateFact(
  certificate: CertificateInUse | undefined,
  now: number,
  zone: string,
): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
  if (!certificate || certificate.endsAt - now >= NEAR_MS) return undefined;
  const { endsAt, shownBy } = certificate;
  const whose = shownBy === undefined ? {} : { shownBy };
  return { since: now, values: { until: shortLocal(endsAt, zone), ...whose, key: endsAt } };
}

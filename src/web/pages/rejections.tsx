import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { REJECTION_REASONS, type RejectionReason } from '../../model/rejection.ts';
import type { RejectionCount, StoredRejection } from '../../ports/records.ts';
import { refusalDetail, refusedClock } from '../format/detail.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { More, usePaged } from '../parts/paged.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, number, pick, t } from '../text/translate.ts';

interface Counts extends PageReply<RejectionCount> {
  readonly refusedLogins: { readonly count: number; readonly lastAt?: number };
}

const isReason = (name: string | undefined): name is RejectionReason =>
  name !== undefined && Object.hasOwn(REJECTION_REASONS, name);

/** What was not taken: how often for each reason, and the last ones as they came. */
export function RejectionsPage() {
  const { query } = useLocation();
  const wanted = query['reason'];
  const reason = isReason(wanted) ? wanted : undefined;
  const counts = useLoaded(() => get<Counts>('/rejections/counts'), []);
  const { page, rows, next, more } = usePaged<StoredRejection>('/rejections', { reason, limit: 100 });
  useEffect(() => {
    pageTitle.value = t('rejections.title');
  }, [locale.value]);
  const inOrder = [...(counts.value.value?.items ?? [])].sort((a, b) => b.count - a.count);
  const logins = counts.value.value?.refusedLogins;
  const door = logins && logins.count > 0 ? logins : undefined;
  return (
    <div class="page">
      <h1>{t('rejections.title')}</h1>
      <p class="lead">{t('rejections.lead')}</p>
      <LoadState of={counts}>
        {inOrder.length === 0 ? (
          <p class="empty">{t(door ? 'rejections.noneOfTheLetIn' : 'rejections.none')}</p>
        ) : (
          <ul class="counts">
            {inOrder.map((one) => (
              <li key={one.reason}>
                <a
                  href={reason === one.reason ? '/rejections' : `/rejections?reason=${one.reason}`}
                  aria-current={reason === one.reason ? 'true' : undefined}
                >
                  <b class="num">{number(one.count)}</b>
                  <span>{pick(REJECTION_REASONS[one.reason])}</span>
                  <span class="quiet-text">
                    {t('rejections.last')} <Age at={one.lastAt} />
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </LoadState>
      {door && (
        <div class="message message-warning" data-refused-logins>
          <p>
            {t('rejections.door', { n: door.count })}{' '}
            {door.lastAt !== undefined && (
              <>
                {t('rejections.last')} <Age at={door.lastAt} /> ·{' '}
              </>
            )}
            {t('rejections.doorWho')}
            <a href="/onboarding">{t('rejections.doorGateways')}</a> ·{' '}
            <a href="/devices">{t('devices.title')}</a>
          </p>
        </div>
      )}
      {inOrder.length > 0 && (
        <>
          <h2>
            {reason
              ? t('rejections.filter', { reason: pick(REJECTION_REASONS[reason]) })
              : t('rejections.recent')}
          </h2>
          {reason && (
            <p>
              <a href="/rejections">{t('list.filters.reset')}</a>
            </p>
          )}
          <LoadState of={page}>
            <ul class="rejections">
              {rows.map((one) => (
                <Rejection key={one.id} of={one} />
              ))}
            </ul>
            {next !== undefined && <More {...more} />}
          </LoadState>
        </>
      )}
    </div>
  );
}

function Rejection({ of: one }: { of: StoredRejection }) {
  const kept = one.payloadEncoding === 'utf8' ? new TextEncoder().encode(one.payload).length : undefined;
  const clock = refusedClock(one, zoneOf());
  const cut = kept !== undefined && kept < one.payloadBytes;
  return (
    <li class="card">
      <p>
        <b>{pick(REJECTION_REASONS[one.reason])}</b> <code>{one.reason}</code>{' '}
        <span class="quiet-text">
          <Moment at={one.at} zone={zoneOf()} />
        </span>
      </p>
      {one.detail && <p>{refusalDetail(one.detail, now.value, zoneOf())}</p>}
      {clock !== undefined && <p>{clock}</p>}
      <dl class="pairs">
        <div>
          <dt>{t('rejections.topic')}</dt>
          <dd>
            <code>{one.topic}</code>
          </dd>
        </div>
        <div>
          <dt>{t('rejections.from')}</dt>
          <dd>
            <code>{one.from}</code>
          </dd>
        </div>
        {one.device !== undefined && one.device !== one.from && (
          <div>
            <dt>{t('rejections.device')}</dt>
            <dd>
              <code>{one.device}</code>
            </dd>
          </div>
        )}
      </dl>
      <details>
        <summary>
          {t('rejections.payload')}{' '}
          <span class="quiet-text">
            {t(cut ? 'rejections.cut' : 'rejections.bytes', { n: one.payloadBytes })}
            {one.payloadEncoding === 'base64' && ' · base64'}
          </span>
        </summary>
        <pre>{one.payload}</pre>
      </details>
    </li>
  );
}

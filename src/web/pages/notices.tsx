import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Notice, NoticeState } from '../../model/notice.ts';
import { NoticeRow } from '../cases/notices-section.tsx';
import { ChannelCard } from '../parts/channel-card.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { More, usePaged } from '../parts/paged.tsx';
import type { ChannelState } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { zoneOf } from '../state/places.ts';
import { may } from '../state/session.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** Who was not told, who is not told yet, and whether the ways to people are proven to work. */
export function NoticesPage() {
  useEffect(() => {
    pageTitle.value = t('notices.title');
  }, [locale.value]);
  return (
    <div class="page">
      <h1>{t('notices.title')}</h1>
      <h2>{t('notices.failed')}</h2>
      <p class="lead">{t('notices.lead')}</p>
      <List state="failed" none={t('notices.none')} />
      <h2>{t('notices.waiting')}</h2>
      <List state="queued" none={t('notices.waitingNone')} />
      <h2>{t('notices.channels')}</h2>
      <p class="quiet-text">{t('notices.channelsLead')}</p>
      <Channels />
      <h2>{t('notices.sent')}</h2>
      <Sent />
    </div>
  );
}

function Channels() {
  const channels = useLoaded(() => get<{ items: readonly ChannelState[] }>('/channels'), []);
  // To send over a channel of the whole service, one has to be trusted with the whole service.
  const mayTest = may('operator', '');
  return (
    <LoadState of={channels}>
      <ul class="channel-list">
        {(channels.value.value?.items ?? []).map((one) => (
          <ChannelCard key={one.id} of={one} mayTest={mayTest} />
        ))}
      </ul>
    </LoadState>
  );
}

const SENT_STATES = ['accepted', 'delivered', 'seen', 'withdrawn'] as const;

/** What went out, by how far it has come. */
function Sent() {
  const chosen = useSignal<NoticeState>('accepted');
  return (
    <>
      <fieldset class="choice">
        <legend>{t('notices.state')}</legend>
        {SENT_STATES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={chosen.value === one}
            onClick={() => {
              chosen.value = one;
            }}
          >
            {t(`notice.state.${one}`)}
          </button>
        ))}
      </fieldset>
      <List key={chosen.value} state={chosen.value} none={t('notices.sentNone')} limit={30} />
    </>
  );
}

function List({ state, none, limit = 100 }: { state: NoticeState; none: string; limit?: number }) {
  const { page, rows, next, more } = usePaged<Notice>('/notices', { state, limit });
  return (
    <LoadState of={page}>
      {rows.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <ul class="notice-list">
          {rows.map((one) => (
            <li key={one.id} class="card">
              <p class="notice-title">
                <b>{pick(one.content.title)}</b>
                {one.case !== '' && (
                  <a
                    href={`/cases/${encodeURIComponent(one.case)}`}
                    aria-label={`${t('notices.case')} ${pick(one.content.title)}`}
                  >
                    {t('notices.case')}
                  </a>
                )}
              </p>
              <ul class="notices">
                <NoticeRow of={one} zone={zoneOf(one.path)} />
              </ul>
            </li>
          ))}
        </ul>
      )}
      {next !== undefined && <More {...more} />}
    </LoadState>
  );
}

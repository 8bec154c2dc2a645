import { useEffect } from 'preact/hooks';
import type { Notice, NoticeState } from '../../model/notice.ts';
import { NoticeRow } from '../cases/sections.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import type { PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { zoneOf } from '../state/places.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** Who was not told, and who is not told yet. */
export function NoticesPage() {
  useEffect(() => {
    pageTitle.value = t('notices.title');
  }, [locale.value]);
  return (
    <div class="page">
      <h1>{t('notices.title')}</h1>
      <p class="lead">{t('notices.lead')}</p>
      <List state="failed" none={t('notices.none')} />
      <h2>{t('notices.waiting')}</h2>
      <List state="queued" none={t('notices.waitingNone')} />
    </div>
  );
}

function List({ state, none }: { state: NoticeState; none: string }) {
  const notices = useLoaded(() => get<PageReply<Notice>>('/notices', { state, limit: 100 }), [state]);
  const items = notices.value.value?.items ?? [];
  return (
    <LoadState of={notices}>
      {items.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <ul class="notice-list">
          {items.map((one) => (
            <li key={one.id} class="card">
              <p class="notice-title">
                <b>{pick(one.content.title)}</b>
                {one.case !== '' && (
                  <a href={`/cases/${encodeURIComponent(one.case)}`}>{t('notices.case')}</a>
                )}
              </p>
              <ul class="notices">
                <NoticeRow of={one} zone={zoneOf(one.path)} />
              </ul>
            </li>
          ))}
        </ul>
      )}
    </LoadState>
  );
}

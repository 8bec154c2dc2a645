import { requestCategory } from '../../model/request-category.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { StatusBadge } from '../parts/badges.tsx';
import { useLoaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/times.tsx';
import type { HomeDetail, PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { pick, t } from '../text/translate.ts';

const NOT_OVER = {
  kind: 'request',
  status: ['open', 'acknowledged', 'resolved'],
  order: 'newest',
  limit: 30,
};

/** What this home asked for and is not over: whoever telephones again asks what became of it, and must not ask twice. */
export function Requests({ of: { home, path } }: { of: HomeDetail }) {
  const page = useLoaded(
    () => get<PageReply<NumberedCase>>('/cases', { ...NOT_OVER, home: home.id }),
    [home.id],
  );
  const cases = page.value.value?.items ?? [];
  if (cases.length === 0) return null;
  return (
    <section class="card" aria-labelledby="requests">
      <h2 id="requests">{t('home.requests')}</h2>
      <ul class="plain">
        {cases.map((one) => (
          <li key={one.id} data-request={one.id}>
            <a href={`/cases/${encodeURIComponent(one.id)}`}>
              {pick(one.category ? requestCategory(one.category).title : one.title)}
            </a>{' '}
            <StatusBadge status={one.status} />{' '}
            <span class="quiet-text">
              <Moment at={one.openedAt} path={path} />
              {one.acknowledgedBy !== undefined && ` · ${one.acknowledgedBy}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { OUTCOMES } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { placeOf, residentsOf, sentenceOf } from '../parts/place.tsx';
import { Moment } from '../parts/times.tsx';
import type { PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { wantBackgrounds } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { type Period, queryOf } from './ledger-query.ts';

const PAGE = 50;

/** The cases themselves, the newest first. */
export function Rows(period: Period) {
  const more = useSignal<readonly NumberedCase[]>([]);
  const next = useSignal<string | undefined>(undefined);
  const { from, to, kind, path } = period;
  const query = { ...queryOf(period), order: 'newest', limit: PAGE };
  const page = useLoaded(async () => {
    const answer = await get<PageReply<NumberedCase>>('/cases', query);
    if (answer.ok && more.peek().length === 0) next.value = answer.value.next;
    return answer;
  }, [from, to, kind, path]);
  const rows = [...(page.value.value?.items ?? []), ...more.value];
  useEffect(() => wantBackgrounds(rows), [rows.length]);
  const loadMore = async () => {
    const answer = await get<PageReply<NumberedCase>>('/cases', { ...query, cursor: next.value });
    if (!answer.ok) return;
    more.value = [...more.value, ...answer.value.items];
    next.value = answer.value.next;
  };
  return (
    <LoadState of={page}>
      {rows.length === 0 ? (
        <p class="empty">{t('ledger.empty')}</p>
      ) : (
        <ol class="ledger-rows">
          {rows.map((one) => (
            <Row key={one.id} of={one} />
          ))}
        </ol>
      )}
      {next.value !== undefined && (
        <button type="button" class="button no-print" onClick={() => void loadMore()}>
          {t('app.more')}
        </button>
      )}
    </LoadState>
  );
}

function Row({ of: one }: { of: NumberedCase }) {
  return (
    <li class="ledger-row" data-case={one.id}>
      <span>
        <PriorityBadge priority={one.priority} kind={one.kind} />{' '}
        <span class="quiet-text">#{one.number}</span>
      </span>
      <a href={`/cases/${encodeURIComponent(one.id)}`}>
        <b>{placeOf(one) ?? t('list.case', { number: String(one.number) })}</b> {residentsOf(one)}
      </a>
      <span class="ledger-what">{sentenceOf(one)}</span>
      <span>
        <StatusBadge status={one.status} /> {one.outcome && pick(OUTCOMES[one.outcome])}
      </span>
      <span class="quiet-text">
        <Moment at={one.openedAt} path={one.path} />
        {one.resolvedBy !== undefined && ` · ${one.resolvedBy}`}
      </span>
    </li>
  );
}

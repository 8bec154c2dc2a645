import { useEffect } from 'preact/hooks';
import { OUTCOMES } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { LoadState } from '../parts/loaded.tsx';
import { More, usePaged } from '../parts/paged.tsx';
import { placeOf, residentsOf, sentenceOf } from '../parts/place.tsx';
import { Moment } from '../parts/times.tsx';
import { wantBackgrounds } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { type Period, queryOf } from './ledger-query.ts';

const PAGE = 50;

/** The cases themselves, the newest first. */
export function Rows(period: Period) {
  const { page, rows, next, more } = usePaged<NumberedCase>('/cases', {
    ...queryOf(period),
    order: 'newest',
    limit: PAGE,
  });
  useEffect(() => wantBackgrounds(rows), [rows]);
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
      {next !== undefined && <More {...more} />}
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

import { useSignal } from '@preact/signals';
import type { CaseEntry } from '../../model/case.ts';
import type { Notice } from '../../model/notice.ts';
import { Icon, type IconName } from '../parts/icons.tsx';
import { Moment } from '../parts/times.tsx';
import { get } from '../state/api.ts';
import { pick, t } from '../text/translate.ts';
import { foldedTimeLine, type MergedEntry, mergedTimeLine } from './time-line.ts';

const ENTRY_ICONS: Record<CaseEntry['type'], IconName> = {
  opened: 'flag',
  'alert-raised': 'flag',
  'alert-updated': 'status',
  'alert-cleared': 'check',
  'priority-raised': 'up',
  notice: 'notices',
  escalated: 'up',
  overdue: 'clock',
  acknowledged: 'user',
  'taken-over': 'user',
  confirmed: 'user',
  step: 'door',
  'step-withdrawn': 'back',
  'given-back': 'back',
  note: 'note',
  photo: 'camera',
  assigned: 'forward',
  resolved: 'check',
  'called-back': 'phone',
  'struck-off': 'check',
  reopened: 'back',
};

const PAGE = 200;

/** What happened and who did what, the newest first. */
interface TimelineProps {
  readonly id: string;
  readonly entries: readonly CaseEntry[];
  readonly notices: readonly Pick<Notice, 'id' | 'state'>[];
  readonly zone: string;
}

export function Timeline({ id, entries, notices, zone }: TimelineProps) {
  const earlier = useSignal<readonly CaseEntry[]>([]);
  const all = [...earlier.value, ...entries];
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">{t('case.timeline')}</h2>
      <ol class="timeline">
        {foldedTimeLine(mergedTimeLine(all), notices).map((one) =>
          'taken' in one ? (
            <TakenEntries key={one.taken[0]?.entry.n} of={one.taken} zone={zone} />
          ) : (
            <TimelineEntry key={one.entry.n} of={one} id={id} zone={zone} />
          ),
        )}
      </ol>
      <Earlier
        id={id}
        first={Math.min(...all.map(({ n }) => n))}
        onLoaded={(more) => {
          earlier.value = [...more, ...earlier.value];
        }}
      />
    </section>
  );
}

/** Lines that did not come with the case, for it has too many. */
function Earlier({
  id,
  first,
  onLoaded,
}: {
  id: string;
  first: number;
  onLoaded: (entries: readonly CaseEntry[]) => void;
}) {
  const busy = useSignal(false);
  const problem = useSignal('');
  if (!Number.isFinite(first) || first <= 1) return null;
  const load = async () => {
    if (busy.value) return;
    busy.value = true;
    const path = `/cases/${encodeURIComponent(id)}/entries`;
    const answer = await get<{ items: readonly CaseEntry[] }>(path, { before: first, limit: PAGE });
    busy.value = false;
    problem.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) onLoaded(answer.value.items);
  };
  return (
    <>
      <button type="button" class="button" aria-disabled={busy.value} onClick={() => void load()}>
        {t('case.timeline.earlier', { n: first - 1 })}
      </button>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value}
        </p>
      )}
    </>
  );
}

/** What providers took of one call, on one line that opens. */
function TakenEntries({ of, zone }: { of: readonly MergedEntry[]; zone: string }) {
  const n = of.reduce((sum, { times }) => sum + times, 0);
  const [newest] = of;
  return (
    <li class="entry entry-notice" data-entry="notice">
      <span class="entry-mark">
        <Icon name={ENTRY_ICONS.notice} />
      </span>
      <details>
        <summary>
          {t('case.taken', { n })}{' '}
          <span class="quiet-text">{newest && <Moment at={newest.entry.at} zone={zone} />}</span>
        </summary>
        {of.map(({ entry, times }) => (
          <p key={entry.n} class="entry-text">
            {pick(entry.text)}
            {times > 1 && <b class="entry-times"> ×{times}</b>}
          </p>
        ))}
      </details>
    </li>
  );
}

function TimelineEntry({ of, id, zone }: { of: MergedEntry; id: string; zone: string }) {
  const { entry: one, times, firstAt } = of;
  return (
    <li class={`entry entry-${one.type}`} data-entry={one.type}>
      <span class="entry-mark">
        <Icon name={ENTRY_ICONS[one.type]} />
      </span>
      <p class="entry-head">
        <b>{t(`entry.${one.type}`)}</b>
        {times > 1 && <b class="entry-times">×{times}</b>}
        <span class="quiet-text">
          <Moment at={one.at} zone={zone} />
          {one.by !== 'system' && ` · ${one.by}`}
        </span>
      </p>
      <p class="entry-text">{pick(one.text)}</p>
      {times > 1 && (
        <p class="quiet-text">
          {t('case.repeated', { n: times })} <Moment at={firstAt} zone={zone} />
        </p>
      )}
      {one.photo !== undefined && <Photo of={id} photo={one.photo} by={one.by} />}
    </li>
  );
}

/** Opens large in a tab of its own. After its time it is gone, and the words about it stay. */
function Photo({ of: id, photo, by }: { of: string; photo: string; by: string }) {
  const gone = useSignal(false);
  const address = `/api/v1/cases/${encodeURIComponent(id)}/photos/${encodeURIComponent(photo)}`;
  if (gone.value) return <p class="quiet-text">{t('case.photoGone')}</p>;
  return (
    <a class="photo" href={address} target="_blank" rel="noreferrer">
      <img
        src={address}
        alt={t('case.photoBy', { name: by })}
        loading="lazy"
        onError={() => {
          gone.value = true;
        }}
      />
    </a>
  );
}

import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { GAP_REASONS, ROSTER_FAULTS } from '../../model/roster-words.ts';
import { LeaveCard } from '../duty/leave.tsx';
import { HandOverNotes } from '../duty/notes.tsx';
import { NowCard } from '../duty/now-card.tsx';
import { Week } from '../duty/week.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/times.tsx';
import type { RosterGap, RosterList, RosterReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** Who is on duty now, this week and next, and where nobody is. */
export function DutyPage() {
  const { query, route } = useLocation();
  const list = useLoaded(() => get<RosterList>('/rosters'), []);
  useEffect(() => {
    pageTitle.value = t('duty.title');
  }, [locale.value]);
  const { value } = list.value;
  const chosen = value?.items.find(({ id }) => id === query['roster']) ?? value?.items[0];
  return (
    <div class="page">
      <h1>{t('duty.title')}</h1>
      <LoadState of={list}>
        {value?.items.length === 0 && (
          <div class="empty">
            <h2>{t('duty.noRosters')}</h2>
            <p>{t('duty.noRosters.help')}</p>
          </div>
        )}
        {value && value.items.length > 1 && (
          <div class="toolbar">
            <label class="select">
              <span class="hidden">{t('duty.roster')}</span>
              <select
                value={chosen?.id}
                onChange={({ currentTarget }) =>
                  route(`/duty?roster=${encodeURIComponent(currentTarget.value)}`, true)
                }
              >
                {value.items.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </div>
        )}
        {value && <Problems of={value} />}
        {chosen && <OneRoster key={chosen.id} id={chosen.id} changedList={list.value.again} />}
      </LoadState>
    </div>
  );
}

function OneRoster({ id, changedList }: { id: string; changedList: () => void }) {
  const roster = useLoaded(
    () => get<{ roster: RosterReply; me?: string }>(`/rosters/${encodeURIComponent(id)}`),
    [id],
  );
  const view = roster.value.value?.roster;
  const changed = () => {
    roster.value.again();
    changedList();
  };
  return (
    <LoadState of={roster}>
      {view && (
        <div class="duty-body">
          <div class="duty-side">
            <p class="lead">{view.roster.name}</p>
            <NowCard of={view} />
            <HandOverNotes of={view} changed={changed} />
            <LeaveCard of={view} me={roster.value.value?.me} changed={changed} />
          </div>
          <Week of={view} changed={changed} />
        </div>
      )}
    </LoadState>
  );
}

const GAPS_SHOWN = 5;

/** What was found in advance. Red, and above everything else. */
function Problems({ of }: { of: RosterList }) {
  const { gaps, faults, items } = of;
  if (gaps.length === 0 && faults.length === 0) return null;
  const gap = (one: RosterGap) => {
    const roster = items.find(({ id }) => id === one.roster);
    const zone = roster?.timeZone ?? 'UTC';
    return (
      <li key={`${one.roster} ${one.from}`}>
        <b>{roster?.name ?? one.roster}</b> <Moment at={one.from} zone={zone} /> –{' '}
        <Moment at={one.until} zone={zone} />
        {t('app.colon')}
        {pick(GAP_REASONS[one.reason])}
      </li>
    );
  };
  return (
    <section class="message message-bad duty-gaps" aria-labelledby="duty-gaps">
      <h2 id="duty-gaps">{t('duty.gaps', { n: gaps.length + faults.length })}</h2>
      <ul>
        {gaps.slice(0, GAPS_SHOWN).map(gap)}
        {faults.map(({ fault, where, what }) => (
          <li key={`${fault} ${where} ${what}`}>
            <b>{items.find(({ id }) => id === where)?.name ?? where}</b> {what}
            {t('app.colon')}
            {pick(ROSTER_FAULTS[fault])}
          </li>
        ))}
      </ul>
      {gaps.length > GAPS_SHOWN && (
        <details>
          <summary>{t('duty.gapsMore', { n: gaps.length - GAPS_SHOWN })}</summary>
          <ul>{gaps.slice(GAPS_SHOWN).map(gap)}</ul>
        </details>
      )}
    </section>
  );
}

import { useSignal } from '@preact/signals';
import { clockTime, monthAndDay } from '../format/time.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { announce } from '../state/announcer.ts';
import type { DutyShift, RosterReply } from '../state/answers.ts';
import { call, get, type Problem } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { languageTag, locale, pick, t } from '../text/translate.ts';
import { Post } from './now-card.tsx';
import { SwapDialog } from './swap-dialog.tsx';
import { type WeekDay, weekOf } from './week-days.ts';

const WEEK = 7 * 86_400_000;

/** A week of shifts, with the way to another and to change who serves. */
export function Week({ of, changed }: { of: RosterReply; changed: () => void }) {
  const { roster, timeZone } = of;
  const offset = useSignal(0);
  const swapping = useSignal<DutyShift | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const { days, until } = weekOf(serviceNow() + offset.value * WEEK, timeZone);
  const from = days[0]?.from ?? 0;
  const shifts = useLoaded(
    () =>
      get<{ items: readonly DutyShift[] }>(`/rosters/${encodeURIComponent(roster.id)}/shifts`, {
        from,
        to: until,
      }),
    [roster.id, from, JSON.stringify(of.swaps), JSON.stringify(of.leave)],
  );
  const items = shifts.value.value?.items ?? [];
  const undo = async ({ shift, date }: DutyShift) => {
    const path = `/rosters/${encodeURIComponent(roster.id)}/swaps/undo`;
    const answer = await call('POST', path, { body: { shift, date }, key: newKey() });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) announce(t('duty.swapUndone'));
    changed();
  };
  const go = (weeks: number) => () => {
    offset.value = weeks === 0 ? 0 : offset.value + weeks;
  };
  return (
    <section class="card duty-week" aria-labelledby="duty-week">
      <div class="card-head">
        <h2 id="duty-week">
          {monthAndDay(from, timeZone)} – {monthAndDay(until - 1, timeZone)}
        </h2>
        <div class="duty-weeks">
          <button type="button" class="button" onClick={go(-1)}>
            {t('duty.weekBefore')}
          </button>
          <button type="button" class="button" aria-pressed={offset.value === 0} onClick={go(0)}>
            {t('duty.weekThis')}
          </button>
          <button type="button" class="button" onClick={go(1)}>
            {t('duty.weekAfter')}
          </button>
        </div>
      </div>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      <LoadState of={shifts}>
        <ol class="duty-days">
          {days.map((day) => (
            <Day
              key={day.date}
              day={day}
              of={of}
              shifts={items.filter(({ date }) => date === day.date)}
              onSwap={(shift) => {
                swapping.value = shift;
              }}
              onUndo={(shift) => void undo(shift)}
            />
          ))}
        </ol>
      </LoadState>
      {swapping.value && (
        <SwapDialog
          of={of}
          shift={swapping.value}
          others={items}
          onClose={() => {
            swapping.value = undefined;
          }}
          onDone={() => {
            swapping.value = undefined;
            changed();
          }}
        />
      )}
    </section>
  );
}

function Day({
  day,
  of,
  shifts,
  onSwap,
  onUndo,
}: {
  day: WeekDay;
  of: RosterReply;
  shifts: readonly DutyShift[];
  onSwap: (shift: DutyShift) => void;
  onUndo: (shift: DutyShift) => void;
}) {
  const noon = Date.parse(`${day.date}T12:00Z`);
  const weekday = new Intl.DateTimeFormat(languageTag(locale.value), { weekday: 'short', timeZone: 'UTC' });
  const isToday = serviceNow() >= day.from && serviceNow() < day.from + 86_400_000;
  const [named] = shifts.flatMap(({ dayName }) => dayName ?? []);
  return (
    <li class={`duty-day ${isToday ? 'duty-today' : ''}`} aria-current={isToday ? 'date' : undefined}>
      <h3>
        {weekday.format(noon)} <span class="num">{monthAndDay(day.from + 43_200_000, of.timeZone)}</span>
        {isToday && <span class="duty-tag">{t('duty.today')}</span>}
        {named && <span class="duty-tag duty-tag-warn">{pick(named)}</span>}
      </h3>
      {shifts.length === 0 && <p class="quiet-text">{t('duty.free')}</p>}
      {shifts.map((shift) => (
        <ShiftBox
          key={`${shift.shift} ${shift.date}`}
          of={of}
          shift={shift}
          onSwap={onSwap}
          onUndo={onUndo}
        />
      ))}
    </li>
  );
}

function ShiftBox({
  of,
  shift,
  onSwap,
  onUndo,
}: {
  of: RosterReply;
  shift: DutyShift;
  onSwap: (shift: DutyShift) => void;
  onUndo: (shift: DutyShift) => void;
}) {
  const { pieces, name, until, from } = shift;
  const zone = of.timeZone;
  const span = (first: number, last: number) => `${clockTime(first, zone)}–${clockTime(last, zone)}`;
  const isEmpty = pieces.some(({ posts }) => posts.every(({ person }) => !person));
  const isSwapped = of.swaps.some((swap) => swap.shift === shift.shift && swap.date === shift.date);
  const mayChange = may('responder', of.roster.node) && until > serviceNow();
  const what = `${name} ${shift.date}`;
  return (
    <div class={`duty-box ${isEmpty ? 'duty-box-empty' : ''}`}>
      <p class="duty-box-head">
        <b>{name}</b> <span class="num quiet-text">{span(from, until)}</span>
        {isSwapped && <span class="duty-tag">{t('duty.swapped')}</span>}
      </p>
      {pieces.map((piece) => (
        <div key={piece.from}>
          {pieces.length > 1 && <p class="num quiet-text">{span(piece.from, piece.until)}</p>}
          {piece.posts.map((post) => (
            <Post key={post.planned.id} of={post} />
          ))}
        </div>
      ))}
      {mayChange && (
        <p class="duty-box-actions">
          <button
            type="button"
            class="button"
            aria-label={`${t('duty.swap')} ${what}`}
            onClick={() => onSwap(shift)}
          >
            {t('duty.swap')}
          </button>
          {isSwapped && (
            <button
              type="button"
              class="button"
              aria-label={`${t('duty.undo')} ${what}`}
              onClick={() => onUndo(shift)}
            >
              {t('duty.undo')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ERRORS, type ErrorCode } from '../../model/errors.ts';
import { dayTime } from '../format/time.ts';
import { standInHistory } from '../parts/dialog-history.ts';
import { Icon } from '../parts/icons.tsx';
import { placeOf } from '../parts/place.tsx';
import type { Rest } from '../parts/rest.ts';
import { announce } from '../state/announcer.ts';
import { serviceNow } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { me } from '../state/session.ts';
import { locale, pick, t } from '../text/translate.ts';
import { feed } from './case-feed.ts';
import { chooseAll, type Fate, type Group, groupsOf, type Report, type Taking } from './choosing.ts';
import { ownerName } from './next-step.ts';
import {
  beginChoosing,
  chosen,
  closeReport,
  count,
  endChoosing,
  giveUp,
  isFolded,
  isOffered,
  mayBeSent,
  report,
  sendHeld,
  takeChosen,
} from './take-many.ts';

/** What stands at the lower edge of the list. */
export type Stands = 'alone' | 'choosing' | 'report';

const isEmpty = ({ taken, sending, waiting, held, not }: Report): boolean =>
  [taken, sending, waiting, held, not].every((some) => some.length === 0);

/** While several are chosen: "back" and Escape leave that, and not the page; another filter begins it anew, another page ends it. */
export function useChoosing(url: string): Stands {
  const isOn = chosen.value !== undefined;
  useEffect(() => (isOn ? standInHistory(endChoosing) : undefined), [isOn, url]);
  useEffect(() => {
    if (chosen.peek()) chosen.value = new Map();
  }, [url]);
  useEffect(() => endChoosing, []);
  useEffect(() => {
    // Before the menu has closed by the same key, and before a dialog is gone.
    const leave = ({ key, target }: KeyboardEvent) => {
      const isOthers =
        target instanceof HTMLSelectElement || document.querySelector('dialog[open], .menu[open]');
      if (key === 'Escape' && !isOthers) endChoosing();
    };
    window.addEventListener('keydown', leave, { capture: true });
    return () => window.removeEventListener('keydown', leave, { capture: true });
  }, []);
  const hasReport = !isFolded.value && !isEmpty(report.value);
  return isOn ? 'choosing' : hasReport ? 'report' : 'alone';
}

export function ChooseToggle({ rest }: { rest: Rest }) {
  const isOn = chosen.value !== undefined;
  const turn = () => {
    if (rest.isResting) rest.begin();
    else if (isOn) endChoosing();
    else beginChoosing();
  };
  return (
    <button
      type="button"
      class="button quiet choose-toggle"
      aria-pressed={isOn}
      aria-disabled={rest.isResting}
      onClick={turn}
    >
      <Icon name="several" />
      <span>{t('many.choose')}</span>
    </button>
  );
}

export function TakeManyBar({ stands, rest }: { stands: Stands; rest: Rest }) {
  if (stands === 'choosing') return <Tools rest={rest} />;
  return stands === 'report' ? <Told rest={rest} /> : null;
}

function Tools({ rest }: { rest: Rest }) {
  const { rows } = feed.value.list;
  const n = count.value;
  const take = () => {
    if (rest.isResting) rest.begin();
    else if (n > 0) takeChosen();
  };
  return (
    <section class="many-bar" aria-label={t('many.title')}>
      <div class="chips">
        {groupsOf(rows.filter(isOffered)).map((group) => (
          <All key={group.kind} of={group} />
        ))}
      </div>
      <p class="quiet-text">{t('many.aloneHelp')}</p>
      <div class="many-buttons">
        <button type="button" class="button" onClick={endChoosing}>
          {t('app.cancel')}
        </button>
        <button type="button" class="button primary" aria-disabled={n === 0 || rest.isResting} onClick={take}>
          {t('many.take', { n })}
        </button>
      </div>
    </section>
  );
}

function All({ of: { kind, cases } }: { of: Group }) {
  const before = chosen.value ?? new Map();
  const isAll = cases.length > 0 && cases.every(({ id }) => before.has(id));
  const n = cases.length;
  return (
    <button
      type="button"
      aria-pressed={isAll}
      onClick={() => {
        chosen.value = chooseAll(before, cases, !isAll);
      }}
    >
      {kind === 'all' ? t('many.all', { n }) : t('many.allOf', { kind: t(`kind.${kind}`), n })}
    </button>
  );
}

/** What became of those that were taken together: how many, and by name which not and why. */
function Told({ rest }: { rest: Rest }) {
  const { taken, risen, sending, waiting, held, not } = report.value;
  const element = useRef<HTMLElement>(null);
  // The button that was pressed is gone: who uses the keyboard goes on from here.
  useEffect(() => element.current?.focus({ preventScroll: true }), []);
  useTold(report.value);
  const sendable = mayBeSent(held);
  const close = () => {
    if (rest.isResting) rest.begin();
    else closeReport();
  };
  const still = () => {
    if (rest.isResting) rest.begin();
    else sendHeld(held);
  };
  return (
    <section ref={element} class="many-bar many-report" aria-label={t('many.result')} tabIndex={-1}>
      <div class="many-words">
        {taken.length > 0 && (
          <p>
            <b>{t('many.taken', { n: taken.length })}</b>
          </p>
        )}
        <Part of={risen} head={t('many.risen', { n: risen.length })} bad />
        {sending.length > 0 && <p>{t('many.sending', { n: sending.length })}</p>}
        <Part of={waiting} head={t('many.waiting', { n: waiting.length })}>
          <p class="quiet-text">{t('outbox.keptPromise')}</p>
        </Part>
        <Part of={held} head={t('many.held', { n: held.length })} bad />
        <Part of={not} head={t('many.not', { n: not.length })} bad />
      </div>
      <div class="many-buttons">
        {held.length > 0 && (
          <button type="button" class="button" onClick={() => giveUp(held)}>
            {t('outbox.discard')}
          </button>
        )}
        {sendable.length > 0 && (
          <button type="button" class="button primary" aria-disabled={rest.isResting} onClick={still}>
            {t('many.send', { n: sendable.length })}
          </button>
        )}
        <button type="button" class="button" aria-disabled={rest.isResting} onClick={close}>
          {t('outbox.understood')}
        </button>
      </div>
    </section>
  );
}

interface PartProps {
  readonly of: readonly Taking[];
  readonly head: string;
  readonly bad?: boolean;
  readonly children?: ComponentChildren;
}

function Part({ of: some, head, bad = false, children }: PartProps) {
  if (some.length === 0) return null;
  return (
    <>
      <p class={bad ? 'due-over' : ''}>{head}</p>
      <ul>
        {some.map(({ of: one, fate }) => (
          <li key={one.id}>
            <a href={`/cases/${encodeURIComponent(one.id)}`}>
              {placeOf(one) ?? pick(one.title)} #{one.number}
            </a>
            {fate?.kind === 'not' && `${t('app.colon')}${whyText(fate, zoneOf(one.path))}`}
          </li>
        ))}
      </ul>
      {children}
    </>
  );
}

/** Said once when there is nothing more on its way: to whoever does not see it. */
function useTold({ taken, sending, waiting, held, not }: Report): void {
  const words = [
    taken.length > 0 && t('many.taken', { n: taken.length }),
    waiting.length > 0 && t('many.waiting', { n: waiting.length }),
    held.length > 0 && t('many.held', { n: held.length }),
    not.length > 0 && t('many.not', { n: not.length }),
  ].filter((one) => one !== false);
  const counts = [taken, sending, waiting, held, not].map((some) => some.length).join();
  useEffect(() => {
    if (sending.length === 0) announce(words.join(t('app.separator')));
  }, [counts]);
}

/** Who was first, where that is known; else the service's own words, in the language that is on screen now. */
export function whyText({ why, found, problem }: Fate & { kind: 'not' }, zone: string): string {
  const timeOf = (at: number | undefined) => (at === undefined ? '' : dayTime(at, serviceNow(), zone));
  if (why === 'had' && found?.acknowledgedBy !== undefined) {
    return t('many.why.had', { name: ownerName(found, me()), time: timeOf(found.acknowledgedAt) });
  }
  if (why === 'over' && found?.resolvedBy !== undefined) {
    return t('many.why.resolved', { name: found.resolvedBy, time: timeOf(found.resolvedAt) });
  }
  if (why === 'had' || why === 'refused') return problemText(problem);
  return t(`many.why.${why}`);
}

function problemText(problem: { code: string; text: string } | undefined): string {
  const known = problem !== undefined && Object.hasOwn(ERRORS, problem.code);
  return known ? ERRORS[problem.code as ErrorCode][locale.value] : (problem?.text ?? '');
}

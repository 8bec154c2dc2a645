import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Alarm, alarmKey } from '../cases/alarms.ts';
import { feed } from '../cases/case-feed.ts';
import { dueTarget, ownerName } from '../cases/next-step.ts';
import { countdown } from '../format/time.ts';
import { alarms, seen } from '../state/alarms.ts';
import { now } from '../state/clock.ts';
import { me } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { isAtTop, isAttended } from './attention.ts';
import { PriorityBadge } from './badges.tsx';
import { Icon } from './icons.tsx';
import { roomWanted, uncoverFocus } from './uncovered.ts';

/**
 * The P1 that somebody has to look at now and that is not in sight: on every page, in a list that is filtered or scrolled. It
 * comes up at once and lies over the page, so that nothing moves under a finger; the page makes room for it when nobody points.
 */
export function AlarmBar({ path }: { path: string }) {
  const hidden = useOutOfSight(path);
  const bar = useRef<HTMLElement>(null);
  const [first] = hidden;
  const room = useRoom(bar, first?.of.id, path);
  return (
    <div class="alarm-place" style={{ height: `${room}px` }}>
      {first && (
        <aside ref={bar} class="alarm-bar" aria-label={t('alarm.bar')}>
          <a class="alarm-first" href={`/cases/${encodeURIComponent(first.of.id)}`}>
            <PriorityBadge priority={first.of.priority} kind={first.of.kind} />
            <span class="alarm-words">
              <Title of={pick(first.of.title)} /> <Why of={first} />
            </span>
            <Icon name="forward" />
          </a>
          {hidden.length > 1 && (
            <a class="alarm-more" href="/?priority=P1">
              {t('alarm.more', { n: hidden.length - 1 })}
            </a>
          )}
        </aside>
      )}
    </div>
  );
}

/** Where and who, then what: a place may have a name of three lines, and must not hide what is the matter there. */
function Title({ of }: { of: string }) {
  const [, where, what] = /^(.+)(?:：|: )(.+)$/.exec(of) ?? [];
  if (where === undefined) return <b>{of}</b>;
  return (
    <>
      <b class="alarm-where">{where}</b>
      <b class="alarm-colon">{t('app.colon')}</b>
      <b>{what}</b>
    </>
  );
}

function Why({ of: { of: one, why } }: { of: Alarm }) {
  const name = ownerName(one, me());
  const late = now.value - one.dueAt;
  const what = t(`target.${dueTarget(one)}`);
  const over = late > 0 && why !== 'again' ? t('case.due.over', { what, time: countdown(late) }) : '';
  const who = {
    untaken: t('alarm.untaken'),
    again: t('alarm.again', { name }),
    overdue: t('case.owner', { name }),
  }[why];
  return <span class="alarm-why">{[who, over].filter((part) => part !== '').join(t('app.comma'))}</span>;
}

const LOOK_MS = 700;

/** Alarms whose case is neither this page nor a row in the window. */
function useOutOfSight(path: string): readonly Alarm[] {
  const hidden = useSignal<readonly Alarm[]>([]);
  const isList = path === '/';
  const own = caseOf(path);
  useEffect(() => {
    const look = () => {
      // A list that is loading shows nothing yet of what it will show.
      if (isList && feed.peek().phase === 'loading') return;
      const found = alarms.peek().filter(({ of }) => of.id !== own && !(isList && isInSight(of.id)));
      if (keysOf(found) !== keysOf(hidden.peek())) hidden.value = found;
    };
    if (own !== undefined) seen(own);
    if (!isList) look();
    const timer = setInterval(look, LOOK_MS);
    // A list lets a new row in by itself where nobody points: a bar that comes and goes at once would only disturb.
    const stop = isList ? () => undefined : alarms.subscribe(look);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [isList, own]);
  return hidden.value;
}

const keysOf = (of: readonly Alarm[]): string =>
  of.map((one) => `${alarmKey(one)} ${one.of.version}`).join('\n');

const caseOf = (path: string): string | undefined => {
  const [, id] = /^\/cases\/([^/]+)$/.exec(path) ?? [];
  return id === undefined ? undefined : decodeURIComponent(id);
};

/** Below the header and above the lower edge, where on a phone the pages stand. */
function isInSight(id: string): boolean {
  const row = document.querySelector(`[data-case="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  if (!row) return false;
  const middle = (row.top + row.bottom) / 2;
  const nav = document.querySelector('.nav')?.getBoundingClientRect();
  const bottom = nav && nav.top > 100 ? nav.top : window.innerHeight;
  return middle > 60 && middle < bottom;
}

/** The finger that opened a page has not yet found anything on it. */
const NEW_PAGE_MS = 1_000;

/**
 * The page makes room, and takes it back, at its beginning and when nobody points: nothing moves under a finger. At once
 * where the page has just been opened, or the bar would lie over its way back; and where the keyboard came to what lies
 * below the bar: it has no finger, and would stand where nobody sees it. As many pixels as the bar is high: on a narrow
 * phone, or in large letters, its words take several lines.
 */
function useRoom(bar: RefObject<HTMLElement | null>, shown: string | undefined, path: string): number {
  const room = useSignal(0);
  const opened = useRef({ path, at: performance.now() });
  if (opened.current.path !== path) opened.current = { path, at: performance.now() };
  const settle = () => {
    const wanted = bar.current?.offsetHeight ?? 0;
    const isNew = performance.now() - opened.current.at < NEW_PAGE_MS;
    if (room.peek() !== wanted && isAtTop() && (isNew || !isAttended())) room.value = wanted;
  };
  useLayoutEffect(() => {
    settle();
    uncoverFocus();
  }, [shown, path]);
  useEffect(() => {
    const timer = setInterval(settle, 500);
    const stop = roomWanted.subscribe((times) => {
      if (times > 0) room.value = bar.current?.offsetHeight ?? 0;
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return room.value;
}

import { signal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { isAtTop, isAttended, keepAttended } from '../parts/attention.ts';
import type { PageReply } from '../state/answers.ts';
import { get, isPassing, type Problem } from '../state/api.ts';
import { onDone } from '../state/outbox.ts';
import { wantBackgrounds } from '../state/places.ts';
import { leavingHome } from '../state/registry-news.ts';
import { maySee, user } from '../state/session.ts';
import { onMessage, onReload } from '../state/stream.ts';
import {
  drop,
  EMPTY,
  type Filter,
  isLedger,
  isUnsettled,
  load,
  loadInPlace,
  settle,
  take,
  type WorkList,
} from './work-list.ts';

/**
 * The list behind the first page. It outlives the page and goes on listening, so that coming back from a case shows
 * at once what there is now.
 */
export interface Feed {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly list: WorkList;
  readonly next?: string;
  readonly problem?: Problem;
  /** Why the page that was asked for last beyond these did not come. */
  readonly moreProblem?: Problem;
}

export const feed = signal<Feed>({ phase: 'loading', list: EMPTY });

let current: Filter | undefined;
let shownFor = '';
let listening = false;
let request = 0;
/** What was told while an answer is on its way, which may be older than that; undefined while none is. */
let meanwhile: NumberedCase[] | undefined;
/** The whole list was asked for and is not here yet: a further page does not take its place. */
let isWhole = false;
let again: ReturnType<typeof setTimeout> | undefined;
/** Somebody chooses among the rows: whatever comes, they stay where they are. */
let isHeld = false;
/** The list was loaded anew meanwhile, and shows of that only what moved nothing. */
let isOwed = false;
const PAGE = 60;
const AGAIN_MS = 15_000;

/** Shows the cases of this filter and lets new ones in while the page stands; returns how to stop that. */
export function openFeed(filter: Filter): () => void {
  listen();
  const wanted = JSON.stringify([user.peek()?.id, filter]);
  const known = wanted === shownFor && feed.peek().phase === 'ready';
  shownFor = wanted;
  current = filter;
  if (known) {
    settleFeed();
  } else {
    feed.value = { phase: 'loading', list: EMPTY };
    void fetchPage();
  }
  return every(700, letIn);
}

/** For the life of the page: what happens while another page is shown must not be missing here later. */
function listen(): void {
  if (listening) return;
  listening = true;
  onMessage((message) => {
    if (message.type === 'case') show(message.case);
    else if (message.type === 'registry' && isShown(leavingHome(message))) reloadWhenCalm();
  });
  onDone(show);
  onReload(reloadWhenCalm);
}

/** From now on no row moves but when the person asks for it; returns how to end that. */
export function holdFeed(): () => void {
  isHeld = true;
  // Nor does anything above the list take room: the bar of an alarm lies over the page meanwhile.
  const release = keepAttended();
  return () => {
    release();
    isHeld = false;
    if (isOwed) reloadWhenCalm();
  };
}

/** Lets in what waits, now. */
export function settleFeed(): void {
  const { list } = feed.peek();
  if (current) set({ list: settle(list, current) });
}

export async function loadMore(): Promise<void> {
  const { next } = feed.peek();
  if (next !== undefined && !isWhole) await fetchPage(next);
}

export const reloadFeed = (): void => void fetchPage();

async function fetchPage(cursor?: string): Promise<void> {
  const filter = current;
  if (!filter) return;
  request += 1;
  const mine = request;
  meanwhile = [];
  isWhole = cursor === undefined;
  if (isWhole) clearTimeout(again);
  const answer = await get<PageReply<NumberedCase>>('/cases', {
    status: filter.status,
    priority: filter.priority,
    kind: filter.kind,
    mine: filter.owner && 'true',
    path: filter.area,
    order: isLedger(filter) ? 'newest' : 'urgency',
    limit: PAGE,
    cursor,
  });
  if (mine !== request) return;
  const told = meanwhile;
  meanwhile = undefined;
  isWhole = false;
  if (!answer.ok) {
    // What is on screen stays. It may lack what nobody will tell again: so it is asked for until it is here.
    if (feed.peek().phase !== 'ready') feed.value = { phase: 'failed', list: EMPTY, problem: answer.problem };
    else if (cursor !== undefined) feed.value = { ...feed.peek(), moreProblem: answer.problem };
    if (cursor === undefined && isPassing(answer.problem)) again = setTimeout(reloadFeed, AGAIN_MS);
    return;
  }
  const append = cursor !== undefined;
  const before = feed.peek();
  const inPlace = isHeld && before.phase === 'ready';
  isOwed = inPlace && (isOwed || !append);
  const loaded = (inPlace ? loadInPlace : load)(before.list, filter, answer.value.items, append);
  const list = told.reduce((all, one) => changedBy(all, filter, one), loaded);
  // Where the rows of further pages stay, so does what comes after them.
  const next = inPlace && !append ? before.next : answer.value.next;
  feed.value = { phase: 'ready', list, ...(next === undefined ? {} : { next }) };
  wantBackgrounds([...list.rows, ...list.waiting]);
}

const changedBy = (list: WorkList, filter: Filter, changed: NumberedCase): WorkList =>
  maySee(changed) ? take(list, filter, changed) : drop(list, changed.id);

function isShown(home: string | undefined): boolean {
  const { rows, waiting } = feed.peek().list;
  return home !== undefined && [...rows, ...waiting].some((one) => one.home === home);
}

function show(changed: NumberedCase): void {
  meanwhile?.push(changed);
  const { list, phase } = feed.peek();
  if (!current || phase !== 'ready') return;
  set({ list: changedBy(list, current, changed) });
  wantBackgrounds(feed.peek().list.waiting);
}

/** New rows come in by themselves only where nobody can be hit by them: at the top, with nobody pointing. */
function letIn(): void {
  const { list, phase } = feed.peek();
  if (!current || phase !== 'ready' || !isUnsettled(list, current)) return;
  if (isAtTop() && !isAttended()) settleFeed();
}

function set(part: { list: WorkList }): void {
  const before = feed.peek();
  if (before.list === part.list) return;
  feed.value = { ...before, ...part };
  wantBackgrounds(part.list.rows);
}

function whenCalm(act: () => void): () => void {
  const patience = 10_000;
  return () => {
    const from = Date.now();
    const attempt = () => {
      if (isAttended() && Date.now() - from < patience) setTimeout(attempt, 500);
      else act();
    };
    attempt();
  };
}

const reloadWhenCalm = whenCalm(() => void fetchPage());

function every(ms: number, act: () => void): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) act();
  }, ms);
  return () => clearInterval(timer);
}

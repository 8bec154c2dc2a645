import { computed, effect, signal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { actions, discard, ofCase, onDone, onRefused, retry, send } from '../state/outbox.ts';
import { may, maySee, me, user } from '../state/session.ts';
import { onMessage } from '../state/stream.ts';
import { untaken } from '../state/untaken.ts';
import { feed, holdFeed } from './case-feed.ts';
import {
  type Chosen,
  type Fate,
  fateOfDone,
  fateOfRefused,
  isChoosable,
  type Rights,
  reportOf,
  type Taking,
  takeable,
  takingOf,
  withGivenUp,
  withNews,
} from './choosing.ts';

/** What is chosen on the work list; `undefined` while nobody chooses. */
export const chosen = signal<Chosen | undefined>(undefined);

/** What was taken together and is not read yet. It outlives the page of the list: the outbox does so as well. */
const takings = signal<readonly Taking[]>([]);
const takenBy = signal<string | undefined>(undefined);
/** Who signs in after somebody on the same page reads nothing of it. */
export const report = computed(() =>
  reportOf(takenBy.value === user.value?.id ? takings.value : [], actions.value),
);
/** It was read as far as it went; it comes back when more of it is decided. */
export const isFolded = signal(false);

let release: (() => void) | undefined;
let isListening = false;

/** By the right that the row's own button asks for. */
const rights: Rights = { maySee, mayTake: (one) => may('responder', one.path) };

/** What has something of this person waiting already shows that in its row, and nothing to choose. */
export const isOffered = (one: NumberedCase): boolean =>
  isChoosable(one, rights) && ofCase(one.id).length === 0;

/** How many of the chosen would be asked for now. */
export const count = computed(() => (chosen.value ? takeable(chosen.value, rights).length : 0));

export function beginChoosing(): void {
  if (chosen.peek()) return;
  closeReport();
  chosen.value = new Map();
  const hear = (changed: NumberedCase) => {
    if (chosen.peek()?.has(changed.id)) chosen.value = withNews(chosen.peek() ?? new Map(), changed);
  };
  const stops = [
    holdFeed(),
    onDone(hear),
    onMessage((message) => {
      if (message.type === 'case') hear(message.case);
    }),
    // What came while the stream was cut off stands in the rows alone.
    feed.subscribe(({ list }) => list.rows.forEach(hear)),
  ];
  release = () => {
    for (const stop of stops) stop();
  };
}

export function endChoosing(): void {
  chosen.value = undefined;
  release?.();
  release = undefined;
}

/** Asks for each of the chosen alone, as its own button does, and remembers which they were. */
export function takeChosen(): void {
  const of = chosen.peek();
  if (!of) return;
  listen();
  const all = takingOf(of, rights, me());
  endChoosing();
  isFolded.value = false;
  const sent = all.map((one) => (one.fate ? one : { ...one, key: send('acknowledge', one.of, {}).key }));
  takings.value = [...takings.peek(), ...sent];
}

/** The person has read it: what was refused leaves the outbox, and what is undecided goes on. */
export function closeReport(): void {
  for (const { key, fate } of takings.peek()) if (fate && key !== undefined) discard(key);
  takings.value = takings.peek().filter(({ fate }) => fate === undefined);
  isFolded.value = true;
}

/** Of what was held, that which one answer may send: a P1 by now is asked about on its own page. */
export function mayBeSent(held: readonly Taking[]): readonly Taking[] {
  return held.filter(({ of }) => untaken.value?.get(of.id)?.priority !== 'P1');
}

export function sendHeld(held: readonly Taking[]): void {
  for (const { key } of mayBeSent(held)) if (key !== undefined) retry(key);
}

export function giveUp(some: readonly Taking[]): void {
  for (const { key } of some) if (key !== undefined) discard(key);
}

/** For the life of the page: a case may be decided while another page is shown. */
function listen(): void {
  const who = user.peek()?.id;
  if (takenBy.peek() !== who) takings.value = [];
  takenBy.value = who;
  if (isListening) return;
  isListening = true;
  onDone((changed, { key }) => decide(key, fateOfDone(changed)));
  onRefused(({ key, problem }) => decide(key, fateOfRefused(problem)));
  effect(() => {
    takings.value = withGivenUp(takings.value, actions.value);
  });
}

/** The outbox lets go of what succeeded before it says so: what looked given up for that moment is decided here. */
function decide(key: string, fate: Fate): void {
  if (!takings.peek().some((one) => one.key === key)) return;
  takings.value = takings.peek().map((one) => (one.key === key ? { ...one, fate } : one));
  isFolded.value = false;
}

import { NOTICE_STATES, type Notice, type NoticeState } from '../../model/notice.ts';

/** The notices of a case, summed up. */
export interface Told {
  /** Whom it reached first: who read it, else to whom it was delivered, else whose provider took it. */
  readonly first?: {
    readonly notice: Notice;
    readonly how: 'seen' | 'delivered' | 'accepted';
    readonly at: number;
  };
  readonly counts: readonly { readonly state: NoticeState; readonly count: number }[];
  /** What failed, or was tried and did not get through yet; the newest first. */
  readonly troubles: readonly Notice[];
  /** The others, the newest first. */
  readonly others: readonly Notice[];
  /** One of each recipient who has not read what they were told last, in the order in which they were told. */
  readonly unread: readonly Notice[];
}

/** It must be seen without being asked for. */
const isTrouble = ({ state, failure, attempts }: Notice): boolean =>
  state === 'failed' || (state === 'queued' && (failure !== undefined || attempts > 0));

export function toldOf(notices: readonly Notice[]): Told {
  const newest = [...notices].sort((a, b) => b.createdAt - a.createdAt);
  // A screen or a program takes what it gets at once and reads nothing: it says nothing of people.
  const people = newest.filter(({ recipient }) => recipient.kind !== 'channel');
  const first = firstOf(people) ?? firstOf(notices);
  return {
    ...(first ? { first } : {}),
    counts: NOTICE_STATES.flatMap((state) => {
      const count = notices.filter((one) => one.state === state).length;
      return count === 0 ? [] : [{ state, count }];
    }).reverse(),
    troubles: newest.filter(isTrouble),
    others: newest.filter((one) => !isTrouble(one)),
    unread: unreadOf(people),
  };
}

const REACHED = [
  ['seen', 'seenAt'],
  ['delivered', 'deliveredAt'],
  ['accepted', 'acceptedAt'],
] as const;

function firstOf(notices: readonly Notice[]): Told['first'] {
  for (const [how, field] of REACHED) {
    const [first] = notices
      .flatMap((notice) => {
        const at = notice.state === 'failed' ? undefined : notice[field];
        return at === undefined ? [] : [{ notice, how, at }];
      })
      .sort((a, b) => a.at - b.at);
    if (first) return first;
  }
  return undefined;
}

const recipientOf = ({ recipient: { kind, id }, channel }: Notice): string =>
  `${kind} ${id === '' ? channel : id}`;

/** Over several channels a person reads it once: whoever read one has read what was told until then. */
function unreadOf(newest: readonly Notice[]): Notice[] {
  const read = new Map<string, number>();
  for (const one of newest) {
    const until = read.get(recipientOf(one)) ?? Number.NEGATIVE_INFINITY;
    if (one.state === 'seen') read.set(recipientOf(one), Math.max(until, one.createdAt));
  }
  const unread = new Map<string, Notice>();
  for (const one of newest) {
    const waits = one.state === 'queued' || one.state === 'accepted' || one.state === 'delivered';
    const before = read.get(recipientOf(one)) ?? Number.NEGATIVE_INFINITY;
    if (waits && one.createdAt > before) unread.set(recipientOf(one), one);
  }
  return [...unread.values()].sort((a, b) => a.createdAt - b.createdAt);
}

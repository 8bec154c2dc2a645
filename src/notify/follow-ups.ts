import { createHash } from 'node:crypto';
import { type Case, isDone } from '../model/case.ts';
import { LIMITS } from '../model/limits.ts';
import type { CaseNews, Notice, NoticeContent, Recipient } from '../model/notice.ts';
import { isSignedBy } from '../model/signature.ts';
import type { Text } from '../model/text.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Words } from './define.ts';
import type { ConfiguredChannel } from './load.ts';
import type { NoticeKeeper } from './notice-keeper.ts';
import { asEnded } from './notice-state.ts';

export interface FollowUpsOptions {
  readonly records: Pick<RecordStore, 'case' | 'notice' | 'notices'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly keeper: Pick<NoticeKeeper, 'change' | 'place'>;
  readonly now: () => number;
  /** Something new waits. */
  readonly wake: () => void;
}

/**
 * When somebody takes or resolves a case: what still waits to be sent about it is withdrawn, and whoever was told hears of
 * it, by what was sent being changed or by a word of its own. These are notices too: they stand in the records before they
 * are sent, and have ids by which the same is never said twice, however often this is asked.
 */
export class FollowUps {
  readonly #options: FollowUpsOptions;

  constructor(options: FollowUpsOptions) {
    this.#options = options;
  }

  async tell(id: string, news: CaseNews): Promise<void> {
    const { records, now, wake } = this.#options;
    const { items } = await records.notices({ paths: [''], case: id }, { limit: LIMITS.noticesPerCaseMax });
    const old = items.filter((notice) => isOlder(notice, news));
    // What asks for hands waits on, while a contact has it and somebody near is needed; and so does what whoever has it does not know yet.
    const waitsOn = (notice: Notice): boolean =>
      news.wanted === true || (!isDone(news.status) && isNewsTo(notice, news.by));
    const after = await Promise.all(
      old.map((notice) => (waitsOn(notice) ? notice : this.#withdrawn(notice, news))),
    );
    if (news.suffices || news.takenBack) await this.#takesBack(items, news);
    const one = await records.case(id);
    if (now() - news.at > LIMITS.followUpAgeMsMax || (one && isOutdated(news, one))) return;
    const sent = after.filter((notice) => wasSent(notice) && !isSilent(notice, news));
    const about = {
      news,
      round: one?.reopened ?? 0,
      since: one?.acknowledgedAt ?? news.at,
      isOfPerson: one?.kind === 'safety',
    };
    const inDigests = await this.#toldByDigest(after, news);
    await Promise.all([...this.#edits(sent, news), ...this.#words([...sent, ...inDigests], about)]);
    wake();
  }

  /** What still waits to say of whoever comes now that somebody near is needed is not sent; nor, where they do not come after all, the other. */
  async #takesBack(items: readonly Notice[], { by, suffices }: CaseNews): Promise<void> {
    const { keeper, now } = this.#options;
    const asked = items.filter(
      ({ follows }) => follows?.news.by === by && (suffices ? follows.news.wanted : follows.news.suffices),
    );
    await Promise.all(
      asked.map(({ id, follows }) =>
        follows?.edits
          ? undefined
          : keeper.change(id, (one) =>
              one.state === 'queued' ? asEnded(one, 'outdated', '', now()) : undefined,
            ),
      ),
    );
  }

  /**
   * Those of which a digest told, or is about to: words wait behind everything else. The digest itself tells of other cases as well,
   * and is never changed.
   */
  async #toldByDigest(notices: readonly Notice[], news: CaseNews): Promise<Notice[]> {
    const { records } = this.#options;
    const told = await Promise.all(
      notices.map(async (notice) => {
        if (notice.digest === undefined || isSilent(notice, news)) return [];
        const digest = await records.notice(notice.digest);
        return digest && (digest.state === 'queued' || wasSent(digest)) ? [notice] : [];
      }),
    );
    return told.flat();
  }

  /** The notice as it is after what waits was withdrawn: one that was under way may have been sent meanwhile. */
  async #withdrawn(notice: Notice, { status }: CaseNews): Promise<Notice> {
    if (notice.state !== 'queued') return notice;
    const reason = isDone(status) ? 'case-resolved' : 'case-taken';
    const now = this.#options.now();
    const changed = await this.#options.keeper.change(notice.id, (one) =>
      one.state === 'queued' ? asEnded(one, reason, '', now) : undefined,
    );
    return changed ?? notice;
  }

  /** One row for each card, which holds the newest word about it. */
  #edits(sent: readonly Notice[], news: CaseNews): Promise<unknown>[] {
    const { channels, keeper, now } = this.#options;
    const newest = newestOf(sent, wayOf);
    const cards = sent.filter((notice) => {
      const definition = channels.get(notice.channel)?.definition;
      if (!definition?.update) return false;
      return !definition.updatesNewest || newest.get(wayOf(notice)) === notice;
    });
    return cards.map(async (card) => {
      const edit = followUp(card, `${card.id}.edit`, { news, isOfPerson: false, edits: true }, now());
      // What is being sent at this moment comes to its end first.
      const known = await keeper.change(edit.id, (one) =>
        isLater(news, one.follows?.news) ? edit : undefined,
      );
      if (!known) await keeper.place(edit);
    });
  }

  #words(sent: readonly Notice[], about: About): Promise<unknown>[] {
    const { channels, keeper, now } = this.#options;
    const told = sent.filter((notice) => {
      const channel = channels.get(notice.channel);
      const words = channel?.tellTaken === false ? undefined : channel?.definition.words;
      return words !== undefined && concerns(words, about, notice);
    });
    const keyOf = (notice: Notice): string => {
      const words = wordsOf(channels, notice);
      return `${words.to === 'channel' ? notice.channel : wayOf(notice)}${threadOf(words, notice)}`;
    };
    return [...newestOf(told, keyOf).values()].map(async (notice) => {
      const words = wordsOf(channels, notice);
      const to = words.to === 'channel' ? '' : `${whoOf(notice)}.`;
      const id = `${notice.case}.${nameOf(words, notice, about)}.${to}${notice.channel}`;
      const word = followUp(notice, id, about, now());
      if (!(await keeper.change(id, () => undefined))) await keeper.place(groupOf(words, word));
    });
  }
}

/** What became of a case, for the words about it. */
interface About {
  readonly news: CaseNews;
  /** How often it was reopened. */
  readonly round: number;
  /** Since when whoever has it has it. */
  readonly since: number;
  readonly isOfPerson: boolean;
}

const COURSE: readonly CaseNews['what'][] = ['taken', 'on-the-way', 'resolved', 'struck-off'];
/** One press takes a case and says that somebody is on the way, within a millisecond. */
const isLater = (news: CaseNews, known: CaseNews | undefined): boolean =>
  known === undefined ||
  news.at > known.at ||
  (news.at === known.at && COURSE.indexOf(news.what) > COURSE.indexOf(known.what));

const wordsOf = (channels: FollowUpsOptions['channels'], { channel }: Notice): Words =>
  channels.get(channel)?.definition.words ?? { to: 'address' };
/** Two notices over one way reach the same place. */
export const wayOf = ({ channel, address }: Notice): string => `${channel}\n${address}`;
/** Told apart from the first call, where the program tells them apart. */
const threadOf = ({ threads }: Words, { content: { anew } }: Notice): string =>
  threads && anew !== undefined ? `\n${anew}` : '';
const whoOf = ({ recipient }: Notice): string => `${recipient.kind}:${recipient.id}`;
const wasSent = ({ state }: Notice): boolean =>
  state === 'accepted' || state === 'delivered' || state === 'seen';

/**
 * Whom it concerns, or who is one of them, is not told who has the case. What asked to call back ends when somebody has, or when the case
 * that was reopened by it is resolved: what asks to call back after that is younger than this news.
 */
const isSilent = ({ follows, recipient, content }: Notice, { status }: CaseNews): boolean =>
  follows !== undefined ||
  recipient.kind === 'resident' ||
  (content.event === 'case-call-back' && !isDone(status));

/** Who is asked to call back is asked in the very moment in which the case is resolved. */
const isOlder = ({ createdAt, content, follows }: Notice, { at, status }: CaseNews): boolean =>
  follows === undefined &&
  (createdAt < at || (isDone(status) && createdAt === at && content.event !== 'case-call-back'));

/** Has the case moved on since? Then this is no news any more. */
export function isOutdated(news: CaseNews, one: Case): boolean {
  if (one.status === 'open' || (one.round?.from ?? 0) > news.at) return true;
  if (isDone(news.status)) return false;
  const isOthers = one.acknowledgedBy !== news.by && (one.acknowledgedAt ?? 0) > news.at;
  return isDone(one.status) || isOthers;
}

const eventOf = ({ status }: CaseNews) => (isDone(status) ? 'case-resolved' : 'case-acknowledged');

/** Does this have to be said to whoever got the notice? */
function concerns({ each }: Words, { news }: About, { recipient }: Notice): boolean {
  // A program that heard of somebody who has it would call nobody any more.
  if (each)
    return !news.wanted && (news.what !== 'on-the-way' || !!news.suffices) && each.includes(eventOf(news));
  // Whoever has it knows; that it is struck off is no news to anybody who was called.
  const isNews = news.what === 'taken' || news.what === 'resolved' || news.suffices === true;
  return isNews && news.by !== 'system' && !isTo(recipient, news.by);
}

const isTo = (recipient: Recipient, name: string): boolean =>
  recipient.kind !== 'channel' &&
  (recipient.name === name || (recipient.kind === 'contact' && isSignedBy(name, recipient.name)));

/** More was found than whoever has the case was told when they took it: they may be on the stairs, and do not know of the smoke. */
export const isNewsTo = ({ content, recipient, follows }: Notice, owner: string): boolean =>
  !follows && content.event === 'case-raised' && isTo(recipient, owner);

/** The family is told of the end as well: nobody else says it to them, and it was they who were woken. */
const isEndForFamily = (
  { news, isOfPerson }: Pick<About, 'news' | 'isOfPerson'>,
  { recipient }: Notice,
): boolean => news.what === 'resolved' && isOfPerson && recipient.kind === 'contact';

/**
 * The same for the same: programs hear of each event, people once of each who has it, and anew when it was reopened; contacts also of
 * the end, and whoever was asked to go there although a contact has it, that they come.
 */
function nameOf(words: Words, notice: Notice, about: About): string {
  const { to, each } = words;
  const { address } = notice;
  const { news, round, since } = about;
  // One person may have several addresses of one channel.
  const where = `${to === 'channel' ? '' : address}${threadOf(words, notice)}`;
  const hash = (...parts: string[]): string =>
    createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  if (!each) {
    // Each time: whoever stayed because of what was said is to go.
    if (news.takenBack) return `taken-back.${round}.${hash(news.by, where, String(news.at))}`;
    const what = isEndForFamily(about, notice) ? 'over' : news.suffices ? 'comes' : 'taken';
    return `${what}.${round}.${hash(news.by, where)}`;
  }
  // An earlier version asked to call back under the incident that had just been resolved: it is resolved once more.
  const asksBack = words.threads && notice.content.event === 'case-call-back';
  return isDone(news.status)
    ? `${asksBack ? 'called-back' : 'resolved'}.${round}.${hash(where)}`
    : `acknowledged.${round}.${hash(news.by, where, String(since))}`;
}

function newestOf(
  notices: readonly Notice[],
  keyOf: (notice: Notice) => string,
): ReadonlyMap<string, Notice> {
  const newest = new Map<string, Notice>();
  for (const notice of notices) {
    const other = newest.get(keyOf(notice));
    if (!other || other.createdAt <= notice.createdAt) newest.set(keyOf(notice), notice);
  }
  return newest;
}

function followUp(
  answered: Notice,
  id: string,
  { edits, ...about }: Pick<About, 'news' | 'isOfPerson'> & { readonly edits?: true },
  now: number,
): Notice {
  const { id: notice, providerId, case: of, alert, home, path, recipient, channel, address } = answered;
  const { news } = about;
  return {
    id,
    case: of,
    alert,
    home,
    path,
    recipient,
    channel,
    address,
    content: {
      ...calledAfter(answered.content, news.finding),
      event: eventOf(news),
      body: bodyOf(about, answered),
    },
    createdAt: now,
    state: 'queued',
    attempts: 0,
    nextAttemptAt: now,
    follows: {
      notice,
      ...(providerId === undefined ? {} : { providerId }),
      ...(edits ? { edits } : {}),
      news,
    },
  };
}

/** Whoever is needed all the same is not told that nothing is left to do; how it went the family asks, for a notice may be read by others. */
function bodyOf(about: Pick<About, 'news' | 'isOfPerson'>, notice: Notice): Text {
  const { text, when, wanted } = about.news;
  const [zh, en] = [`${text.zh}（${when}）`, `${text.en} (${when})`];
  if (wanted) return { zh, en };
  if (isEndForFamily(about, notice))
    return {
      zh: `${zh}。情况请向社区工作人员了解`,
      en: `${en}. The community staff can tell you how it went`,
    };
  return { zh: `${zh}，您无需再处理`, en: `${en}; nothing is left for you to do` };
}

/** The same under the title of the case: what was told last may have been the least of it. */
function calledAfter(content: NoticeContent, finding: Text | undefined): NoticeContent {
  const { title, parts } = content;
  if (!finding || !parts || !isEndOf(title, parts.event)) return content;
  const named = (locale: keyof Text): string =>
    title[locale].slice(0, title[locale].length - parts.event[locale].length) + finding[locale];
  return {
    ...content,
    title: { zh: named('zh'), en: named('en') },
    parts: { ...parts, event: finding },
  };
}

const isEndOf = (title: Text, event: Text): boolean =>
  title.zh.endsWith(event.zh) && title.en.endsWith(event.en);

/** A word to all who sit behind a channel mentions none of them. */
const groupOf = ({ to }: Words, word: Notice): Notice =>
  to === 'address'
    ? word
    : {
        ...word,
        address: '',
        recipient: { kind: 'channel', id: word.channel, name: word.channel, role: '' },
      };

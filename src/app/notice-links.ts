import { createHmac } from 'node:crypto';
import { isStillCalled } from '../cases/contact-owner.ts';
import { isGrave } from '../cases/recipients.ts';
import { titleText } from '../cases/texts.ts';
import type { Clock } from '../lib/clock.ts';
import { equalSecrets } from '../lib/secrets.ts';
import type { Priority } from '../model/alert.ts';
import { type CareState, type Case, isDone } from '../model/case.ts';
import { ERRORS } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { Contact } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { REPLY_REFUSALS, type TakeReply } from '../ports/channel-reply.ts';
import type { LinkedNotice, LinkRefusal, NoticeDoor } from '../ports/notice-door.ts';
import type { RecordStore } from '../ports/records.ts';
import type { RegistryView } from '../ports/service.ts';
import { isOwner, type Presser, readerOf } from './channel-replies.ts';
import { isWithdrawn } from './kept-links.ts';
import type { Loop } from './loop.ts';
import { CHANGED_MEANWHILE, hasSetOut, markOf, noticeDeeds, stateOf, undoOf } from './notice-deeds.ts';
import { noLongerTheirs } from './theirs.ts';

/** 128 bits: nobody guesses one while it is valid. */
const MAC_LENGTH = 22;

/**
 * `<until, in seconds>.<mac>.<id of the notice>`: nothing of it has to be kept. It counts from when the notice was made, so
 * that what is tried again has the same bytes.
 */
export const linkToken = (secret: string, notice: Linked): string =>
  tokenUntil(secret, notice.id, linkUntil(notice));

type Linked = Pick<Notice, 'id' | 'createdAt'> & Partial<Pick<Notice, 'content'>>;

/**
 * How long the link of a notice leads somewhere. Care, upkeep and requests wait for the morning: a link that counts from the evening
 * before would be dead when it arrives.
 */
export const linkUntil = ({ createdAt, content }: Omit<Linked, 'id'>): number =>
  createdAt +
  LIMITS.noticeLinkMs +
  (content?.priority === 'P4' || content?.ofRequest ? LIMITS.noticeKeptMsMax : 0);

function tokenUntil(secret: string, id: string, at: number): string {
  const until = Math.ceil(at / 1000).toString(36);
  return `${until}.${macOf(secret, until, id)}.${Buffer.from(id).toString('base64url')}`;
}

/** The notice behind a token; how long it is good the notice says, not whoever signed. */
export async function noticeBehind(
  secret: string,
  token: string,
  now: number,
  records: Pick<RecordStore, 'notice'>,
): Promise<Notice | LinkRefusal> {
  const read = readLink(secret, token, now);
  if (typeof read === 'string') return read;
  const notice = await records.notice(read.notice);
  if (!notice) return 'unknown';
  // An earlier version gave all of them the shorter time.
  const before = tokenUntil(secret, notice.id, notice.createdAt + LIMITS.noticeLinkMs);
  return [linkToken(secret, notice), before].some((one) => equalSecrets(token, one)) ? notice : 'unknown';
}

/** The notice that a token of ours names. */
export function readLink(secret: string, token: string, now: number): { notice: string } | LinkRefusal {
  const [until = '', mac = '', encoded = '', ...rest] = token.split('.');
  const notice = Buffer.from(encoded, 'base64url').toString('utf8');
  if (rest.length > 0 || !equalSecrets(mac, macOf(secret, until, notice))) return 'unknown';
  return Number.parseInt(until, 36) * 1000 < now ? 'expired' : { notice };
}

const macOf = (secret: string, until: string, notice: string): string =>
  createHmac('sha256', secret).update(`${until}\n${notice}`).digest('base64url').slice(0, MAC_LENGTH);

/** Did it go to somebody of the home that it is about? */
export const isOfHome = ({ home, recipient: { kind } }: Pick<Notice, 'home' | 'recipient'>): boolean =>
  home !== '' && (kind === 'contact' || kind === 'resident');

/** What asks something of its own, with a priority of its own; all other notices say what the case is. */
const ASKS_BY_ITSELF: ReadonlySet<string> = new Set(['test', 'resident-asked', 'case-call-back']);

/**
 * What an open case is now, where the notice says something else: it grew graver, or is called after another finding.
 * Of the place no more is said than in a notice, which is what anybody may read who gets hold of the link.
 */
function changedSince(
  { content }: Notice,
  of: Case,
  finding: Text | undefined,
  place: Text | undefined,
): { priority: Priority; title: Text } | undefined {
  if (isDone(of.status) || ASKS_BY_ITSELF.has(content.event)) return undefined;
  // A question after an absence and a drill are called after nothing that was found.
  if (of.kind !== 'safety' && of.kind !== 'technical') return undefined;
  const said = content.parts?.event;
  const title =
    place && finding
      ? titleText(place, finding)
      : said && finding
        ? afterPlace(content.title, said, finding)
        : content.title;
  if (of.priority === content.priority && title.zh === content.title.zh) return undefined;
  return { priority: of.priority, title };
}

/** The title with another finding; as it is where it does not end with its own. */
function afterPlace(title: Text, said: Text, event: Text): Text {
  const put = (locale: keyof Text): string =>
    title[locale].endsWith(said[locale])
      ? title[locale].slice(0, title[locale].length - said[locale].length) + event[locale]
      : title[locale];
  return { zh: put('zh'), en: put('en') };
}

/** How much longer "not yet" means behind a link. */
const DAYS_LONGER = 3;
const ANSWERED: Text = { zh: '已答复，谢谢', en: 'Answered, thank you' };

export interface NoticeDoorOptions {
  readonly secret: string;
  readonly records: Pick<RecordStore, 'notice' | 'case' | 'meta'>;
  readonly registry: () => Pick<RegistryView, 'timeZone' | 'phone' | 'staff' | 'contacts'>;
  readonly take: TakeReply;
  readonly submit: Loop['submit'];
  readonly clock: Clock;
  /** The page of the console on which what this alert says is put right. */
  readonly pageOf?: (alert: string) => string | undefined;
  /** What the open case of a home after an absence is. */
  readonly careOf?: (home: string) => CareState | undefined;
  /** What a case is called after, without the place; undefined where that cannot be told. */
  readonly findingOf?: (of: Case) => Text | undefined;
  /** Where a case is, with the surname, as the registry has it now. */
  readonly placeOf?: (of: Case) => Text | undefined;
}

type LinkedCase = NonNullable<LinkedNotice['case']>;

/** How far the case is, and what whoever reads this may do with it. */
function mayDo(
  { recipient }: Notice,
  found: Case,
  reader: Presser,
  isTheirs: boolean,
  { contacts, now }: { readonly contacts: readonly Contact[]; readonly now: number },
): Partial<LinkedCase> {
  const isReaders = isTheirs && isOwner(found, reader);
  const undo = isReaders ? undoOf(found, now) : undefined;
  const isAcknowledged = found.status === 'acknowledged';
  const isEmergency = found.kind === 'safety' && !isDone(found.status) && isGrave(found.priority);
  // A contact has it, and somebody near is still needed.
  const isWanted = isTheirs && !isReaders && isStillCalled(found, { contacts });
  const mark = isAcknowledged ? markOf(found) : undefined;
  const flags = {
    isReaders,
    isLate: isAcknowledged && found.dueAt < now,
    isEmergency,
    awaitsReader: isReaders && !hasSetOut(found),
    mayArrive: isReaders && isEmergency && mark?.what !== 'onSiteAt',
    mayTake: isWanted && recipient.kind === 'staff',
    mayCome: isWanted && recipient.kind === 'contact',
  };
  const held = Object.entries(flags).flatMap(([name, holds]) => (holds ? [[name, true] as const] : []));
  return { ...Object.fromEntries(held), ...(undo ? { undo } : {}), ...(mark ? { mark } : {}) };
}

/** What the links lead to. */
export function noticeDoor({
  secret,
  records,
  registry,
  take,
  submit,
  clock,
  pageOf = () => undefined,
  careOf = () => undefined,
  findingOf = () => undefined,
  placeOf = () => undefined,
}: NoticeDoorOptions): NoticeDoor {
  const noticeOf = async (token: string): Promise<Notice | LinkRefusal> => {
    const notice = await noticeBehind(secret, token, clock.now(), records);
    if (typeof notice === 'string') return notice;
    // A resident who was asked whether all is well says so, or calls for help, in any case: neither ends a call.
    const isLost = notice.recipient.kind === 'contact' && (await isWithdrawn(notice, records));
    return isLost ? 'unknown' : notice;
  };
  const { isOther, arrived, undo, spoke } = noticeDeeds({ records, registry, take, submit, clock }, noticeOf);
  return {
    arrived,
    undo,
    spoke,
    async open(token) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      const { content, createdAt, path } = notice;
      const page = pageOf(notice.alert);
      const reader = readerOf(notice, registry());
      const found = notice.case === '' ? undefined : await records.case(notice.case);
      const phone = registry().phone(found?.path ?? path);
      const linked: LinkedNotice = {
        content,
        createdAt,
        recipient: reader.name,
        ...(content.event === 'resident-asked' ? { asksResident: true as const } : {}),
        ...(isOfHome(notice) ? { ofHome: true as const } : {}),
        timeZone: registry().timeZone(path),
        ...(phone === undefined ? {} : { phone }),
        ...(page === undefined ? {} : { page }),
      };
      if (!found) return linked;
      const { id, number, status, resolvedBy, resolvedAt, acknowledgedBy, acknowledgedAt } = found;
      const [by, at] = isDone(status) ? [resolvedBy, resolvedAt] : [acknowledgedBy, acknowledgedAt];
      const who = { ...(by === undefined ? {} : { by }), ...(at === undefined ? {} : { at }) };
      const notTheirs = isDone(status) ? undefined : noLongerTheirs(notice, registry(), found);
      // A place that was corrected is for those who still are to go there.
      const place = notTheirs ? undefined : placeOf(found);
      const changed = changedSince(notice, found, findingOf(found), place);
      const care = found.kind === 'care' && !isDone(status) ? careOf(found.home) : undefined;
      const may = mayDo(notice, found, reader, notTheirs === undefined, {
        contacts: registry().contacts(found.home),
        now: clock.now(),
      });
      return {
        ...linked,
        ...(notTheirs ? { notTheirs } : {}),
        case: {
          id,
          number,
          status,
          state: stateOf(found),
          ...who,
          ...may,
          ...(care ? { care } : {}),
          ...(changed ? { now: changed } : {}),
        },
      };
    },
    async seen(token) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return;
      const { id, channel } = notice;
      await take({ kind: 'seen', channel, at: clock.now(), about: { notice: id } });
    },
    async press(token, kind, saw) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      const { id, channel, content } = notice;
      // A resident who is asked has two answers of their own.
      if (content.event === 'resident-asked' && kind !== 'acknowledge') return 'unknown';
      if (await isOther(notice, kind, saw)) return CHANGED_MEANWHILE;
      return take({ kind, channel, at: clock.now(), about: { notice: id } });
    },
    async needHelp(token) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      const { id, channel, content } = notice;
      if (content.event !== 'resident-asked') return 'unknown';
      return take({ kind: 'cannot-come', channel, at: clock.now(), about: { notice: id } });
    },
    async answer(token, answer) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      const { id, channel, home, recipient } = notice;
      // A group is nobody in whose name a home could leave the watching.
      if (recipient.kind === 'channel')
        return { ok: false, refusal: 'person-unknown', text: REPLY_REFUSALS['person-unknown'] };
      await take({ kind: 'seen', channel, at: clock.now(), about: { notice: id } });
      const reply = await submit(
        { type: 'home.answer', home, answer, days: DAYS_LONGER },
        readerOf(notice, registry()).name,
      );
      if (reply.ok) return { ok: true, text: ANSWERED };
      return { ok: false, refusal: 'case-refused', text: ERRORS[reply.failure.code] };
    },
  };
}

import { createHash } from 'node:crypto';
import { isStillCalled, isWithContact } from '../cases/contact-owner.ts';
import { SECOND } from '../lib/clock.ts';
import { shortLocal } from '../lib/local-time.ts';
import { type Case, type Doer, isSamePerson, ownerOf } from '../model/case.ts';
import type { Command } from '../model/command.ts';
import { ERRORS, type Failure } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import { signatureOf } from '../model/signature.ts';
import type { Text } from '../model/text.ts';
import { afterReply } from '../notify/notice-state.ts';
import type { Outbox } from '../notify/outbox.ts';
import {
  type ChannelReply,
  REPLY_REFUSALS,
  type ReplyRefusal,
  type ReplyResult,
  type TakeReply,
} from '../ports/channel-reply.ts';
import type { RegistryView } from '../ports/service.ts';
import type { Loop } from './loop.ts';
import { memberOf, noLongerTheirs } from './theirs.ts';

export interface ChannelRepliesOptions {
  readonly outbox: Pick<Outbox, 'find' | 'change'>;
  readonly registry: () => Pick<RegistryView, 'staff' | 'contacts' | 'timeZone'>;
  readonly submit: Loop['submit'];
  /** A case as it is now, while it is not over. */
  readonly current?: (id: string) => Case | undefined;
  /** The account of a member of staff, if it may take a case at this place; absent: nobody has any. */
  readonly accountOf?: (staff: string, path: string) => Promise<string | undefined>;
  readonly logger: { error(fields: object, message: string): void };
}

export type ReplyKind = ChannelReply['kind'];
type Answered = ReplyKind | ReplyRefusal;

/** Takes what comes back over channels: receipts change the notice, an acknowledgement goes to the case as a command. */
export class ChannelReplies {
  readonly #options: ChannelRepliesOptions;
  readonly #counts = new Map<Answered, number>();
  #pending = 0;

  constructor(options: ChannelRepliesOptions) {
    this.#options = options;
  }

  /** Replies taken by kind, and refused ones by reason, since the start. */
  get counts(): ReadonlyMap<Answered, number> {
    return this.#counts;
  }

  readonly take: TakeReply = async (reply) => {
    if (this.#pending >= LIMITS.channelRepliesPendingMax) return this.#refuse('not-ready');
    this.#pending++;
    try {
      const result = await this.#take(reply);
      if (result.ok) this.#count(reply.kind);
      return result;
    } catch (error) {
      this.#options.logger.error({ err: error, channel: reply.channel }, 'A reply could not be taken');
      return this.#refuse('not-ready');
    } finally {
      this.#pending--;
    }
  };

  async #take(reply: ChannelReply): Promise<ReplyResult> {
    const { outbox } = this.#options;
    const notice = await outbox.find(reply);
    if (!notice) return this.#refuse('notice-unknown');
    if (isPress(reply)) return this.#pressed(notice, reply);
    await outbox.change(notice.id, (now) => afterReply(now, reply));
    return { ok: true, text: NOTED };
  }

  async #pressed(notice: Notice, reply: Press): Promise<ReplyResult> {
    const { outbox, logger } = this.#options;
    // Whoever answers has seen it, whatever becomes of the answer. They wait for the case alone.
    outbox
      .change(notice.id, (now) => afterReply(now, reply))
      .catch((error: unknown) => {
        logger.error({ err: error, notice: notice.id }, 'That a notice was seen could not be stored');
      });
    if (notice.content.event === 'test') return { ok: true, text: drillText(reply.at - notice.createdAt) };
    if (notice.standsFor) return this.#refuse('case-refused', MANY);
    const known = this.#registered(notice, reply.by);
    const presser = known ?? this.#recipient(notice, reply.by);
    if (presser === undefined) return this.#refuse('person-unknown');
    const { registry, current } = this.#options;
    const now = current?.(notice.case);
    const gone = known === undefined && noLongerTheirs(notice, registry(), now);
    if (gone) return this.#refuse('not-theirs', gone);
    const { name } = presser;
    const who = await this.#identity(presser, now?.path ?? notice.path);
    const hasIt = isOwner(now, { name, ...who });
    const other = this.#relativeOf(notice, reply, now, hasIt);
    if (other !== undefined) return this.#refuse('case-refused', hasItAlready(other));
    if (await this.#setsOut(notice, reply, now, name, who)) return { ok: true, text: onTheWay(name) };
    const command = { ...commandOf(notice, reply, who, hasIt), ...onceOnly(notice, reply) };
    const refused = await this.#ask(notice, command, name);
    return refused ?? (await this.#done(notice, reply, name, who, hasIt));
  }

  /**
   * Who of the family has it already, where another of them says that they take it, and not that they come: nothing would be gained, and
   * the first would not have it any more.
   */
  #relativeOf(
    { recipient }: Notice,
    { kind }: Press,
    now: Case | undefined,
    hasIt: boolean,
  ): string | undefined {
    if (recipient.kind !== 'contact' || kind !== 'acknowledge' || hasIt || !now) return undefined;
    const isFamilys = isWithContact(now, { contacts: this.#registry.contacts(now.home) });
    return isFamilys ? now.acknowledgedBy : undefined;
  }

  /** Taken and on the way in one word: nobody hears in between that a contact has it and does not come. False: it is no such case, or not any more. */
  async #setsOut(
    { recipient }: Notice,
    { kind }: Press,
    now: Case | undefined,
    by: string,
    who: Identity,
  ): Promise<boolean> {
    if (kind !== 'on-the-way' || recipient.kind === 'resident' || now?.status !== 'open') return false;
    const { id, version } = now;
    const step = {
      type: 'case.step',
      case: id,
      step: 'on-the-way',
      note: '',
      expectedVersion: version,
    } as const;
    return (await this.#options.submit({ ...step, ...who }, by)).ok;
  }

  /** As the case knows them: by their id among the staff, and by the account that is theirs. */
  async #identity({ staff }: Presser, path: string): Promise<Identity> {
    if (staff === undefined) return {};
    const account = await this.#options.accountOf?.(staff, path);
    return { staff, ...(account === undefined ? {} : { account }) };
  }

  /** The refusal; undefined: it is done. */
  async #ask(notice: Notice, command: Command, by: string): Promise<ReplyResult | undefined> {
    const answer = await this.#options.submit(command, by);
    if (answer.ok) return undefined;
    if (answer.failure.code === 'NOT_READY') return this.#refuse('not-ready');
    return this.#refuse('case-refused', this.#why(answer.failure, notice));
  }

  async #done(
    notice: Notice,
    { kind }: Press,
    by: string,
    who: Identity,
    hadIt: boolean,
  ): Promise<ReplyResult> {
    if (notice.recipient.kind === 'resident')
      return { ok: true, text: kind === 'cannot-come' ? HELP_COMES : NOTED };
    if (kind === 'cannot-come') return { ok: true, text: this.#declined(notice, by, hadIt) };
    if (kind === 'acknowledge')
      return { ok: true, text: this.#isStillCalled(notice) ? stillCalled(by) : taken(by) };
    // That it is theirs is what counts; that they are on the way is one more line.
    const step = { type: 'case.step', case: notice.case, step: 'on-the-way', note: '', ...who } as const;
    const answer = await this.#options.submit(step, by);
    return { ok: true, text: answer.ok ? onTheWay(by) : taken(by) };
  }

  #declined({ case: id }: Notice, by: string, hadIt: boolean): Text {
    if (hadIt) return gaveBack(by);
    return this.#options.current?.(id)?.status === 'open' ? othersCalled(by) : declined(by);
  }

  #isStillCalled({ case: id, home }: Notice): boolean {
    const now = this.#options.current?.(id);
    return now !== undefined && isStillCalled(now, { contacts: this.#registry.contacts(home) });
  }

  /**
   * In whose name: who is registered with this address of this channel. Where the provider does not say who it was, or
   * names the address that the notice went to, it is the one person that it was sent to. Anybody else is unknown: a case
   * that nobody on the roster has must not look as if somebody had it.
   */
  #registered({ channel, home }: Notice, by: { address: string } | undefined): Presser | undefined {
    if (!by) return undefined;
    const { staff, contacts } = this.#registry;
    const is = (way: { channel: string; address: string }): boolean =>
      way.channel === channel && way.address === by.address;
    for (const one of staff()) if (one.channels.some(is)) return { name: one.name, staff: one.id };
    for (const one of contacts(home))
      if (one.channels.some(is)) return { name: signatureOf({ kind: 'contact', ...one }) };
    return undefined;
  }

  #recipient(notice: Notice, by: { address: string } | undefined): Presser | undefined {
    const { address, recipient } = notice;
    if (by && by.address !== address) return undefined;
    return recipient.kind === 'channel' ? undefined : readerOf(notice, this.#options.registry());
  }

  get #registry(): { staff: RegistryView['staff']; contacts: RegistryView['contacts'] } {
    const registry = this.#options.registry();
    return { staff: () => registry.staff(), contacts: (home) => registry.contacts(home) };
  }

  /** Who has it and since when, where that is the reason. */
  #why({ code, details }: Failure, { path }: Notice): Text {
    const { by, at } = details ?? {};
    if (typeof by !== 'string' || typeof at !== 'number') return ERRORS[code];
    const since = shortLocal(at, this.#options.registry().timeZone(path));
    return {
      zh: `${ERRORS[code].zh}：${by}（${since}）`,
      en: `${ERRORS[code].en}: ${by} (${since})`,
    };
  }

  #refuse(refusal: ReplyRefusal, text: Text = REPLY_REFUSALS[refusal]): ReplyResult {
    this.#count(refusal);
    return { ok: false, refusal, text };
  }

  #count(what: Answered): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

/** Who pressed: as they are called now and, of staff, which of them. */
export interface Presser {
  readonly name: string;
  readonly staff?: string;
}
type Identity = { readonly staff?: string; readonly account?: string };

/** Have they it, as far as is known of either? */
export const isOwner = (of: Case | undefined, who: Doer): boolean =>
  of?.status === 'acknowledged' && isSamePerson(ownerOf(of), who);

/** In whose name whoever got a notice says something of its case: contacts with their relation. */
export function readerOf(notice: Notice, registry: Pick<RegistryView, 'staff' | 'contacts'>): Presser {
  const { home, recipient } = notice;
  if (recipient.kind === 'contact') {
    const known = registry.contacts(home).find(({ id }) => id === recipient.id);
    const { name } = known ?? recipient;
    return { name: signatureOf({ kind: 'contact', name, relation: known?.relation ?? '' }) };
  }
  const member = memberOf(notice, registry);
  return member ? { name: member.name, staff: member.id } : { name: recipient.name };
}

type Press = Extract<ChannelReply, { kind: 'acknowledge' | 'on-the-way' | 'cannot-come' }>;
const isPress = (reply: ChannelReply): reply is Press =>
  reply.kind === 'acknowledge' || reply.kind === 'on-the-way' || reply.kind === 'cannot-come';

/**
 * Who is on the way has taken the case; who cannot come leaves a word, and the calls go on; of whoever has it, they begin
 * anew. A resident who was asked says by the same keys whether all is well: nobody has the case because of it.
 */
function commandOf({ case: id, recipient }: Notice, { kind }: Press, who: Identity, hasIt: boolean): Command {
  const declines = kind === 'cannot-come';
  if (recipient.kind === 'resident') return { type: 'case.confirm', case: id, well: !declines, note: '' };
  if (declines && hasIt) return { type: 'case.give-back', case: id, reason: '', ...who };
  return declines
    ? { type: 'case.note', case: id, text: declined('').en.trim(), declines }
    : { type: 'case.acknowledge', case: id, ...who };
}

/**
 * What is reported again must not be done again: by then whoever took the case may have given it back, and others are being called. The
 * home remembers the key, also over a restart.
 */
const onceOnly = ({ id }: Notice, { kind, once }: Press): { readonly key?: string } =>
  once ? { key: createHash('sha256').update(`reply\n${id}\n${kind}`).digest('base64url') } : {};

/** To the person who needs help. */
const HELP_COMES: Text = {
  zh: '已转告社区工作人员，会尽快联系您。情况紧急请直接拨打 120',
  en: 'The community staff are being told and will contact you soon. If it is urgent, call 120 yourself',
};
const NOTED: Text = { zh: '已记录', en: 'Noted' };
const MANY: Text = {
  zh: '这是多个事项的汇总，请登录后逐项接手',
  en: 'This tells of several cases: sign in and take them one by one',
};
/** How long it took, from our sending until a person answered. */
const drillText = (ms: number): Text => ({
  zh: `演练：已收到，用时 ${Math.round(ms / SECOND)} 秒`,
  en: `Drill: answered after ${Math.round(ms / SECOND)} s`,
});
const onTheWay = (by: string): Text => ({
  zh: `已由 ${by} 接手，正在赶去`,
  en: `Taken by ${by}, on the way`,
});
const othersCalled = (by: string): Text => ({
  zh: `已记录：${by} 去不了。会继续通知其他人`,
  en: `Noted: ${by} cannot come. Others go on being called`,
});
const gaveBack = (by: string): Text => ({
  zh: `${by} 已交回。正在通知其他人`,
  en: `${by} has given it back. Others are being called`,
});
const declined = (by: string): Text => ({ zh: `${by} 去不了`, en: `${by} cannot come` });
/** To a contact: they are not to believe that it is done with that. */
const stillCalled = (by: string): Text => ({
  zh: `已由 ${by} 接手。在您说“正在赶去”之前，仍会继续通知社区工作人员`,
  en: `Taken by ${by}. Until you say that you are on your way, the community staff go on being called`,
});
/** To another contact. */
const hasItAlready = (by: string): Text => ({
  zh: `${by} 已接手。您能赶去的话，请点“正在赶去”`,
  en: `${by} has taken it already. If you can go there, tap “On my way”`,
});
const taken = (by: string): Text => ({ zh: `已由 ${by} 接手`, en: `Taken by ${by}` });

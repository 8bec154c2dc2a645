import { LIMITS } from '../../model/limits.ts';
import type { SessionProblem } from '../../model/session-problem.ts';
import type { Text } from '../../model/text.ts';
import {
  type ChannelReply,
  REPLY_REFUSALS,
  type ReplyRefusal,
  type ReplyResult,
} from '../../ports/channel-reply.ts';
import type { Answer, SessionHost } from '../define.ts';

/** What the buttons of a card say. */
export const PRESSES = {
  acknowledge: { zh: '我来接手', en: "I'll take it" },
  'on-the-way': { zh: '正在赶去', en: 'On my way' },
  'cannot-come': { zh: '我去不了', en: 'I cannot come' },
  well: { zh: '我没事', en: 'I am well' },
  'need-help': { zh: '我需要帮助', en: 'I need help' },
} as const satisfies Record<string, Text>;
export type Press = keyof typeof PRESSES;

const OF_STAFF = ['acknowledge', 'on-the-way', 'cannot-come'] as const satisfies readonly Press[];
/** What a resident answers who is asked whether all is well; the service takes it by the same kinds of reply. */
const OF_RESIDENT = { well: 'acknowledge', 'need-help': 'cannot-come' } as const satisfies Partial<
  Record<Press, ChannelReply['kind']>
>;
const isOfResident = (press: Press): press is keyof typeof OF_RESIDENT => press in OF_RESIDENT;

/** The buttons of a card that asks a resident, or somebody who may come. */
export const pressesOf = ({ asksResident }: { readonly asksResident?: true }): readonly Press[] =>
  asksResident ? (Object.keys(OF_RESIDENT) as Press[]) : OF_STAFF;

/** The card that this button stands on. */
export const cardOfPress = (press: Press): { readonly asksResident?: true } =>
  isOfResident(press) ? { asksResident: true } : {};
export const isPress = (name: unknown): name is Press => typeof name === 'string' && name in PRESSES;

export interface Pressed {
  readonly press: Press;
  /** The id of the notice. */
  readonly notice: string;
  /** Who pressed, as the provider knows them. */
  readonly by: { readonly address: string; readonly name?: string };
  readonly at: number;
}

/** `late`: the provider will not wait for the result; it comes, and is shown in another way. */
export type PressOutcome =
  | { readonly kind: 'in-time'; readonly result: ReplyResult }
  | { readonly kind: 'late'; readonly later: Promise<ReplyResult> };

/** Shown while the service still works on it. */
export const PRESS_PENDING: Text = { zh: '已收到，正在处理', en: 'Received, one moment' };

/** When it was pressed: as the provider says, which some do in whole seconds, and with clocks that are ahead of ours. */
export const pressedAt = (said: number | undefined, now: number): number =>
  said === undefined || said > now - SAID_MS_MIN ? now : said;
const SAID_MS_MIN = 5_000;

/** Do the buttons stay on the card? They do while nobody has the case. */
export const keepsButtons = (press: Press, result: ReplyResult): boolean =>
  result.ok ? press === 'cannot-come' || press === 'need-help' : result.refusal !== 'case-refused';

/** Brings presses of buttons to the service. Always comes back with words for whoever pressed, and never throws. */
export class Presses {
  readonly #host: SessionHost;
  readonly #trouble: (problem: SessionProblem, detail: string) => void;
  /** How long the provider waits for us, in milliseconds, with room for the way. */
  readonly #limitMs: number;
  #underWay = 0;

  constructor(
    host: SessionHost,
    limitMs: number,
    trouble: (problem: SessionProblem, detail: string) => void,
  ) {
    this.#host = host;
    this.#limitMs = limitMs;
    this.#trouble = trouble;
  }

  async take(pressed: Pressed): Promise<PressOutcome> {
    const result = this.#ask(pressed);
    let cancel = (): void => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#host.timers.after(this.#limitMs, () => resolve(undefined));
    });
    const first = await Promise.race([result, late]);
    cancel();
    return first ? { kind: 'in-time', result: first } : { kind: 'late', later: result };
  }

  /** Shows a result for which the provider did not wait. Never throws. */
  async showLater(
    later: Promise<ReplyResult>,
    show: (result: ReplyResult) => Promise<Answer>,
  ): Promise<void> {
    try {
      const answer = await show(await later);
      if (answer.kind !== 'accepted') this.#trouble('press-failed', answer.detail);
    } catch (error) {
      this.#trouble('press-failed', (error as Error).message);
    }
  }

  async #ask({ press, notice, by, at }: Pressed): Promise<ReplyResult> {
    if (this.#underWay >= LIMITS.sessionPressesMax) return refused('not-ready');
    this.#underWay++;
    try {
      const kind = isOfResident(press) ? OF_RESIDENT[press] : press;
      const reply: ChannelReply = { channel: this.#host.channel, at, about: { notice }, kind, by };
      const result = await this.#host.reply(reply);
      if (!result.ok && result.refusal === 'notice-unknown') this.#trouble('foreign-press', notice);
      return result;
    } catch (error) {
      this.#trouble('press-failed', (error as Error).message);
      return refused('not-ready');
    } finally {
      this.#underWay--;
    }
  }
}

const refused = (refusal: ReplyRefusal): ReplyResult => ({
  ok: false,
  refusal,
  text: REPLY_REFUSALS[refusal],
});

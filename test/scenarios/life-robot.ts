import { DAY, MINUTE } from '../../src/lib/clock.ts';
import type { Notice, NoticeEvent } from '../../src/model/notice.ts';
import { commanded } from './life-people.ts';
import type { Story } from './story.ts';

/** What calls people, and is no further news for those who were called. */
const CALLS: readonly NoticeEvent[] = ['case-opened', 'case-escalated', 'case-reopened'];

/**
 * The channel over which staff are told may fail: nothing of what is sent over it arrives. Whatever then reached nobody is told
 * to those who sit before a screen.
 */
export class LifeRobot {
  readonly #story: Story;
  #seen = 0;
  #isDown = false;

  constructor(story: Story) {
    this.#story = story;
  }

  fails(isDown: boolean): void {
    this.#isDown = isDown;
  }

  /** What was sent since it was last looked at, if it was in vain. Gives back the grave case of which nobody heard anything. */
  sends(): string | undefined {
    const { notices } = this.#story;
    const fresh = notices.slice(this.#seen).filter(({ channel }) => channel === 'robot');
    this.#seen = notices.length;
    if (!this.#isDown) return undefined;
    for (const one of fresh) this.#fails(one);
    return fresh.find((one) => CALLS.includes(one.content.event) && !this.#isPassedOn(one))?.case;
  }

  #fails({ id: notice, case: of, recipient, channel }: Notice): void {
    const about = {
      notice,
      case: of,
      subject: of.replace(/\.c\d+$/, ''),
      recipient: recipient.name,
      channel,
    };
    const failed = { state: 'failed', failure: 'provider-unreachable' } as const;
    commanded(this.#story, { type: 'notice.result', ...about, ...failed }, 'system');
  }

  /** Of a case that nobody has and that cannot wait it is said that the last notice reached nobody. */
  #isPassedOn({ case: of, createdAt }: Notice): boolean {
    const { kind, status, priority } = this.#story.case(of);
    if (kind !== 'safety' || priority > 'P2' || status !== 'open') return true;
    const { now } = this.#story;
    if (now - createdAt > 30 * MINUTE) return true;
    const isInstead = /均未送达|后备渠道/;
    const passedOn = this.#story.lines(of).filter(({ text }) => isInstead.test(text.zh));
    // Whoever sits before a screen and was told in place of others once is among those who are told from then on.
    return passedOn.some(({ at }) => at >= createdAt || now - at < DAY);
  }
}

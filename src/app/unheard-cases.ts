import type { Logger } from 'pino';
import { MINUTE, SECOND } from '../lib/clock.ts';
import type { Priority } from '../model/alert.ts';
import type { Notice } from '../model/notice.ts';
import { many, type Text } from '../model/text.ts';
import type { ConfiguredChannel } from '../notify/load.ts';
import type { NumberedCase, RecordStore } from '../ports/records.ts';
import type { Core } from './core.ts';

/** Between two looks, in milliseconds of the wall, and cases that one of them looks at, the gravest first. */
const REST_MS = 10 * SECOND;
const CASES_MAX = 100;
/** Of a case: enough for the first rounds of its ladder through a whole neighbourhood. */
const NOTICES_MAX = 200;
const NAMED_MAX = 5;
/** Until then somebody should have been told: half of the time in which a person is to be reached. */
const TOLD_WITHIN_MS: Partial<Record<Priority, number>> = { P1: 2 * MINUTE, P2: 7 * MINUTE };
/** Kinds of channel behind which there is a screen or a program, also where they are the last resort. */
const SCREENS: ReadonlySet<string> = new Set(['terminal', 'mqtt-topic']);

export interface Unheard {
  /** P1 and P2 of which no notice has reached anybody yet, and that nobody has taken. */
  readonly count: number;
  readonly homes: readonly string[];
  /** Whether one of them is a P1. */
  readonly grave: boolean;
}

const NONE: Unheard = { count: 0, homes: [], grave: false };

interface Options {
  readonly core: Pick<Core, 'now' | 'policy'>;
  readonly records: Pick<RecordStore, 'cases' | 'notices' | 'notice'>;
  readonly channels: ReadonlyMap<string, Pick<ConfiguredChannel, 'definition'>>;
  readonly logger: Logger;
}

/**
 * Looks whether somebody has heard of each P1 and P2 that nobody has taken: whether a provider took a notice of it to a person, or
 * to a group behind which people sit. Each way may fail, and the fallback too; then nobody is left to whom it could be said over a
 * channel, so the service itself says it: on /readyz, in the metrics, in the log, and by no heartbeat to the monitor outside.
 */
export class UnheardCases {
  readonly #options: Options;
  readonly #heard = new Set<string>();
  #nextAt = 0;
  now: Unheard = NONE;

  constructor(options: Options) {
    this.#options = options;
  }

  isDue(wallNow: number): boolean {
    return wallNow >= this.#nextAt;
  }

  async work(wallNow: number): Promise<void> {
    this.#nextAt = wallNow + REST_MS;
    const { items } = await this.#options.records.cases(
      { paths: [''], status: ['open'], priority: ['P1', 'P2'], kind: 'safety', order: 'urgency' },
      { limit: CASES_MAX },
    );
    const open = new Set(items.map(keyOf));
    for (const key of this.#heard) if (!open.has(key)) this.#heard.delete(key);
    const unheard: NumberedCase[] = [];
    for (const one of items) if (!(await this.#isHeard(one))) unheard.push(one);
    this.#say(unheard);
  }

  async #isHeard(one: NumberedCase): Promise<boolean> {
    if (this.#heard.has(keyOf(one)) || !this.#isLate(one)) return true;
    const { items } = await this.#options.records.notices(
      { paths: [''], case: one.id },
      { limit: NOTICES_MAX },
    );
    const told = items.filter(({ createdAt }) => createdAt >= sinceOf(one));
    // A silence holds back all that is said, to screens too: that is somebody's will, and told elsewhere.
    if (told.length === 0) return true;
    for (const notice of told) {
      if (!this.#isToPeople(notice) || !(await this.#wasSent(notice))) continue;
      this.#heard.add(keyOf(one));
      return true;
    }
    return false;
  }

  #isLate(one: NumberedCase): boolean {
    const within = TOLD_WITHIN_MS[one.priority] ?? Number.POSITIVE_INFINITY;
    return this.#options.core.now - sinceOf(one) >= within;
  }

  #isToPeople({ recipient, channel }: Notice): boolean {
    const kind = this.#options.channels.get(channel)?.definition.channel ?? '';
    if (SCREENS.has(kind) || recipient.kind === 'resident') return false;
    return recipient.kind !== 'channel' || !this.#options.core.policy.always.includes(channel);
  }

  async #wasSent(notice: Notice): Promise<boolean> {
    if (notice.digest === undefined) return SENT.has(notice.state);
    const digest = await this.#options.records.notice(notice.digest);
    return digest !== undefined && SENT.has(digest.state);
  }

  #say(unheard: readonly NumberedCase[]): void {
    const before = new Set(this.now.homes);
    const homes = unheard.map(({ home }) => home);
    this.now = {
      count: unheard.length,
      homes: [...new Set(homes)].slice(0, NAMED_MAX),
      grave: unheard.some(({ priority }) => priority === 'P1'),
    };
    if (this.now.homes.some((home) => !before.has(home)))
      this.#options.logger.error(
        { count: unheard.length, cases: unheard.slice(0, NAMED_MAX).map(({ id }) => id) },
        'somebody may need help and nobody has been reached: no notice of these cases was taken by any provider',
      );
  }
}

const SENT: ReadonlySet<Notice['state']> = new Set(['accepted', 'delivered', 'seen']);

/** Since when people are to be told: where it was opened again, since then. */
const sinceOf = ({ openedAt, round }: NumberedCase): number => round?.from ?? openedAt;
const keyOf = (one: NumberedCase): string => `${one.id} ${sinceOf(one)}`;

export function unheardText({ count, homes, grave }: Unheard): Text {
  const [named, more] = [homes.join(', '), count > homes.length];
  return {
    zh: `${count} 件${grave ? '含 P1 的' : ''}事项尚未通知到任何人，也无人接手：${homes.join('、')}${more ? ' 等' : ''}。请立即在“事项”中处理，并查看各渠道的状态`,
    en: `nobody has been reached of ${many(count, 'case', 'cases')}${grave ? ' (P1 among them)' : ''} that nobody has taken: ${named}${more ? ' and others' : ''}. Take them in the list of cases, and look at the channels`,
  };
}

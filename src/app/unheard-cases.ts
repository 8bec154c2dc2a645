import type { Logger } from 'pino';
import { MINUTE, SECOND } from '../lib/clock.ts';
import type { Priority } from '../model/alert.ts';
import type { Notice } from '../model/notice.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import { many, type Text } from '../model/text.ts';
import type { ConfiguredChannel } from '../notify/load.ts';
import type { NumberedCase, RecordStore } from '../ports/records.ts';
import type { Core } from './core.ts';

/** Between two rounds, and two pieces of one, in milliseconds of the wall; cases that a piece looks at, the gravest first. */
const REST_MS = 10 * SECOND;
const PAUSE_MS = 500;
const CASES_MAX = 50;
/** Notices of a case that are read at a time, the newest first, and at most: the first may have arrived, and all after it not. */
const NOTICES_MAX = 200;
const NOTICE_PAGES_MAX = 5;
const NAMED_MAX = 5;
/** After a start what was queued has to be sent first, and may be late by then. */
const GRACE_MS = 30 * SECOND;
/** A resident who is asked first has so many times as long before somebody else has to be told. */
const ASKED_FIRST_TIMES = 3;
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
  readonly core: Pick<Core, 'now' | 'behind'> & {
    readonly policy: Pick<NotifyPolicy, 'routes' | 'escalation' | 'always' | 'fallback'>;
  };
  readonly records: Pick<RecordStore, 'cases' | 'notices' | 'notice'>;
  readonly channels: ReadonlyMap<string, Pick<ConfiguredChannel, 'definition'>>;
  readonly logger: Logger;
  /** In a demo nobody is there to be told, and two minutes are the twentieth part of a second. */
  readonly demo?: boolean;
}

/**
 * Looks whether somebody has heard of each P1 and P2 that nobody has taken: whether a provider took a notice of it to a person, or
 * to a group behind which people sit. Each way may fail, and the fallback too; then nobody is left to whom it could be said over a
 * channel, so the service itself says it: on /readyz, in the metrics, in the log, and by no heartbeat to the monitor outside.
 */
export class UnheardCases {
  readonly #options: Options;
  /** Cases that are open, with when they were first seen here, and whether somebody has heard of them. */
  #known = new Map<string, Seen>();
  /** Those of the round that goes on, from its place on. */
  #round = new Map<string, Seen>();
  #unheard: NumberedCase[] = [];
  #cursor: string | undefined;
  #nextAt = 0;
  now: Unheard = NONE;

  constructor(options: Options) {
    this.#options = options;
  }

  isDue(wallNow: number): boolean {
    return !this.#options.demo && wallNow >= this.#nextAt;
  }

  /** A bounded piece of a round through all that is open. */
  async work(wallNow: number): Promise<void> {
    this.#nextAt = wallNow + PAUSE_MS;
    // As of what is past cases are raised now, and seem late before anybody could be told.
    if (this.#options.core.behind) return;
    const { items, next } = await this.#options.records.cases(
      { paths: [''], status: ['open'], priority: ['P1', 'P2'], kind: 'safety', order: 'urgency' },
      { limit: CASES_MAX, ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }) },
    );
    for (const one of items) {
      const seen = this.#known.get(keyOf(one)) ?? { since: wallNow, heard: false };
      this.#round.set(keyOf(one), seen);
      if (seen.heard || wallNow - seen.since < GRACE_MS || !this.#isLate(one, sinceOf(one))) continue;
      const word = await this.#wordOf(one);
      seen.heard = word === 'heard';
      if (word === 'none') this.#unheard.push(one);
    }
    this.#cursor = next;
    if (next === undefined || this.#unheard.length > this.now.count) this.#say(this.#unheard);
    if (next !== undefined) return;
    [this.#known, this.#round, this.#unheard] = [this.#round, new Map(), []];
    this.#nextAt = wallNow + REST_MS;
  }

  /** Whether somebody heard of it; or whether nobody was to hear of it yet. */
  async #wordOf(one: NumberedCase): Promise<'heard' | 'waits' | 'none'> {
    const since = sinceOf(one);
    let [first, some, isAsked] = [Number.POSITIVE_INFINITY, false, false];
    for await (const notice of this.#noticesOf(one.id, since)) {
      some = true;
      const isToPeople = this.#isToPeople(notice);
      if (isToPeople) first = Math.min(first, notice.createdAt);
      else if (notice.recipient.kind !== 'resident') continue;
      if (!(await this.#wasSent(notice))) continue;
      if (isToPeople) return 'heard';
      isAsked = true;
    }
    // A silence holds back all that is said, to screens too: that is somebody's will, and told elsewhere.
    if (!some) return 'waits';
    // Where the residents are asked first, others are told when they do not answer.
    const isLate =
      first < Number.POSITIVE_INFINITY
        ? this.#isLate(one, first)
        : this.#isLate(one, since, ASKED_FIRST_TIMES);
    return isAsked && !isLate ? 'waits' : 'none';
  }

  async *#noticesOf(id: string, since: number): AsyncGenerator<Notice> {
    let cursor: string | undefined;
    for (let pages = 0; pages < NOTICE_PAGES_MAX; pages++) {
      const { items, next } = await this.#options.records.notices(
        { paths: [''], case: id },
        { limit: NOTICES_MAX, ...(cursor === undefined ? {} : { cursor }) },
      );
      for (const notice of items) {
        if (notice.createdAt < since) return;
        yield notice;
      }
      if (next === undefined) return;
      cursor = next;
    }
  }

  #isLate({ priority }: NumberedCase, since: number, times = 1): boolean {
    const within = TOLD_WITHIN_MS[priority] ?? Number.POSITIVE_INFINITY;
    return this.#options.core.now - since >= within * times;
  }

  /** A group is one also where it is told of everything besides, as whoever decides who is told has it. */
  #isToPeople({ recipient, channel }: Notice): boolean {
    const kind = this.#options.channels.get(channel)?.definition.channel ?? '';
    if (SCREENS.has(kind) || recipient.kind === 'resident') return false;
    const { always, routes, escalation, fallback } = this.#options.core.policy;
    if (recipient.kind !== 'channel' || !always.includes(channel)) return true;
    const told = [...routes, ...escalation.flatMap(({ steps }) => steps), fallback];
    return told.some(({ channels }) => channels.includes(channel));
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

interface Seen {
  readonly since: number;
  heard: boolean;
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

import type { Logger } from 'pino';
import { accountOfStaff } from '../api/people.ts';
import { careState, isAsking } from '../cases/care.ts';
import { type Clock, MINUTE, wallClock } from '../lib/clock.ts';
import type { Notice } from '../model/notice.ts';
import { outbox as makeOutbox, type Outbox } from '../notify/outbox.ts';
import type { Broker } from '../ports/broker.ts';
import type { ReceiptDoor } from '../ports/channel-reply.ts';
import type { HomeDoor } from '../ports/home-door.ts';
import type { NoticeDoor } from '../ports/notice-door.ts';
import type { RecordStore } from '../ports/records.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import { DEFAULT_TIME_ZONE } from '../registry/registry.ts';
import { contactWith, currentCase, findingOf, knownOf, placeNow } from './case-news.ts';
import { ChannelReplies } from './channel-replies.ts';
import { ChannelWatch } from './channel-watch.ts';
import type { Core } from './core.ts';
import { Drills } from './drills.ts';
import type { EventFanOut } from './event-fan-out.ts';
import { homeDoor } from './home-door.ts';
import { linkKey } from './link-key.ts';
import type { Parts } from './load.ts';
import type { Loop } from './loop.ts';
import { NewsFollower } from './news-follower.ts';
import { linkToken, noticeDoor } from './notice-links.ts';
import { pushSubscriptions } from './push-subscriptions.ts';
import { receiptDoor } from './receipt-door.ts';
import { findingPage } from './service-finding.ts';
import { addressNow } from './theirs.ts';

export interface TellingOptions {
  readonly parts: Parts;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the terminal channel writes. */
  readonly print: (line: string) => void;
  readonly loop: Loop;
  readonly core: Core;
  readonly broker: Broker;
  readonly fanOut: EventFanOut;
}

/** The way to people and back. */
export interface Telling {
  readonly outbox: Outbox;
  /** Tells whoever was told of a case what became of it. */
  readonly news: NewsFollower;
  readonly replies: ChannelReplies;
  /** Where providers push what became of notices. */
  readonly receipts: ReceiptDoor;
  /** What stands behind the links that notices carry. */
  readonly noticeLinks: NoticeDoor;
  /** What stands behind the personal links of residents and contacts. */
  readonly homeDoor: HomeDoor;
  readonly webPush: PushSubscriptions;
  readonly channelWatch: ChannelWatch;
  readonly drills: Drills;
  /** Ends the drills, lets what is under way finish, and notes what was proven. */
  stop(): Promise<void>;
}

/** Puts together what tells people, and what takes their answers. */
export async function telling(options: TellingOptions): Promise<Telling> {
  const { parts, records, clock, logger, print, loop, core, broker, fanOut } = options;
  const { publicUrl } = parts.loaded.config.http;
  const webPush = pushSubscriptions(records, logger);
  const [secret, wall] = [await linkKey(parts.loaded.config.dataDir, records, logger), wallClock()];
  const { selfWatch: limits, drill } = parts.loaded.config;
  const channelWatch = await ChannelWatch.from({
    records,
    channels: parts.channels,
    staff: () => core.registry.staff(),
    clock,
    wall,
    awayMs: limits.channelAwayMinutes * MINUTE,
    failingMs: limits.channelFailingMinutes * MINUTE,
    provenDays: limits.channelProvenDays,
  });
  const outbox = makeOutbox({
    records,
    channels: parts.channels,
    clock,
    logger,
    print,
    publish: (topic, body, { retain }) => broker.publish(topic, body, { retain, qos: 1 }),
    submit: (command) => loop.submit(command, 'system'),
    reply: (reply) => replies.take(reply),
    push: webPush,
    proofs: channelWatch.proofs,
    onEvent: (event) => fanOut.offer(event),
    isWanted: (one) => contactWith(core, one) === 'far',
    addressNow: (notice) => addressNow(notice, core.registry),
    link: (notice, personal) =>
      linkTo(publicUrl, () => (personal ? `/n/${linkToken(secret, notice)}` : pageOf(core, notice))),
  });
  const replies = new ChannelReplies({
    outbox,
    registry: () => core.registry,
    submit: (command, by) => loop.submit(command, by),
    current: (id) => currentCase(core, id),
    accountOf: (staff, path) => accountOfStaff({ records, registry: core.registry }, staff, path),
    logger,
  });
  const registry = () => core.registry;
  const submit: Loop['submit'] = (command, by) => loop.submit(command, by);
  const news = await NewsFollower.from({
    records,
    outbox,
    ...knownOf(core),
    logger,
  });
  channelWatch.looksAt(() => outbox.stats().channels);
  const drills = new Drills({
    records,
    channels: parts.channels,
    registry,
    wake: () => outbox.wake(),
    clock,
    timeZone: DEFAULT_TIME_ZONE,
    logger,
    only: drill.channels,
    roles: drill.roles,
    schedule: drill.schedule === 'off' ? undefined : drill.schedule,
  });
  return {
    outbox,
    news,
    channelWatch,
    drills,
    async stop() {
      await drills.stop();
      await news.stop();
      await outbox.stop();
      await channelWatch.keep(true);
    },
    replies,
    webPush,
    receipts: receiptDoor(parts.channels, replies.take),
    noticeLinks: noticeDoor({
      secret,
      records,
      registry,
      take: replies.take,
      submit,
      clock,
      pageOf: (alert) => findingPage(core, alert),
      careOf: (home) => careState(core.subjects.get(home)?.book),
      findingOf: (of) => findingOf(core, of),
      placeOf: (of) => placeNow(core, of),
    }),
    homeDoor: homeDoor({
      secret,
      publicUrl,
      records,
      registry,
      isAsking: (home) => isAsking(core.subjects.get(home)?.book),
      submit,
      clock,
    }),
  };
}

/** Under the address by which people reach the console. */
const linkTo = (publicUrl: string | undefined, path: () => string): string | undefined =>
  publicUrl === undefined ? undefined : new URL(path(), publicUrl).href;

/** Where somebody sees what to do: the case, or the page on which its finding is put right. */
const pageOf = (core: Core, { case: about, alert }: Pick<Notice, 'case' | 'alert'>): string =>
  findingPage(core, alert) ?? (about === '' ? '/' : `/cases/${encodeURIComponent(about)}`);

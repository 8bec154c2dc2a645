import type { Logger } from 'pino';
import { WATCH_MODELS } from '../gateways/watches/session.ts';
import { entryKey } from '../model/registry.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Broker } from '../ports/broker.ts';
import type { Gateway } from '../ports/gateway.ts';
import { alertLine } from './alert-line.ts';
import type { AlertTopics } from './alert-topics.ts';
import { isOutdated, type Presence } from './broker-host.ts';
import { mayBeNews } from './case-news.ts';
import type { ChannelWatch } from './channel-watch.ts';
import type { Core } from './core.ts';
import type { Committed } from './loop-options.ts';
import type { NewsFollower } from './news-follower.ts';

/** The ways to devices and to other programs, as far as they are open yet. */
export interface Outward {
  broker?: Broker;
  alerts?: AlertTopics;
  /** The watch port, where it is on. */
  watches?: Gateway | undefined;
  outbox?: Outbox;
  news?: NewsFollower;
  channelWatch?: ChannelWatch;
}

const COMMAND_TOPIC = /^shouwang\/([^/]+)\/command$/;

/** A service account asked something of a device: watches hear it in the words of their protocol. */
export function relayCommand({ watches }: Outward, core: Core, topic: string, payload: Uint8Array): void {
  const device = COMMAND_TOPIC.exec(topic)?.[1];
  if (!watches || device === undefined || !speaksWatch(core, device)) return;
  watches.command(device, parsed(payload));
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

const speaksWatch = (core: Core, device: string): boolean =>
  WATCH_MODELS.has(core.registry.device(device)?.model ?? '');

/** Tells the world what a commit found, and devices what they are asked. */
export function publishFindings(
  { broker, alerts, watches }: Outward,
  core: Core,
  { effects }: Pick<Committed, 'effects'>,
  logger: Logger,
): void {
  const ask = (topic: string, payload: unknown): void => {
    broker?.publish(topic, JSON.stringify(payload), { qos: 1 }).catch((error: unknown) => {
      logger.warn({ err: error, topic }, 'a message could not be published');
    });
  };
  for (const effect of effects) {
    if (effect.type === 'alert') {
      const { change, alert } = effect;
      if (alert.shadow || !alerts) continue;
      alerts.say({ topic: alertTopic(core, alert.path), id: alert.id, change, line: alertLine(alert) });
    } else if (effect.type === 'device-command') {
      // What a device is asked now it is not asked later.
      ask(`shouwang/${effect.device}/command`, effect.payload);
      if (watches && speaksWatch(core, effect.device)) watches.command(effect.device, effect.payload);
    }
  }
}

/** Says something in another protocol than ours. */
export function publishBytes({ broker }: Outward, topic: string, payload: Uint8Array, logger: Logger): void {
  broker?.publish(topic, payload).catch((error: unknown) => {
    logger.warn({ err: error, topic }, 'a message could not be published');
  });
}

/** What is to be sent, and what those who were told of a case should hear now. */
export function tellOutbox(
  { outbox, news }: Outward,
  { effects, events }: Pick<Committed, 'effects' | 'events'>,
): void {
  if (!outbox) return;
  // What it writes to disk is not to stand between the stream's readers and this alert.
  if (effects.some(({ type }) => type === 'notice')) setImmediate(() => outbox.wake());
  news?.committed(
    events,
    effects.some((effect) => effect.type === 'case' && mayBeNews(effect.entries)),
  );
}

/** A device that was switched off, removed or given another secret is not listened to a moment longer. */
export function closeOutdated(
  { broker, watches }: Outward,
  core: Core,
  presence: Presence,
  { effects }: Pick<Committed, 'effects'>,
): void {
  for (const effect of effects) {
    const id =
      effect.type === 'registry-remove'
        ? effect.key
        : effect.type === 'registry-put'
          ? entryKey(effect.entry)
          : undefined;
    if (id === undefined || !isOutdated(core, presence, id)) continue;
    broker?.disconnect(id);
    watches?.disconnect(id);
  }
}

/** `shouwang/alerts/<communityId>/<gridId>`, with `-` where the tree has no such level. */
function alertTopic(core: Core, path: string): string {
  const lineage = core.registry.lineage(path);
  const idOf = (level: string): string =>
    lineage
      .find((node) => node.level === level)
      ?.path.split('/')
      .at(-1) ?? '-';
  return `shouwang/alerts/${idOf('community')}/${idOf('grid')}`;
}

import type { Logger } from 'pino';
import type { Envelopes } from '../devices/envelope.ts';
import type { DeviceModels } from '../devices/match.ts';
import { tryPayload } from '../devices/trial.ts';
import { WATCH_MODELS } from '../gateways/watches/session.ts';
import { textShown } from '../lib/texts-in.ts';
import { type Call, isCall } from '../model/call-for-help.ts';
import { callInTopic } from '../model/call-phrases.ts';
import { callInBytes, likelyText } from '../model/call-words.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { LIMITS } from '../model/limits.ts';
import type { Rejection } from '../model/rejection.ts';
import { STRANGERS_OTHER } from '../model/stranger.ts';
import { callStored } from './call-stored.ts';
import { Lately } from './lately.ts';
import { namedIn } from './status-topic.ts';

export interface StrangersOptions {
  readonly models: DeviceModels;
  readonly envelopes: Envelopes;
  readonly submit: (command: Command) => Promise<CommandReply>;
  readonly logger: Logger;
}

/** Characters of what a stranger sent that stand in the alert. */
const SENT_MAX = 160;

/**
 * Sees whether a device that nobody enrolled calls for help, and tells the core. A device that calls each second is one
 * command a minute; strangers without number are one command together.
 */
export class Strangers {
  readonly #options: StrangersOptions;
  readonly #lately = new Lately(LIMITS.strangerCallMs);
  #minute = 0;
  #inMinute = 0;

  constructor(options: StrangersOptions) {
    this.#options = options;
  }

  /**
   * @param known what it calls for, where whoever took the message apart has seen it
   * @returns what it calls for, if it does, and whether that is stored, if there is something to store
   */
  note(
    rejection: Rejection,
    address: string,
    known?: Call,
  ): { call?: Call; stored?: Promise<boolean> | undefined } {
    const call = known ?? (rejection.callsNot ? undefined : this.#callIn(rejection));
    if (call === undefined) return {};
    const isNews = this.#lately.isNews(address, rejection.at);
    return { call, stored: isNews ? this.#tell(rejection, address, call) : undefined };
  }

  /** It was enrolled or dismissed; should it call again as a stranger, that is news. */
  forget(address: string): void {
    this.#lately.forget(address);
  }

  #callIn({ topic, payload, at }: Rejection): Call | undefined {
    const said = callInBytes(payload, { at });
    if (said) return said;
    const underIt =
      namedIn(topic) === undefined ? undefined : callInTopic(topic, likelyText(payload), { at });
    if (underIt) return underIt;
    for (const name of watchModelsOf(topic)) {
      const model = this.#options.models.get(name);
      const result = model && tryPayload(model, this.#options.envelopes, { payload, topic, receivedAt: at });
      const event = result?.ok ? result.events.map(({ event: one }) => one).find(isCall) : undefined;
      if (event) return event;
    }
    return undefined;
  }

  #tell(
    { at, from, topic, payload, payloadBytes }: Rejection,
    address: string,
    call: Call,
  ): Promise<boolean> | undefined {
    const minute = Math.floor(at / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#inMinute] = [minute, 0];
    const count = ++this.#inMinute;
    // One more than are told one by one stands for all that come beside them.
    if (count > LIMITS.strangerCallsPerMinuteMax + 1) return undefined;
    const { submit, logger } = this.#options;
    const sent = textShown(payload, payloadBytes);
    const command: Command = {
      type: 'stranger.called',
      address: count > LIMITS.strangerCallsPerMinuteMax ? STRANGERS_OTHER : address,
      gateway: from,
      call,
      at,
      from,
      topic: topic.slice(0, 200),
      sent: sent.slice(0, SENT_MAX),
    };
    logger.error({ address, call, from }, 'a device that nobody enrolled calls for help');
    return callStored(submit(command), (error) => {
      this.forget(address);
      logger.error({ err: error, address }, 'the call of a stranger could not be stored');
    });
  }
}

/** Frames of watches are no JSON: their topic says the protocol, or that they are raw. */
function watchModelsOf(topic: string): readonly string[] {
  const protocol = /^tcp\/(.+)$/.exec(topic)?.[1];
  if (protocol !== undefined) return [protocol];
  return topic.endsWith('/raw') ? [...WATCH_MODELS] : [];
}

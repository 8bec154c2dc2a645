import type { Message } from '../model/message.ts';
import type { Core } from './core.ts';
import type { Decoder } from './decode.ts';

/** Homes out of which somebody calls for help in a message, as far as its topic, its client or its words tell. */
export function homesCalling(core: Core, decoder: Pick<Decoder, 'callersIn'>, message: Message): string[] {
  const { calls = [] } = decoder.callersIn(core, message);
  return calls.flatMap(({ device }) => core.registry.device(device)?.home ?? []);
}

import type { Decoded } from '../devices/define.ts';
import type { Frame, FrameContext } from '../devices/frame.ts';
import type { Message } from '../model/message.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';

/** A network's clock that is off by more than this is no better than our own. */
const NETWORK_AHEAD_MS_MAX = 5 * 60_000;
/** Networks keep messages for us while we are away. */
const NETWORK_BEHIND_MS_MAX = 7 * 86_400_000;

/** What a network says around a message, as far as it can be true. */
export function believable(frame: Frame, { receivedAt }: Message): FrameContext {
  const { sentAt, fPort, object, characteristic, address } = frame;
  const believed =
    sentAt !== undefined &&
    sentAt <= receivedAt + NETWORK_AHEAD_MS_MAX &&
    sentAt >= receivedAt - NETWORK_BEHIND_MS_MAX;
  return {
    address,
    ...(believed ? { sentAt: Math.min(Math.round(sentAt), receivedAt) } : {}),
    ...(fPort === undefined ? {} : { fPort }),
    ...(object === undefined ? {} : { object }),
    ...(characteristic === undefined ? {} : { characteristic }),
  };
}

/** A script that writes a time is not told by the readings that it was not understood: they are dated by their arrival. */
export function timeTold({ timeSaid }: Frame, { sentAt }: FrameContext, decoded: Decoded): Decoded {
  if (timeSaid === undefined || sentAt !== undefined || !decoded.ok || decoded.clock !== 'received')
    return decoded;
  const detail = `time: ${timeSaid}; dated by its arrival`;
  return { ...decoded, rejections: [...decoded.rejections, { reason: 'clock-malformed', detail }] };
}

/** The device in the registry that a frame is of, by any of its addresses. */
export function entryOf(
  core: Core,
  { address, also = [] }: Frame,
): ReturnType<Core['registry']['byAddress']> {
  for (const { scheme, id } of [address, ...also]) {
    const entry = core.registry.byAddress(scheme, id);
    if (entry) return entry;
  }
  return undefined;
}

/** A gateway speaks for the devices behind it, a device for itself; service accounts and recordings for all. */
export function maySpeakFor(core: Core, client: string | undefined, { id, device }: RuntimeDevice): boolean {
  if (client === undefined || client === id) return true;
  if (core.registry.gateway(client)) return device.gateway === client;
  return core.registry.device(client) === undefined;
}

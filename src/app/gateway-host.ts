import type { Clock } from '../lib/clock.ts';
import type { Message } from '../model/message.ts';
import type { GatewayHost } from '../ports/gateway.ts';
import { notePresence, type Presence } from './broker-host.ts';
import type { Core } from './core.ts';
import { disabledDevice } from './disabled-device.ts';
import type { Loop } from './loop.ts';

/** Answers what a gateway of our own asks: whose watch is this, who takes the frame. */
export function gatewayHost(
  { core, loop, clock }: { readonly core: Core; readonly loop: Loop; readonly clock: Clock },
  presence: Presence,
): GatewayHost {
  return {
    now: () => clock.now(),
    device(scheme, id) {
      const entry = core.registry.byAddress(scheme, id);
      const known = entry && (core.deviceOf(entry.id) ?? disabledDevice(core, entry.id));
      return known && { id: known.id, model: known.definition.model, timeZone: known.subject.timeZone };
    },
    receive: (inbound) => loop.receive(inbound),
    onRoom: (resume) => loop.onRoom(resume),
    refused({ reason, detail, protocol, from, device, payload }) {
      const message: Message = { receivedAt: clock.now(), topic: `tcp/${protocol}`, payload, client: from };
      loop.reject(message, device, { reason, detail });
    },
    presence: (device, online, session) => notePresence(core, presence, device, online, session),
  };
}

import type { GatewayRefused } from '../model/connection-refusal.ts';
import type { GatewayStatus } from '../ports/service.ts';
import type { Presence } from './broker-host.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';

export function gatewayStatus(core: Core, presence: Presence, id: string): GatewayStatus | undefined {
  if (!core.registry.gateway(id)) return undefined;
  const running = core.groups.get(id)?.gateway;
  const connection = presence.get(id);
  return {
    gateway: id,
    ...(running && running.heardAt > 0 ? { heardAt: running.heardAt } : {}),
    ...(connection === undefined ? {} : { connected: connection.online }),
    ...(connection?.refused && { refused: connection.refused }),
    silent: running?.silent ?? false,
    devices: core.registry.behind(id).length,
  };
}

/**
 * That a device says nothing because its gateway is not let in. Not while the gateway is connected: then it is somebody else
 * who tries its name; nor where the device was heard meanwhile, over whichever way.
 */
export function gatewayRefused(
  { gateway, state }: Pick<RuntimeDevice, 'gateway' | 'state'>,
  presence: Presence,
): GatewayRefused | undefined {
  const connection = gateway && presence.get(gateway.id);
  const { refused, online } = connection ?? {};
  return gateway && refused && !online && refused.since > state.heardAt
    ? { gateway: gateway.id, ...refused }
    : undefined;
}

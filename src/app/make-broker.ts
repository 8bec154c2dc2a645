import type { Logger } from 'pino';
import { embeddedBroker } from '../broker/embedded.ts';
import { externalBroker } from '../broker/external.ts';
import { covers } from '../broker/subscriptions.ts';
import type { Broker, BrokerHost } from '../ports/broker.ts';
import type { Parts } from './load.ts';
import { AROUND_DEVICES } from './status-topic.ts';

/** Our own broker, or the connection to one that runs already. */
export function makeBroker(parts: Parts, host: BrokerHost, logger: Logger): Broker {
  const { mqtt } = parts.loaded.config;
  if (mqtt.mode === 'external') {
    if (!mqtt.external) throw new Error('mqtt.mode is external, but mqtt.external is missing');
    const { filters: own, sharedGroup, sharing } = mqtt.external;
    if (sharedGroup !== undefined && sharing === 'turns')
      logger.warn(
        { sharedGroup },
        'messages come by turns: mosquitto 2.0.11 drops what it takes while it starts again; sharing: all loses nothing',
      );
    const spoken = [...parts.models.all(), ...parts.envelopes.all()].flatMap(({ topics }) => topics);
    const topics = [...new Set(spoken)];
    const filters = own ?? topics.map((topic) => topic.replace('{device}', '+'));
    const around = own ? [] : AROUND_DEVICES;
    const unheard = unheardOf(mqtt.external);
    if (unheard.length > 0)
      logger.warn({ filters: unheard }, 'calls that come there are not heard: see mqtt.external.filters');
    return externalBroker({ ...mqtt.external, filters, around }, host, logger);
  }
  const { webSocketPort, port, tls } = mqtt;
  return embeddedBroker(
    {
      host: mqtt.host,
      ports: {
        mqtt: port,
        webSocket: webSocketPort === 'off' ? false : webSocketPort,
        mqtts: tls ? tls.port : false,
      },
      tls,
    },
    host,
    logger,
  );
}

/** What may be a device's, and is not asked for: whoever names filters has only what they bring. */
export function unheardOf({
  filters,
}: {
  readonly filters?: readonly string[] | undefined;
}): readonly string[] {
  if (!filters) return [];
  return AROUND_DEVICES.filter((wide) => !filters.some((one) => covers(one, wide)));
}

import type { MqttClient } from 'mqtt';

/** What mqtt 5.16 has and its types do not tell. The version is pinned, and a test against a real broker holds it. */
interface ClientInside {
  _sendPacket(packet: { cmd: string; messageId?: number }, done?: () => void, ...rest: unknown[]): void;
}

/**
 * Keeps the library from acknowledging a message as soon as it has handed it over.
 * @returns what acknowledges it, when the service has finished it
 */
export function holdPubacks(client: MqttClient): (messageId: number) => void {
  const inside = client as unknown as ClientInside;
  const send = inside._sendPacket.bind(client);
  inside._sendPacket = (packet, done, ...rest) => {
    if (packet.cmd === 'puback') done?.();
    else send(packet, done, ...rest);
  };
  return (messageId) => send({ cmd: 'puback', messageId });
}

/** Packet types of MQTT 3.1.1 (section 2.2.1) that the broker's own front knows. */
export const PACKET = { connect: 1, publish: 3, puback: 4, disconnect: 14 } as const;

/** Fixed header of a PUBACK: its type and the length of what follows. */
const PUBACK_BYTES = 4;

/** One PUBACK for each packet identifier, in one buffer: one write serves a whole commit. */
export function encodePubacks(packetIds: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(packetIds.length * PUBACK_BYTES);
  let at = 0;
  for (const id of packetIds) {
    buffer[at] = PACKET.puback << 4;
    buffer[at + 1] = 2;
    buffer[at + 2] = id >> 8;
    buffer[at + 3] = id & 0xff;
    at += PUBACK_BYTES;
  }
  return buffer;
}

/** A PUBLISH that can be sent to many subscribers; with QoS 1 each gets a copy with an identifier of its own. */
export class PublishFrame {
  readonly #bytes: Buffer;
  readonly #idAt: number;

  constructor(topic: string, payload: Uint8Array, qos: 0 | 1, retain: boolean) {
    const topicBytes = Buffer.byteLength(topic);
    const length = 2 + topicBytes + (qos > 0 ? 2 : 0) + payload.length;
    const lengthBytes = length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4;
    const bytes = Buffer.allocUnsafe(1 + lengthBytes + length);
    bytes[0] = (PACKET.publish << 4) | (qos << 1) | (retain ? 1 : 0);
    let at = 1;
    for (let rest = length; ; rest >>= 7) {
      const more = rest > 127;
      bytes[at++] = (rest & 127) | (more ? 128 : 0);
      if (!more) break;
    }
    at = bytes.writeUInt16BE(topicBytes, at);
    at += bytes.write(topic, at);
    this.#idAt = at;
    if (qos > 0) at += 2;
    bytes.set(payload, at);
    this.#bytes = bytes;
  }

  /** For QoS 0: the same bytes for everybody. */
  shared(): Buffer {
    return this.#bytes;
  }

  /** For QoS 1. */
  numbered(packetId: number): Buffer {
    const bytes = Buffer.from(this.#bytes);
    bytes.writeUInt16BE(packetId, this.#idAt);
    return bytes;
  }
}

/** MQTT 3.1.1 frames as bytes, for clients that cost next to nothing. */

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function frame(first: number, body: Buffer): Buffer {
  const header = [first];
  let rest = body.length;
  do {
    header.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

/** CONNECT with user name and client id alike, a clean session and ten minutes of keep-alive. */
export function connectFrame(id: string, secret: string): Buffer {
  const [clean, userName, password, keepAlive] = [0x02, 0x80, 0x40, 600];
  const flags = clean | userName | password;
  const head = Buffer.from([0, 4, 77, 81, 84, 84, 4, flags, keepAlive >> 8, keepAlive & 255]);
  return frame(0x10, Buffer.concat([head, text(id), text(id), text(secret)]));
}

export function subscribeFrame(filter: string, qos: 0 | 1): Buffer {
  return frame(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([qos])]));
}

export interface Publish {
  readonly bytes: Buffer;
  /** Where the packet id stands; -1 for QoS 0. */
  readonly packetId: number;
}

export function publishFrame(topic: string, payload: string | Buffer, qos: 0 | 1): Publish {
  const id = Buffer.alloc(qos === 0 ? 0 : 2);
  const body = Buffer.from(payload);
  const bytes = frame(0x30 | (qos << 1), Buffer.concat([text(topic), id, body]));
  return { bytes, packetId: qos === 0 ? -1 : bytes.length - body.length - 2 };
}

/** Bytes as people can look at them. */
export interface ReadableBytes {
  readonly payload: string;
  readonly payloadEncoding: 'utf8' | 'base64';
}

/** Text where the bytes are UTF-8; a character that a cut at the end has broken does not make them binary. */
export function readableBytes(payload: Uint8Array, bytes = payload.length): ReadableBytes {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload, {
      stream: payload.length < bytes,
    });
    return { payload: text, payloadEncoding: 'utf8' };
  } catch {
    return { payload: Buffer.from(payload).toString('base64'), payloadEncoding: 'base64' };
  }
}

/** Counts MQTT frames in a stream of bytes that is cut anywhere, by their lengths alone. */
export class FrameCounter {
  frames = 0;
  /** Bytes of the present frame that are still to come; -1: its length is not known yet. */
  #left = -1;
  #length = 0;
  #shift = -1;

  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left < 0) {
        this.#header(bytes[at++]!);
        continue;
      }
      const here = Math.min(this.#left, bytes.length - at);
      at += here;
      this.#left -= here;
      this.#end();
    }
  }

  /** One byte of the fixed header: the kind first, then the length, seven bits a byte. */
  #header(byte: number): void {
    if (this.#shift < 0) {
      this.#shift = 0;
      this.#length = 0;
      return;
    }
    this.#length |= (byte & 127) << this.#shift;
    this.#shift += 7;
    if (byte & 128) return;
    this.#left = this.#length;
    this.#end();
  }

  #end(): void {
    if (this.#left > 0) return;
    this.frames++;
    this.#left = -1;
    this.#shift = -1;
  }
}

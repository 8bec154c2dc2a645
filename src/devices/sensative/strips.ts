import type { EventName, MetricName } from '../../model/metrics.ts';
import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

const LIVE_PORT = 1;
const HISTORY_PORT = 2;
const TYPE = 0x7f;

/** Lengths of what has no place here. */
const SKIPPED = new Map([
  ...[0].map((type) => [type, 0] as const),
  ...[3, 5, 10, 13, 15, 21, 22].map((type) => [type, 1] as const),
  ...[7, 8, 17, 19, 20, 112, 113, 114].map((type) => [type, 2] as const),
  [110, 8] as const,
]);

interface Said {
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
}

/** What one value says: a reading of the model's own metrics, or a state that is raised only where it is said live. */
class Values {
  readonly #frame: ByteReader;
  readonly #take: Take;
  readonly #said: Said;
  readonly #at: number | undefined;

  constructor(frame: ByteReader, take: Take, said: Said, at?: number) {
    this.#frame = frame;
    this.#take = take;
    this.#said = said;
    this.#at = at;
  }

  #reading(metric: MetricName, value: number): void {
    if (this.#said.metrics.includes(metric)) this.#take.reading(metric, value, this.#at ?? this.#take.at);
  }

  #flag(flag: 'leak' | 'tamper', raised: boolean): void {
    if (this.#said.events.includes(flag) && this.#at === undefined) this.#take.flag(flag, raised);
  }

  /** False: what stands here is not known, nor how long it is. */
  read(type: number): boolean {
    const frame = this.#frame;
    if (type === 1) this.#reading('battery_pct', frame.u8());
    else if (type === 2 || type === 4) this.#reading('ambient_temperature_c', frame.i16be() / 10);
    else if (type === 6) this.#reading('humidity_pct', frame.u8() / 2);
    else if (type === 9) this.#reading('door_open_bool', frame.u8() === 0 ? 0 : 1);
    else if (type === 11 || type === 12) this.#flag('tamper', frame.u8() !== 0);
    else if (type === 14) {
      const wet = frame.u8() !== 0;
      this.#reading('water_leak_bool', wet ? 1 : 0);
      this.#flag('leak', wet);
    } else if (type === 16) this.#take.reject('no-device-data', `user switch ${frame.u8()}`);
    else if (type === 18) this.#reading('motion_bool', frame.u8() === 0 ? 0 : 1);
    else if (type === 80 || type === 81) {
      this.#reading('humidity_pct', frame.u8() / 2);
      this.#reading('ambient_temperature_c', frame.i16be() / 10);
    } else if (type === 82) {
      this.#reading('door_open_bool', frame.u8() === 0 ? 0 : 1);
      this.#reading('ambient_temperature_c', frame.i16be() / 10);
    } else {
      const length = SKIPPED.get(type);
      if (length === undefined) return false;
      frame.skip(length);
    }
    return true;
  }
}

/** Strips of Sensative: a sequence number, then type and value again and again; history says how long ago each was. */
export const strips = (said: Said): Decode =>
  decoderOf((payload, take) => {
    if (take.fPort !== LIVE_PORT && take.fPort !== HISTORY_PORT)
      take.refuse('not-supported', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    frame.skip(2);
    while (frame.left > 0) {
      const at = take.fPort === HISTORY_PORT ? take.at - frame.u32be() * 1000 : undefined;
      const type = frame.u8() & TYPE;
      if (!new Values(frame, take, said, at).read(type)) {
        take.reject('not-supported', `value type ${type}`);
        return;
      }
    }
  });

import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';

const POSITION = 0x03;
const ENERGY = 0x04;
const EVENT = 0x0a;
const LONG_POSITION = 0x0e;
const SOS = 0x10;
const MOVING = 0x04;
const GPS = 0;
const SECONDS_PER_AGE = 8;

/** Kinds of event. */
const MOTION_START = 1;
const MOTION_END = 2;
const SOS_START = 7;
const ANGLE = 9;
/** Three bits: it passed from normal to a critical angle. */
const NORMAL_TO_CRITICAL = 2;

/** Temperature in 255 steps from -44 to 85 degrees: half a degree, of which no more than a tenth is told. */
const degreesOf = (step: number): number => Math.round(((step * 129) / 255 - 44) * 10) / 10;

/** 24 bits of ten-millionths of a degree, without the lowest eight. */
const degrees24 = (frame: ByteReader): number => ((frame.u24be() << 8) >> 0) / 1e7;

function takePosition(frame: ByteReader, take: Take, age: number): void {
  const at = take.at - age * 1000;
  take.reading('latitude_deg', degrees24(frame), at);
  take.reading('longitude_deg', degrees24(frame), at);
}

/** True: it is a call for help, or the start of one. */
function takeEvent(frame: ByteReader, take: Take): boolean {
  const kind = frame.u8();
  if (kind === ANGLE && frame.left > 0 && frame.u8() >> 5 === NORMAL_TO_CRITICAL) take.event('fall');
  return kind === SOS_START;
}

/** What the moving bit says of this frame; its own event says it better. */
function motionOf(type: number, status: number, frame: ByteReader): boolean {
  const kind = type === EVENT ? frame.peek(1) : undefined;
  if (kind === MOTION_START) return true;
  if (kind === MOTION_END) return false;
  return (status & MOVING) !== 0;
}

/**
 * The trackers of Abeeway before the third generation: type, status, battery, temperature, then what the type says. The
 * status holds the call for help as long as it stands.
 */
export const abeeway = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const [type, status, battery, step] = [frame.u8(), frame.u8(), frame.u8(), frame.u8()];
  if (type > 0x0f) take.refuse('not-supported', `message type ${type}`);
  take.reading('motion_bool', motionOf(type, status, frame));
  // 0: charging; 255: not known.
  if (battery === 0) take.reading('charging_bool', true);
  else if (battery <= 100) {
    take.reading('charging_bool', false);
    take.reading('battery_pct', battery);
  }
  take.reading('ambient_temperature_c', degreesOf(step));
  let sos = (status & SOS) !== 0;
  if (type !== ENERGY && frame.left > 0) {
    const kind = frame.u8() & 0x0f;
    if (type === POSITION && kind === GPS) takePosition(frame, take, frame.u8() * SECONDS_PER_AGE);
    else if (type === LONG_POSITION && kind === GPS) {
      const age = frame.u16be();
      frame.skip(1);
      takePosition(frame, take, age);
    } else if (type === EVENT) sos = takeEvent(frame, take) || sos;
  }
  if (sos) take.event('sos');
});

import type { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { type Channels, logTime } from './channels.ts';

const VACANT = 1;
const FALLEN = 4;

/** Alarms of the radar. */
const FALL = 0;
const OCCUPIED = 4;
const ROOM_VACANT = 5;
const TRIGGERED = 1;
const DEACTIVATED = 2;

/** A motionless person, one that stays too long or out of bed: what is wrong, nobody knows. */
function takeAlarm(take: Take, kind: number, status: number): void {
  if (kind === OCCUPIED || kind === ROOM_VACANT) take.reading('motion_bool', kind === OCCUPIED);
  else if (kind > ROOM_VACANT) take.reject('not-supported', `alarm ${kind}`);
  else if (status === TRIGGERED) take.event(kind === FALL ? 'fall' : 'general_alarm');
  else if (status === DEACTIVATED && kind === FALL) take.event('fall_cancelled');
  else take.reject('no-device-data', `alarm ${kind} with status ${status}`);
}

export const fallRadarChannels: Channels = {
  '03 f8': (frame, take) => {
    const status = frame.u8();
    frame.skip(5);
    if (status > FALLEN) take.reject('not-supported', `detection status ${status}`);
    else take.reading('motion_bool', status !== VACANT);
    if (status === FALLEN) take.event('fall');
  },
  '04 f9': (frame) => frame.skip(4),
  '05 fa': (frame) => frame.skip(8),
  '06 fb': (frame, take) => {
    frame.skip(2);
    const [kind, status] = [frame.u8(), frame.u8()];
    frame.skip(1);
    takeAlarm(take, kind, status);
  },
  '20 ce': takeLog,
};

/** An alarm of the past calls nobody any more; whether somebody was there is worth keeping. */
function takeLog(frame: ByteReader, take: Take): void {
  const at = logTime(frame, take);
  frame.skip(2);
  const kind = frame.u8();
  frame.skip(2);
  if (at === undefined) return;
  if (kind === OCCUPIED || kind === ROOM_VACANT) take.reading('motion_bool', kind === OCCUPIED, at);
  else take.reject('no-device-data', `an alarm of the log: ${kind}`);
}

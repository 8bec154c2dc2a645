import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

const REPORT_PORT = 6;
/** Answers to configuration, calibration, the time of a press, joining again. */
const ANSWER_PORTS = new Set([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23]);
const REPORT_BYTES = 11;
const VERSION_REPORT = 0;

/** Reads the eight bytes of a report; they begin with the battery where the device has one. */
export type NetvoxReport = (report: ByteReader, take: Take, kind: number) => void;

/**
 * The frame of Netvox: version, type of device, kind of report, eight bytes; several of them one after the other where
 * the network allows. The type is looked at: eight bytes mean something else in each.
 *
 * @param deviceType undefined where the type is not documented, and no more is read than all have alike
 */
export function netvox(deviceType: number | undefined, read: NetvoxReport): Decode {
  return decoderOf((payload, take) => {
    if (ANSWER_PORTS.has(take.fPort))
      take.refuse('no-device-data', `an answer to a configuration on port ${take.fPort}`);
    if (take.fPort !== REPORT_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    do {
      frame.skip(1);
      const type = frame.u8();
      if (deviceType !== undefined && type !== deviceType)
        take.refuse('malformed-payload', `a report of device type ${type}, not of ${deviceType}`);
      const kind = frame.u8();
      const report = new ByteReader(frame.take(REPORT_BYTES - 3));
      // Sent when the device was switched on.
      if (kind === VERSION_REPORT) take.event('boot');
      else read(report, take, kind);
    } while (frame.left >= REPORT_BYTES);
    if (frame.left > 0) take.reject('malformed-payload', `${frame.left} bytes after the last report`);
  });
}

/** Battery in tenths of a volt; its highest bit says that it is low. Nothing where the device hangs on the mains. */
export function takeBattery(report: ByteReader, take: Take): void {
  const battery = report.u8();
  take.flag('low_battery', (battery & 0x80) !== 0);
  if ((battery & 0x7f) > 0) take.reading('battery_v', (battery & 0x7f) / 10);
}

/** A report of the first kind, after its battery. Reports of other kinds are not known. */
export const afterBattery = (read: (report: ByteReader, take: Take) => void): NetvoxReport => {
  return (report, take, kind) => {
    if (kind !== 1) {
      take.reject('not-supported', `report ${kind}`);
      return;
    }
    takeBattery(report, take);
    read(report, take);
  };
};

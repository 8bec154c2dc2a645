import { zoneOffset } from '../../lib/local-time.ts';
import { addressOf, compactTime, cutText, latin1, textOf, type WatchProtocol } from './protocol.ts';

const FRAME = /^(?<maker>TRV|[A-Z]{2})(?<kind>[A-Z]P)(?<number>\w\w)(?<rest>.*)#$/s;
/** The answer to a command of ours bears the command's number and wants none. */
const ANSWER = /^,\d{6}(,|$)/;
const HOUR_MS = 3_600_000;

const partsOf = (frame: Uint8Array): Readonly<Record<string, string | undefined>> =>
  FRAME.exec(textOf(frame))?.groups ?? {};

const isLogin = ({ kind, number }: Readonly<Record<string, string | undefined>>): boolean =>
  kind === 'AP' && number === '00';

/** A pressure is measured by the same command as a pulse in none of them: each has its own. */
const MEASURE = {
  pulse: 'XL',
  blood_pressure: 'XY',
  temperature: 'XT',
  spo2: 'XZ',
  position: '16',
} as const;

/** `IWAP49,68#`: no number in the frame; the login has told it. */
export const iwap: WatchProtocol = {
  model: 'watch-iwap',
  starts: (byte) => byte === 0x49 || byte === 0x54,
  cut: (bytes) => cutText(bytes, (byte) => byte === 0x49 || byte === 0x54, '#'),
  identify(frame) {
    const parts = partsOf(frame);
    return isLogin(parts) ? addressOf(/\d{15}/.exec(parts['rest'] ?? '')?.[0]) : undefined;
  },
  isOnlyProtocol: (frame) => isLogin(partsOf(frame)),
  isAlarm: (frame) => partsOf(frame)['kind'] === 'AP' && partsOf(frame)['number'] === '10',
  answer(frame, { now, timeZone }) {
    const parts = partsOf(frame);
    const { maker, kind = '', number, rest = '' } = parts;
    if (maker === undefined || kind === 'BP' || ANSWER.test(rest)) return undefined;
    const head = `${maker}${String.fromCharCode(kind.charCodeAt(0) + 1)}P${number}`;
    if (isLogin(parts) && maker === 'IW')
      return latin1(`${head},${compactTime(now)},${Math.trunc(zoneOffset(now, timeZone) / HOUR_MS)}#`);
    return latin1(number === '14' ? `${head},0.000,0.000#` : `${head}#`);
  },
  command(command, { frame, address, now }) {
    const { maker = 'IW' } = partsOf(frame);
    // The other makers' words for these are not published.
    if (maker !== 'IW') return undefined;
    const serial = compactTime(now).slice(8);
    const say = (number: string, ...words: readonly (string | number)[]): readonly Uint8Array[] => [
      latin1(`IWBP${number},${[address.id, serial, ...words].join(',')}#`),
    ];
    if ('measure' in command) return say(MEASURE[command.measure]);
    if ('intervalSeconds' in command) return say('15', command.intervalSeconds);
    if ('sosNumbers' in command) {
      const [first = '', second = '', third = ''] = command.sosNumbers;
      return say('12', first, second, third);
    }
    return undefined;
  },
};

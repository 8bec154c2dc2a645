import { addressOf, type Cut, latin1, textOf, type WatchProtocol } from './protocol.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
/** Maker, number, running number of some, length. */
const HEAD =
  /^\[(?<maker>\w{2})\*(?<id>[^*\]]{1,32})\*(?:(?<index>[0-9A-Fa-f]{1,8})\*)?(?<length>[0-9A-Fa-f]{4})\*/;
const TYPE = /^[^,\]]*/;

/** Questions, voice, pictures: nothing that was measured. */
const ONLY_PROTOCOL = /^(INIT|TKQ2?|TK|JXTKR?|img|CONFIG|ICCID|RYIMEI|APPCONTACTTEL|LGZONE)$/;
/** These are sent again and again until they are answered with their own name. An answer to a command must not be: it would be a command. */
const ECHOED = /^(LK|AL\w*|TKQ2?|heart|PULSE|BLOOD|bphrt|oxygen|TEMP|btemp2|ICCID|RYIMEI|APPCONTACTTEL)$/i;
const ANSWERS: Readonly<Record<string, string>> = { INIT: 'INIT,1', CONFIG: 'CONFIG,1', JXTK: 'JXTKR,1' };

interface Head {
  readonly maker: string;
  readonly id: string;
  readonly index: string | undefined;
  readonly type: string;
}

/** `[3G*8800000015*000D*LK,50,100,100]` and its kin. */
export const bracket: WatchProtocol = {
  model: 'watch-3g',
  starts: (byte) => byte === OPEN,
  cut,
  identify: (frame) => addressOf(headOf(frame)?.id),
  isOnlyProtocol: (frame) => ONLY_PROTOCOL.test(headOf(frame)?.type ?? ''),
  isAlarm: (frame) => /^AL/i.test(headOf(frame)?.type ?? ''),
  answer(frame) {
    const head = headOf(frame);
    if (!head) return undefined;
    const content = ANSWERS[head.type] ?? (ECHOED.test(head.type) ? head.type : undefined);
    return content === undefined ? undefined : frameOf(head, content);
  },
  command(command, { frame, address }) {
    const head = headOf(frame) ?? { maker: '3G', id: address.id, index: undefined, type: '' };
    const contents = contentsOf(command);
    return contents?.map((content) => frameOf(head, content));
  },
};

/**
 * A frame ends where its length says, if a bracket does stand there (a Wi-Fi name may hold one as well); the length is
 * wrong in a third of what is seen, and then it ends with the first bracket.
 */
function cut(bytes: Uint8Array): Cut {
  const start = bytes.indexOf(OPEN);
  if (start !== 0) return { used: start < 0 ? bytes.length : start };
  const head = HEAD.exec(textOf(bytes.subarray(0, 64)));
  const told = head ? head[0].length + Number.parseInt(head.groups?.['length'] ?? '0', 16) : -1;
  const end = bytes[told] === CLOSE ? told : bytes.indexOf(CLOSE);
  return end < 0 ? { used: 0 } : { frame: bytes.subarray(0, end + 1), used: end + 1 };
}

function headOf(frame: Uint8Array): Head | undefined {
  const text = textOf(frame.subarray(0, 128));
  const found = HEAD.exec(text);
  if (!found) return undefined;
  const { maker = '', id = '', index } = found.groups ?? {};
  return { maker, id, index, type: TYPE.exec(text.slice(found[0].length))?.[0] ?? '' };
}

function frameOf({ maker, id, index }: Head, content: string): Uint8Array {
  const length = content.length.toString(16).toUpperCase().padStart(4, '0');
  return latin1(`[${maker}*${id}*${index === undefined ? '' : `${index}*`}${length}*${content}]`);
}

/** One measurement of pulse is one of pressure as well. */
const MEASURE = {
  blood_pressure: 'hrtstart,1',
  pulse: 'hrtstart,1',
  spo2: 'oxygen',
  temperature: 'bodytemp2',
  position: 'CR',
} as const;

function contentsOf(
  command: Parameters<NonNullable<WatchProtocol['command']>>[0],
): readonly string[] | undefined {
  if ('measure' in command) return [MEASURE[command.measure]];
  if ('intervalSeconds' in command) return [`UPLOAD,${command.intervalSeconds}`];
  if ('sosNumbers' in command) return command.sosNumbers.map((number, i) => `SOS${i + 1},${number}`);
  return ['FIND'];
}

import type { FlagName } from '../../model/metrics.ts';
import type { Take } from '../take.ts';

/** Flags that a status word in text can say. Whoever says one word says of all others that they do not stand. */
export const WORD_FLAGS = [
  'leak',
  'burst',
  'reverse',
  'dry',
  'no_flow',
  'freeze',
  'tamper',
  'low_battery',
  'fault',
  'general_alarm',
] as const satisfies readonly FlagName[];
type WordFlag = (typeof WORD_FLAGS)[number];

/** What drivers of wmbusmeters and makers of meters call their alarms; upper case, joined by `_`. */
const WORDS: Readonly<Record<Exclude<WordFlag, 'general_alarm'>, readonly string[]>> = {
  leak: [
    'LEAK',
    'LEAKAGE',
    'LEAKING',
    'LEAKAGE_DETECTION',
    'LEAKAGE_DETECTED',
    'LEAK_FLOW_LOW',
    'LEAK_FLOW_HIGH',
    'LEAKAGE_OR_NO_USAGE',
    'CONTINUOUS_FLOW',
  ],
  burst: ['BURST', 'BURSTING', 'BURST_PIPE', 'BROKEN_PIPE', 'BURSTPIPE', 'BROKENPIPE', 'PIPE_BURST'],
  reverse: [
    'REVERSE',
    'REVERSED',
    'REVERSE_FLOW',
    'BACKFLOW',
    'BACK_FLOW',
    'BACKFLOWING',
    'BACKWARD_FLOW',
    'REVERSEFLOW',
  ],
  dry: ['DRY', 'EMPTY_PIPE', 'EMPTYPIPE', 'NO_WATER', 'AIR_IN_PIPE'],
  no_flow: [
    'NO_FLOW',
    'NO_CONSUMPTION',
    'NO_USAGE',
    'NOCONSUMPTION',
    'METER_BLOCKED',
    'BLOCKED',
    'MEASUREMENT_UNCHANGED',
  ],
  freeze: [
    'FREEZE',
    'FREEZING',
    'FROST',
    'LOW_TEMPERATURE',
    'LOWTEMPERATURE',
    'LOW_AMBIENT_TEMPERATURE',
    // As the driver of Kamstrup meters spells it.
    'LOW_ABIENT_TEMPERATURE',
  ],
  tamper: [
    'TAMPER',
    'TAMPERED',
    'SABOTAGE',
    'SABOTAGE_ENCLOSURE',
    'MANIPULATION',
    'COIL_MANIPULATION',
    'REMOVED',
    'REMOVAL',
    'REMOVAL_DETECTION',
    'MODULE_REMOVED',
    'DEVICE_DISCONNECTED',
    'SENSOR_FRAUD',
    'MECHANICAL_FRAUD',
    'MAGNETIC',
    'MAGNETIC_FIELD',
    'MAGNETIC_FRAUD',
    'STRONG_LIGHT',
    'TILT',
    // Aquastream: the module was manipulated or removed.
    'TEMPORARY_ALARM',
  ],
  low_battery: [
    'LOW_BATTERY',
    'BATTERY_LOW',
    'LOWBATTERY',
    'BATTERY',
    'POWER_LOW',
    'BATTERY_EOL',
    'BATTERY_END_OF_LIFE',
    'BATTERY_VOLTAGE_ERROR',
  ],
  fault: [
    'PERMANENT_ERROR',
    'HW_ERROR',
    'SW_ERROR',
    'CRC_ERROR',
    'SENSOR_ERROR',
    'MEASUREMENT_ERROR',
    'SYSTEM',
    'PROCESSOR_RESET',
  ],
};
const FLAG_OF = new Map(
  Object.entries(WORDS).flatMap(([flag, words]) => words.map((word) => [word, flag as WordFlag])),
);

/** Alarms whose meaning is known and for which there is no name here: more flow than the meter is made for, meter under water. */
const WITHOUT_NAME = [
  'OVERFLOW',
  'OVERLOAD',
  'FLOW_ABOVE_Q4',
  'QMAX',
  'MAXIMUM_FLOW',
  'OVERSIZED',
  'UNDERSIZED',
  'SUBMARINE',
];
/** "Some alarm": beside the one that it is it says nothing more. */
const SOME_ALARM = ['ALARM', 'GENERAL_ALARM', 'GENERAL'];

const NOTHING = ['OK', 'NO_ALARM', 'NONE', 'NORMAL', 'NULL'];

/** What was once and is over: kept by the meter for its reader, no alarm of now. */
const PAST = /^(?:PREV|PREVIOUS|WAS|HIST|HISTORIC|HISTORICAL)_|_(?:PREV_MONTH|PREV|PREVIOUSLY)$/;

/**
 * Takes a status word in text: tokens between blanks or commas, all of them. A token without a name here is a general
 * alarm, told beside it as `unmapped-alarm`.
 */
export function takeAlarmWords(take: Take, texts: readonly string[], at = take.at): void {
  const raised = new Set<WordFlag>();
  const unmapped = new Set<string>();
  let isSome = false;
  for (const token of texts.flatMap(tokensOf)) {
    if (NOTHING.includes(token) || PAST.test(token)) continue;
    // Apator says P_ of what has been detected and was not reset: it stands.
    const word = token.replace(/^P_/, '');
    const flag = FLAG_OF.get(word) ?? (WITHOUT_NAME.includes(word) ? 'general_alarm' : undefined);
    if (flag) raised.add(flag);
    else if (SOME_ALARM.includes(word)) isSome = true;
    else unmapped.add(token);
  }
  if (unmapped.size > 0 || (isSome && raised.size === 0)) raised.add('general_alarm');
  for (const flag of WORD_FLAGS) take.flag(flag, raised.has(flag), at);
  if (unmapped.size > 0)
    take.reject('unmapped-alarm', `the status says ${[...unmapped].join(' ').slice(0, 200)}`);
}

/** `DRY(dry 22-31 days)`. Looked for only where one is closed behind it: of many that are not, each would be looked for to the end. */
function withoutBrackets(text: string): string {
  const end = text.lastIndexOf(')') + 1;
  return text.slice(0, end).replace(/\([^)]*\)/g, ' ') + text.slice(end);
}

const tokensOf = (text: string): string[] =>
  withoutBrackets(text)
    .toUpperCase()
    .split(/[\s,;|]+/)
    .map((token) => token.replaceAll('-', '_'))
    .filter((token) => token !== '');

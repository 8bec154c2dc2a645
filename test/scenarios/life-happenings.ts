import fc from 'fast-check';
import { SLOW } from '../runs.ts';

export const HOMES = ['h1', 'h2', 'h3'] as const;

/** What may happen. A number says which of several. */
export const HAPPENINGS = {
  pass: ['seconds', 'minutes', 'minutes', 'hours', 'hours', 'hours', 'days'],
  calls: ['press', 'press', 'fall', 'cancel', 'words', 'crisis', 'calm'],
  /** By a clock that lies or says nothing, the same once more, or brought by a gateway. */
  oddCalls: [
    'pressInTheFuture',
    'pressLongAgo',
    'pressUndated',
    'again',
    'overGateway',
    'overGateway',
    'inWordsOverGateway',
  ],
  work: [
    'take',
    'take',
    'takeOver',
    'decline',
    'note',
    'assign',
    'step',
    'withdrawStep',
    'giveBack',
    'resolve',
    'resolve',
    'callBack',
    'strikeOff',
    'reopen',
    'confirm',
    'technical',
  ],
  home: ['away', 'back', 'answer', 'visit', 'change', 'visitClass', 'moveHome', 'drill', 'help', 'request'],
  bands: ['moveBand', 'removeBand', 'bandOff', 'bandBehind'],
  meters: ['exchange', 'removeMeter', 'returnMeter', 'rehome', 'meterOff', 'meterOn', 'mixUp'],
  /** Somebody tries whether the call of a band comes. */
  callTests: [
    'testBegins',
    'isTested',
    'isTested',
    'testEnds',
    'testReal',
    'press',
    'fall',
    'words',
    'take',
    'resolve',
    'resolve',
  ],
  registry: ['removeHome', 'returnHome', 'returnHome', 'removeResident', 'returnResident'],
  people: ['leave', 'return', 'removeStaff', 'addStaff', 'accountGoes', 'swap', 'undoSwap', 'help', 'take'],
  service: [
    'sleep',
    'wake',
    'restart',
    'noticesFail',
    'noticesArrive',
    'robotFails',
    'robotWorks',
    'rules',
    'help',
  ],
  silences: ['silence', 'silence', 'silenceOfCalls', 'trial', 'silenceEnds', 'silenceEnds'],
  water: [
    'still',
    'draws',
    'mute',
    'speaks',
    'keeps',
    'brings',
    'bringsUnordered',
    'lies',
    'isRight',
    'newRegister',
  ],
  gateways: ['gatewayDies', 'gatewayReturns', 'gatewayReturns', 'gatewayOff', 'gatewayOn', 'replaceGateway'],
  building: ['outage', 'outageEnds', 'outageEndsButHere', 'cut', 'cutEnds', 'cutEndsButHere'],
} as const;
const { pass: PASS, ...OTHERS } = HAPPENINGS;
type Theme = keyof typeof OTHERS;
const THEMES = Object.keys(OTHERS) as Theme[];
export type What = (typeof HAPPENINGS)[keyof typeof HAPPENINGS][number];
/** Themes have what belongs to others, so that it meets. */
export type OwnOf<T extends 'callTests' | 'people' | 'service'> = Exclude<
  Of<T>,
  Of<'calls' | 'work'> | 'help'
>;
export type Of<T extends keyof typeof HAPPENINGS> = (typeof HAPPENINGS)[T][number];
/** How it begins: with meters by themselves, or behind gateways; or after days in which was seen what is usual. */
export const BEGINNINGS = [
  'by themselves',
  'behind one gateway',
  'behind two',
  'by roster',
  'long known',
] as const;

export interface Happening {
  readonly what: What;
  readonly home: (typeof HOMES)[number];
  readonly pick: number;
}

export interface Life {
  readonly beginning: (typeof BEGINNINGS)[number];
  /** The state is stored and restored after so many inputs; 0: only when a happening says so. */
  readonly restartsEvery: number;
  readonly happenings: readonly Happening[];
}

/** Each life has a few themes, and a home or two, so that what can meet does meet. */
export const lives = (maxLength: number, among: readonly Theme[] = THEMES): fc.Arbitrary<Life> =>
  fc
    .record({
      // A week before it costs as much as the life itself.
      beginning: fc.constantFrom(...(SLOW ? BEGINNINGS : BEGINNINGS.slice(0, -1))),
      restartsEvery: fc.constantFrom(0, 0, 0, 50),
      themes: fc.subarray([...among], {
        minLength: Math.min(2, among.length),
        maxLength: Math.min(5, among.length),
      }),
      homes: fc.subarray([...HOMES], { minLength: 1 }),
      some: fc.array(
        fc.record({ isPass: fc.nat(2), which: fc.nat(999), home: fc.nat(999), pick: fc.nat(999) }),
        { maxLength, size: 'max' },
      ),
    })
    .map(({ beginning, restartsEvery, themes, homes, some }) => {
      const all = themes.flatMap((theme): readonly What[] => OTHERS[theme]);
      const happenings = some.map(({ isPass, which, home, pick }) => ({
        what: chosen<What>(isPass === 0 ? PASS : all, which),
        home: chosen(homes, home),
        pick,
      }));
      return { beginning, restartsEvery, happenings };
    });

export const chosen = <const T>(list: readonly T[], pick: number): T => list[pick % list.length] as T;

export const oneOf = <T extends string>(list: readonly T[], what: string): what is T =>
  (list as readonly string[]).includes(what);

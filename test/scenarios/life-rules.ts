import { chosen, HOMES } from './life-happenings.ts';
import type { Sign } from './life-oracle.ts';
import { productRules, type Story } from './story.ts';

type Rule = (typeof productRules)[number];
type RuleId = keyof typeof OF_RULE;

/** Rules that take a call or miss something, and what is not expected of anybody while they are off. */
const OF_RULE = {
  B1: 'press',
  B2: 'fall',
  V1: 'crisis',
  W1: 'dry',
  M1: 'mute',
  M4: 'bare',
  // What is so in a whole building is then told of each home.
  M3: undefined,
  'M3-water': undefined,
} as const satisfies Readonly<Record<string, Sign | undefined>>;

const CHANGES = [
  'none',
  'renamed',
  'off',
  'duller',
  'keener',
  'shadow',
  'gone',
  'by-day',
  'off-here',
] as const;
type Change = (typeof CHANGES)[number];
const QUIET: readonly Change[] = ['off', 'shadow', 'gone', 'by-day', 'off-here'];

/** Limits that take more, and that take less. Where nobody is told of what happens here by them, that is expected of nobody. */
const LIMITS: Partial<Record<RuleId, Partial<Record<Change, { params: object; tells: boolean }>>>> = {
  B2: { duller: { params: { cancelWindowSeconds: 60 }, tells: true } },
  W1: {
    duller: { params: { windowHours: 40 }, tells: false },
    keener: { params: { belowLitres: 30, clearAboveLitres: 40 }, tells: true },
  },
  V1: {
    duller: { params: { limit: { systolic: 210, diastolic: 130 } }, tells: false },
    keener: { params: { limit: { systolic: 170, diastolic: 105 }, clear: { systolic: 160 } }, tells: true },
  },
  M1: {
    duller: { params: { intervals: 12 }, tells: false },
    keener: { params: { intervals: 1.2, gatewayGraceMinutes: 10 }, tells: true },
  },
};

/** What the rules of a life leave out: somebody changes one of them now and then, and the others are as the product has them. */
export class LifeRules {
  readonly #story: Story;
  /** Nobody is told of this in these homes. */
  #left: { readonly sign: Sign; readonly homes: readonly string[] } | undefined;
  /** The rule that was changed last speaks by day alone. */
  byDay = false;

  constructor(story: Story) {
    this.#story = story;
  }

  leavesOut(sign: Sign, home: string): boolean {
    return this.#left?.sign === sign && this.#left.homes.includes(home);
  }

  /** What it came to, and whether the rules are others now. */
  change(home: string, pick: number): { readonly answer: string; readonly isOther: boolean } {
    const id = chosen(Object.keys(OF_RULE) as RuleId[], pick);
    const how = chosen(CHANGES, pick >> 3);
    const rules = productRules.flatMap((rule) => (rule.id === id ? changed(rule, how) : [rule]));
    const isOff = how === 'off-here' ? { enabled: false } : undefined;
    const own = { home, rule: id, author: '周敏', reason: '试一试', ...isOff };
    const answer = this.#story.replaceRules(rules, how === 'off-here' ? [own] : []);
    const said = `${id} ${how} ${answer}`;
    // Other rules rest on some of them.
    if (answer !== 'ok') return { answer: said, isOther: false };
    const sign = OF_RULE[id];
    const tells = LIMITS[id]?.[how]?.tells ?? !QUIET.includes(how);
    const homes = how === 'off-here' ? [home] : HOMES;
    this.#left = sign === undefined || tells ? undefined : { sign, homes };
    this.byDay = how === 'by-day';
    return { answer: said, isOther: true };
  }
}

function changed(rule: Rule, how: Change): object[] {
  if (how === 'gone') return [];
  if (how === 'off') return [{ ...rule, enabled: false }];
  if (how === 'shadow') return [{ ...rule, mode: 'shadow' }];
  if (how === 'by-day') return [{ ...rule, hours: { from: '08:00', to: '20:00' } }];
  if (how === 'renamed') return [{ ...rule, id: `${rule.id}-x` }];
  const { params = {} } = LIMITS[rule.id as RuleId]?.[how] ?? {};
  return [{ ...rule, params: { ...rule.params, ...params } }];
}

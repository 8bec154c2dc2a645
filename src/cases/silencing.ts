import type { Priority } from '../model/alert.ts';
import type { Case, CaseSilence } from '../model/case.ts';
import { isSilenceActive, type Silence, silenceEnd, silences } from '../model/silence.ts';
import type { CaseContext } from './context.ts';
import { onceEach, type RecipientAddress } from './recipients.ts';

/** Who of those who should be told is told in spite of silences, and why the others are not. */
export interface Hushed {
  readonly told: readonly RecipientAddress[];
  /** Absent where nobody was held back. */
  readonly silence?: CaseSilence;
  /** How many messages each silence held back, by its id. */
  readonly held: ReadonlyMap<string, number>;
}

type Situation = Pick<CaseContext, 'silences' | 'subject' | 'now' | 'testers'>;

/**
 * Takes out whom a silence keeps from being told. A silence of a rule holds only for a case all of whose alerts come from
 * rules that are silenced. On a site on trial its testers are told instead.
 */
export function hush(
  told: readonly RecipientAddress[],
  current: Pick<Case, 'priority' | 'rules'>,
  ctx: Situation,
): Hushed {
  const active = (ctx.silences ?? []).filter((one) => isSilenceActive(one, ctx.now));
  const held = new Map<string, number>();
  if (active.length === 0) return { told, held };
  let longest: Silence | undefined;
  let testers: readonly string[] = [];
  const kept = told.filter((way) => {
    const by = holding(active, way, current, ctx);
    if (!by) return true;
    held.set(by.id, (held.get(by.id) ?? 0) + 1);
    // What was held back is told when the first of them is over: another one then says so itself.
    if (!longest || silenceEnd(by) < silenceEnd(longest)) longest = by;
    if (by.mode === 'log-only') testers = [...testers, ...by.testers];
    return false;
  });
  if (!longest) return { told, held };
  const { id, mode, by, reason } = longest;
  return {
    told: onceEach([...kept, ...(ctx.testers?.(testers) ?? [])]),
    silence: { silence: id, mode, by, reason, until: silenceEnd(longest) },
    held,
  };
}

function holding(
  active: readonly Silence[],
  { channel }: RecipientAddress,
  { priority, rules = [] }: Pick<Case, 'priority' | 'rules'>,
  { subject }: Situation,
): Silence | undefined {
  const { path, home } = subject;
  const about: readonly (string | undefined)[] = rules.length > 0 ? rules : [undefined];
  let found: Silence | undefined;
  for (const rule of about) {
    const by = active.find((one) => silences(one, { path, home, rule, channel, priority }));
    if (!by) return undefined;
    if (!found || silenceEnd(by) < silenceEnd(found)) found = by;
  }
  return found;
}

/** Channels over which nobody is reached now: who has no other counts as not reachable. */
export const silencedChannels = (
  all: readonly Silence[],
  place: { readonly path: string; readonly home: string },
  priority: Priority,
  now: number,
): string[] =>
  all.flatMap((one) =>
    one.channel !== undefined &&
    one.rule === undefined &&
    isSilenceActive(one, now) &&
    silences(one, { ...place, rule: undefined, channel: one.channel, priority })
      ? [one.channel]
      : [],
  );

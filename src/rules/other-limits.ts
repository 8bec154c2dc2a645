import { callIn } from './calls.ts';
import type { CompiledRule, Variant } from './compile.ts';
import { type HeldFinding, type Instance, sameVariant } from './instance.ts';

/** It has found nothing yet, and by other limits than those of now it is known when it will. */
export const waitsByOthers = (
  { looksAnew }: CompiledRule['kind'],
  { due, open }: Instance,
  before: Variant | undefined,
  after: Variant | undefined,
): boolean =>
  looksAnew === true &&
  due > 0 &&
  !open &&
  before !== undefined &&
  after !== undefined &&
  !sameVariant(before, after);

/** What waited for the hours of its rule to begin does not wait for those of before. A call was told at once, by its own alert. */
export function askAnew(
  instance: Instance,
  held: HeldFinding,
  old: CompiledRule,
  { gates: { hours: after } }: CompiledRule,
  now: number,
): void {
  const { hours: before } = old.gates;
  const isSame = before?.from === after?.from && before?.to === after?.to;
  if (isSame || held.opensAt <= now || (held.finding && callIn(old, held.finding))) return;
  instance.held = { ...held, opensAt: now };
}

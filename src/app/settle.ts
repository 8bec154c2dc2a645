import { placeAlert } from '../cases/alerts.ts';
import { type CaseContext, caseContext } from '../cases/context.ts';
import { ladderDue } from '../cases/ladder.ts';
import { HOUR } from '../lib/clock.ts';
import type { Effect, Refusal, StepResult } from '../model/effect.ts';
import type { Report } from '../model/message.ts';
import type { AreaOutage, AreaSilence, Supply } from '../rules/define.ts';
import type { AlertChange, AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { silencesOf } from './silences.ts';
import type { Subject } from './subject.ts';

/** What a step gathers. Most steps find nothing: they share one empty list. */
export class Outcome implements StepResult {
  #gathered: Effect[] | undefined;
  accepted: Report | undefined = undefined;
  refusals: readonly Refusal[] = NOTHING;
  touched: readonly string[] = NOTHING;
  around: readonly string[] = NOTHING;

  get effects(): readonly Effect[] {
    return this.#gathered ?? NOTHING;
  }

  /** One step may close the alerts of 100,000 homes: what is there is not copied for each of them. */
  add(effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    this.#gathered ??= [];
    for (const effect of effects) this.#gathered.push(effect);
  }
}

const NOTHING: readonly never[] = [];

/** Takes what the rules found into the cases, and their wishes to devices into effects. */
export function settle(
  core: Core,
  subject: Subject,
  changes: readonly AlertChange[],
  out: Outcome,
  now = core.now,
): void {
  for (const command of core.engine.commands) out.add([{ type: 'device-command', ...command }]);
  if (changes.length === 0) return;
  core.markChanged(subject);
  const context = contextOf(core, subject, now);
  for (const { change, draft, news } of changes) {
    // Devices wait for nothing that people are not told of.
    if (!draft.shadow) noteSilence(subject, draft);
    if (draft.shadow) out.add([{ type: 'alert', change, alert: { ...draft, case: '' } }]);
    else out.add(placeAlert(subject.caseBook, draft, change, context, news).effects);
  }
  core.fileNoLaterThan(subject, ladderDue(subject.caseBook));
}

/** People's "resolved" does not bring a gateway or an area back: their devices go on waiting for it. */
function noteSilence({ gateway, area }: Subject, draft: AlertDraft): void {
  if (draft.clearReason === 'resolved') return;
  const isOver = draft.clearedAt !== undefined;
  if (gateway && draft.ruleKind === 'silence') gateway.silent = !isOver;
  if (area && draft.ruleKind === 'area-silence')
    area.silent = isOver ? undefined : areaSilence(area.path, draft);
  const supply = OUTAGES[draft.ruleKind];
  if (area && supply) area.outages = { ...area.outages, [supply]: outageOf(area.path, supply, draft) };
}

/**
 * What people resolved ends without another word: its devices wait for it no longer. Nor where the rule that found it has
 * left the set. Otherwise whatever falls silent there would never be told again.
 */
export function endSilence({ engine }: Core, subject: Subject): void {
  const { gateway, area } = subject;
  if (gateway?.silent && !engine.goesOn(subject, 'silence')) gateway.silent = false;
  if (area?.silent && !engine.goesOn(subject, 'area-silence')) area.silent = undefined;
}

/** Which alerts about an area say that a supply has failed. */
const OUTAGES: Readonly<Record<string, Supply | undefined>> = {
  'area-no-water': 'water',
  'area-power-loss': 'power',
};
/** Nobody is waited for longer: an area that was told may still hold a person in need. */
const OUTAGE_WAIT_MS = 12 * HOUR;
/** When the water is back, so long may pass until somebody draws some. Power says itself that it is back. */
const AFTER_OUTAGE_MS: Readonly<Record<Supply, number>> = { water: 2 * HOUR, power: 0 };

function outageOf(path: string, supply: Supply, { raisedAt, clearedAt, evidence }: AlertDraft): AreaOutage {
  const longest = raisedAt + OUTAGE_WAIT_MS;
  return {
    unit: String(evidence.values['unit'] ?? path),
    from: Number(evidence.values['from'] ?? raisedAt),
    until: clearedAt === undefined ? longest : Math.min(longest, clearedAt + AFTER_OUTAGE_MS[supply]),
  };
}

/** What an alert about an area says of whom it concerns: its devices wait for it, as those behind a gateway do. */
const areaSilence = (path: string, { evidence: { values } }: AlertDraft): AreaSilence => ({
  unit: String(values['unit'] ?? path),
  lastFrom: Number(values['lastFrom'] ?? 0),
  ...(values['lastTo'] === undefined ? {} : { lastTo: Number(values['lastTo']) }),
});

export const contextOf = (core: Core, subject: Subject, now = core.now): CaseContext =>
  caseContext(core.registry, core.policy, core.channels, subject.id, now, {
    duty: core.duty,
    silence: silencesOf(core),
    absence: core.absence,
  });

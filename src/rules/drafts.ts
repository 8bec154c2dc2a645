import type { Priority } from '../model/alert.ts';
import type { CompiledRule, CompiledRules } from './compile.ts';
import type { Finding, OpenFinding } from './define.ts';
import type { AlertDraft, RuleDevice, RuleSubject } from './instance.ts';

const HISTORY_MAX = 20;

/**
 * A finding without an instant, or without words, would break whoever takes it: it is a defect of its rule, and must be met there.
 *
 * @throws for the rule that found it
 */
export function assertSound({ since, at, evidence }: Finding): void {
  const { zh, en } = evidence.text;
  const isSound = isInstant(since) && isInstant(at) && zh.length > 0 && en.length > 0;
  if (!isSound) throw new RangeError(`a finding that says nothing: since ${since}, at ${at}, "${zh}"`);
}

/** Beyond this no date can be written. */
const INSTANT_MAX = 8.64e15;
const isInstant = (at: number): boolean => Number.isFinite(at) && Math.abs(at) <= INSTANT_MAX;

/** @param device that the rule watches; undefined for one about the subject as a whole */
export function newDraft(
  subject: RuleSubject,
  rules: CompiledRules,
  { kind, id, shadow }: CompiledRule,
  priority: Priority,
  device: RuleDevice | undefined,
  finding: Finding,
  now: number,
): AlertDraft {
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: subject.home,
    ...(device ? { device: device.id } : {}),
    path: subject.path,
    rule: id,
    ruleKind: kind.kind,
    ruleSetVersion: rules.version,
    ruleSetContent: rules.content,
    ...(shadow ? { shadow: true as const } : {}),
    about: subject.home === '' ? 'area' : (finding.about ?? kind.about),
    priority: finding.priority ?? priority,
    title: finding.title ?? kind.title,
    since: finding.since,
    raisedAt: now,
    evidence: finding.evidence,
    count: 1,
    version: 1,
    history: [],
  };
}

/** With what the finding rests on now; what was said before stays in the history. */
export function corrected(draft: AlertDraft, finding: Finding, now: number): AlertDraft {
  assertSound(finding);
  const { evidence } = finding;
  const { since, priority, version } = draft;
  const before = { at: now, since, priority, text: draft.evidence.text };
  const history = [...draft.history, before].slice(-HISTORY_MAX);
  return { ...draft, evidence, version: version + 1, history };
}

/** What was found so long ago: its readings are older by now. */
export function agedBy(finding: Finding, ms: number): Finding {
  const { evidence } = finding;
  if (evidence.freshnessMs === undefined) return finding;
  return { ...finding, evidence: { ...evidence, freshnessMs: evidence.freshnessMs + ms } };
}

/** It has happened once more. */
export function repeated(draft: AlertDraft, finding: Finding): AlertDraft {
  assertSound(finding);
  const { count, version } = draft;
  return { ...draft, count: count + 1, version: version + 1, evidence: finding.evidence };
}

export function openFinding(draft: AlertDraft): OpenFinding {
  return {
    rule: draft.rule,
    kind: draft.ruleKind,
    about: draft.about,
    priority: draft.priority,
    device: draft.device,
    since: draft.since,
    raisedAt: draft.raisedAt,
    text: draft.evidence.text,
    shadow: draft.shadow === true,
  };
}

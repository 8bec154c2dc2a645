import { placeAlert, SERVICE_RULE_KIND } from '../cases/alerts.ts';
import { gatheringCase, isAtWork, openCase } from '../cases/case-book.ts';
import { doneBefore, noteDone } from '../cases/done-commands.ts';
import { missing } from '../cases/guards.ts';
import { shortLocal } from '../lib/local-time.ts';
import { PRIORITIES, type Priority } from '../model/alert.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { ErrorCode } from '../model/errors.ts';
import {
  FOUND_IN_NEED,
  HELP_ASKED_AGAIN,
  HELP_ASKED_EVENT,
  HELP_ASKED_KEY,
  HELP_ASKED_RULE,
  HELP_ASKED_TITLE,
  helpAnsweredText,
  helpAskedText,
  isFoundInNeed,
} from '../model/help-asked.ts';
import type { Text } from '../model/text.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { resolveFindings } from './service-finding.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/** So much of what was said before is kept beside the alert; the time line has all of it. */
const SAID_MAX = 20;

type Asked = Extract<Command, { type: 'home.help' }>;
type Confirmed = Extract<Command, { type: 'case.confirm' }>;

/**
 * A person asks for help for a home. It stands as an alert about the resident, so that whoever would come for a button comes,
 * with the same times, call-back and ledger. What is said while it stands joins it, and is told each time: people do not
 * telephone twice for nothing.
 */
export function takeHelpAsked(
  core: Core,
  command: Asked,
  by: string,
  out: Outcome,
  text?: Text,
): CommandReply {
  const { home, key } = command;
  const subject = core.subjects.get(home);
  if (!subject) return { ok: false, failure: { code: 'HOME_NOT_FOUND', details: { home } } };
  if (core.seq <= subject.savedSeq) return { ok: true };
  const { caseBook } = subject;
  const before = doneBefore(caseBook, key, core.now);
  if (before) return { ok: true, ...(before.case === undefined ? {} : { case: before.case }) };
  if (subject.asleep) subject.wake();
  const open = subject.findings[HELP_ASKED_KEY]?.open;
  const context = contextOf(core, subject);
  const evidence = evidenceOf(command, by, shortLocal(core.now, context.timeZone), text);
  const draft = open
    ? again(open, command.priority, evidence, core.now)
    : newAlert(core, subject, command.priority, evidence);
  subject.findings = { ...subject.findings, [HELP_ASKED_KEY]: { open: draft } };
  core.markChanged(subject);
  const placed = open
    ? placeAlert(caseBook, draft, 'updated', context, HELP_ASKED_AGAIN)
    : placeAlert(caseBook, draft, 'raised', context);
  out.add(placed.effects);
  noteDone(caseBook, key, { version: draft.version, case: placed.alert.case, at: core.now });
  // While nobody takes the case, more people are called.
  core.file(subject);
  return { ok: true, case: placed.alert.case };
}

/** People resolved the case: who asks after that asks anew. */
export function resolveHelpAsked(
  core: Core,
  subject: Subject,
  alerts: readonly string[],
  out: Outcome,
): void {
  resolveFindings(core, subject, alerts, { isOurs: (key) => key === HELP_ASKED_KEY, rearmMs: () => 0 }, out);
}

/**
 * Whoever was asked whether all is well, and says only when the case is over that help is needed: a card keeps its buttons, and a
 * page may have been open since. They are told that somebody is called, so somebody is: for the emergency that is at work by now, else as
 * after a button was pressed. Undefined: the case is not over.
 */
export function helpAfterwards(
  core: Core,
  command: Confirmed,
  by: string,
  out: Outcome,
  confirmIn: (command: Confirmed) => CommandReply,
): CommandReply | undefined {
  const subject = core.subjects.get(caseSubjectId(command.case) ?? '');
  if (!subject || command.well || core.seq <= subject.savedSeq) return undefined;
  const { caseBook } = subject;
  const context = contextOf(core, subject);
  const before = openCase(caseBook, command.case);
  const isOver = before ? !isAtWork(before) : missing(caseBook, command.case, context).code === OVER;
  if (!isOver) return undefined;
  const atWork = gatheringCase(caseBook, 'safety');
  if (atWork?.case.priority === 'P1') return confirmIn({ ...command, case: atWork.case.id });
  const { note, key, contact = false } = command;
  const said = helpAnsweredText(by, shortLocal(core.now, context.timeZone), note, contact);
  const asked = { type: 'home.help', home: subject.id, priority: 'P1', from: by, note, key } as const;
  return takeHelpAsked(core, asked, by, out, said);
}
const OVER: ErrorCode = 'CASE_STRUCK_OFF';

const FOUND: AlertDraft['evidence']['values'] = { [FOUND_IN_NEED]: 'yes' };

const evidenceOf = (
  { from, note, found }: Asked,
  by: string,
  when: string,
  text = helpAskedText({ from, note, by, when, found }),
): AlertDraft['evidence'] => ({
  text,
  readings: [],
  values: { event: HELP_ASKED_EVENT, ...(found ? FOUND : {}) },
});

/** The graver of the two holds; what was said before stands in the time line and in the history. */
function again(
  open: AlertDraft,
  priority: Priority,
  evidence: AlertDraft['evidence'],
  now: number,
): AlertDraft {
  const { since, history } = open;
  const before = { at: now, since, priority: open.priority, text: open.evidence.text };
  const graver = PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(open.priority);
  return {
    ...open,
    priority: graver ? priority : open.priority,
    // Whoever was found in need was, whatever is said after it.
    evidence: isFoundInNeed(open) ? { ...evidence, values: { ...evidence.values, ...FOUND } } : evidence,
    count: open.count + 1,
    version: open.version + 1,
    history: [...history, before].slice(-SAID_MAX),
  };
}

function newAlert(
  core: Core,
  subject: Subject,
  priority: Priority,
  evidence: AlertDraft['evidence'],
): AlertDraft {
  const { now } = core;
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: subject.home,
    path: contextOf(core, subject).subject.path,
    rule: HELP_ASKED_RULE,
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: 'person',
    priority,
    title: HELP_ASKED_TITLE,
    since: now,
    raisedAt: now,
    evidence,
    count: 1,
    version: 1,
    history: [],
  };
}

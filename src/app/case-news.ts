import { openCase } from '../cases/case-book.ts';
import { type EmergencyOfContact, emergencyOfContact } from '../cases/contact-owner.ts';
import { caseContext, discreetPlace } from '../cases/context.ts';
import { eventOf } from '../cases/notice-parts.ts';
import { acknowledgedText, contactHasItText } from '../cases/texts.ts';
import { shortLocal } from '../lib/local-time.ts';
import { type Case, type CaseEntry, type CaseStep, caseSubjectId } from '../model/case.ts';
import type { CaseNews } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import type { Core } from './core.ts';

/** Lines of the time line by which a case comes into somebody's hands, or out of everybody's. */
const NEWS: ReadonlySet<CaseEntry['type']> = new Set([
  'acknowledged',
  'taken-over',
  'resolved',
  'struck-off',
]);

/** Steps that nobody has been reached by. */
const UNANSWERED: ReadonlySet<CaseStep> = new Set(['call-no-answer', 'call-wrong-number']);

export interface NewsContext {
  /** What the case is called after, without the place. */
  readonly finding?: Text | undefined;
  /** A contact has the emergency: `far`, and somebody near is needed as before. */
  readonly contact?: EmergencyOfContact | undefined;
}

/** Could these lines be news to those who were told? */
export const mayBeNews = (entries: readonly CaseEntry[]): boolean =>
  entries.some(({ type }) => NEWS.has(type) || type === 'step' || type === 'step-withdrawn');

/** What those who were told of a case should hear of this change; undefined: it changes nothing for them. */
export function caseNewsOf(
  { status, acknowledgedBy }: Pick<Case, 'status' | 'acknowledgedBy'>,
  entries: readonly CaseEntry[],
  timeZone: string,
  { finding, contact }: NewsContext = {},
): CaseNews | undefined {
  // That staff are there follows from that they come; a contact may be there already when they take it, or reach the person by telephone.
  const endsCalls = (step: CaseStep | undefined): boolean =>
    contact === 'near' && step !== undefined && !UNANSWERED.has(step);
  const line = entries.findLast(
    ({ type, step }) =>
      NEWS.has(type) ||
      step === 'on-the-way' ||
      endsCalls(step) ||
      (contact === 'far' && type === 'step-withdrawn'),
  );
  if (!line) return undefined;
  const takenBack = line.type === 'step-withdrawn';
  const { by, at } = line;
  return {
    what: takenBack ? 'taken' : whatOf(line, entries),
    status,
    by,
    at,
    when: shortLocal(at, timeZone),
    text: textOf(line, acknowledgedBy),
    ...(finding ? { finding } : {}),
    ...(contact === 'far' ? { wanted: true as const } : {}),
    ...(contact === 'near' && line.type === 'step' ? { suffices: true as const } : {}),
    ...(takenBack ? { takenBack } : {}),
  };
}

/** Whoever sets out has taken what nobody had. */
function whatOf({ type }: CaseEntry, entries: readonly CaseEntry[]): CaseNews['what'] {
  if (type === 'resolved') return type;
  // What needs no call-back is struck off by its outcome.
  if (type === 'struck-off') return entries.some((one) => one.type === 'resolved') ? 'resolved' : type;
  const takes = entries.some((one) => one.type === 'acknowledged' || one.type === 'taken-over');
  return takes ? 'taken' : 'on-the-way';
}

/** What was found is not for a group: of a resolved case it is said that it is, and by whom. */
function textOf({ type, step, by, text }: CaseEntry, holder: string | undefined): CaseNews['text'] {
  if (type === 'resolved') return { zh: `${by} 已处置`, en: `${by} has resolved it` };
  if (type === 'step-withdrawn') return contactHasItText(holder ?? by);
  if (type !== 'step') return text;
  if (step === 'on-site') return { zh: `${by} 已到现场`, en: `${by} is there` };
  if (step !== 'on-the-way') return acknowledgedText(holder ?? by);
  if (holder === undefined || holder === by)
    return { zh: `${by} 已接手，正在赶去`, en: `${by} has it and is on the way` };
  // Who goes along has it not: nobody must believe that two have it, or the wrong one.
  return { zh: `${holder} 已接手，${by} 正在赶去`, en: `${holder} has it, ${by} is on the way` };
}

/**
 * What a case is called after, without the place; undefined where the place has another name by now than in its title, for
 * the rest of it might name the resident.
 */
export function findingOf(core: Core, { subject, title }: Pick<Case, 'subject' | 'title'>): Text | undefined {
  const { subject: place } = caseContext(core.registry, core.policy, core.channels, subject, core.now);
  const finding = eventOf(title, place);
  return finding.zh === title.zh || finding.en === title.en ? undefined : finding;
}

/** Has a contact the emergency, and have they said that they come, are there, or have reached the person? */
export const contactWith = ({ registry }: Core, one: Case): EmergencyOfContact | undefined =>
  one.home === '' ? undefined : emergencyOfContact(one, { contacts: registry.contacts(one.home) });

/** What news of cases are told with. */
export const knownOf = (core: Core) => ({
  timeZone: (path: string): string => core.registry.timeZone(path),
  finding: (one: Case): Text | undefined => findingOf(core, one),
  contact: (one: Case): EmergencyOfContact | undefined => contactWith(core, one),
});

/** Where it is, with the surname; undefined where the registry does not know any more. */
export function placeNow(core: Core, { subject }: Pick<Case, 'subject'>): Text | undefined {
  if (!core.subject(subject)) return undefined;
  return discreetPlace(caseContext(core.registry, core.policy, core.channels, subject, core.now).subject);
}

/** A case as it is now, while it is not over. */
export function currentCase(core: Core, id: string): Case | undefined {
  const book = core.subject(caseSubjectId(id) ?? '')?.book;
  return book && openCase(book, id)?.case;
}

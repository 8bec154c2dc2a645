import type { ledger as chinese } from '../zh/ledger.ts';
import type { InEnglish } from './in-english.ts';

export const ledger: InEnglish<typeof chinese> = {
  'ledger.title': 'Ledger',
  'ledger.lead': 'All cases that began in a period: what was found, and whether the times were kept.',
  'ledger.from': 'From',
  'ledger.to': 'To',
  'ledger.wrongOrder': 'The last day must not be before the first.',
  'ledger.truncated': 'There are too many cases: the newest {n} were counted.',
  'ledger.counts': 'Counts',
  'ledger.cases': 'Cases',
  'ledger.reopened': 'Reopened',
  'ledger.satisfied': 'Satisfied when called back',
  'ledger.categories': 'Categories of requests',
  'ledger.callBacks': 'Call-backs',
  'ledger.callBacks.none': 'Struck off without a call-back',
  'ledger.none': 'None',
  'ledger.targets': 'Targets',
  'ledger.requestTargets': 'Targets of requests',
  'ledger.targets.lead':
    'How many were kept in time, each round of a reopened case for itself, and the time that half of them and nine of ten did not exceed.',
  'ledger.within': '{within}/{owed} ({share}%)',
  'ledger.took': 'took {p50} / {p90}',
  'ledger.csv': 'Export CSV',
  'ledger.thisMonth': 'This month',
  'ledger.lastMonth': 'Last month',
  'ledger.compare': 'Beside the period before',
  'ledger.before': '(before: {n})',
  'ledger.beforePeriod': 'The period before: {from} to {to}',
  'ledger.pastPeriod': 'Before:',
  'ledger.print': 'Print the figures',
  'ledger.print.lead': 'On paper stand figures alone, no names and no doors; for the list export the CSV.',
  'ledger.printed': '{area}, {from} to {to} (printed {at})',
  'ledger.meaning': 'What these figures mean',
  'ledger.meaning.cases':
    'A case belongs to the period in which it began, also where it was resolved or struck off later; what a home raises at the same time is one case. Drills are not counted.',
  'ledger.meaning.targets':
    '“3/4”: of 4 that were due, 3 were done in time. Due is what was done and what should have been by now; what is not due yet does not count. What falls due later changes figures of past months.',
  'ledger.meaning.took':
    '“took 5 min / 20 min”: of those that were done, half took no longer than 5 minutes, and nine of ten no longer than 20. What was not done is not among them.',
  'ledger.meaning.verdicts':
    'True: an emergency or a need, what the rule looks for (a leak, a device that failed), and hospital after a call for help. False: away, asleep, pressed by mistake and the like. Unknown: refused, not reached, other. A case that several rules found counts once for each; of “cases about people” each counts once, and is true where one finding was.',
  'ledger.meaning.satisfied':
    'Satisfied: of those who were reached by a call-back. Who was not called back does not count.',
  'ledger.meaning.watched':
    'Who is not watched at this moment stands on the page “Watch”; the ledger does not keep how it was on past days.',
  'ledger.empty': 'No case in this period',
};

import type { ledger as chinese } from '../zh/ledger.ts';
import type { InEnglish } from './in-english.ts';

export const ledger: InEnglish<typeof chinese> = {
  'ledger.title': 'Ledger',
  'ledger.lead': 'All cases of a period: what was found, and whether the times were kept.',
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
  'ledger.empty': 'No case in this period',
};

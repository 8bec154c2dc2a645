import type { visits as chinese } from '../zh/visits.ts';
import type { InEnglish } from './in-english.ts';

export const visits: InEnglish<typeof chinese> = {
  'visits.title': 'Visits',
  'visits.register': 'Record a visit',
  'visits.registerChange': 'Record a major change',
  'visits.class': 'Class: {name}',
  'visits.noClass': 'No visit class',
  'visits.withdraw': 'Withdraw',
  'visits.withdrawTitle': 'Withdraw this line',
  'visits.withdrawMeans':
    'Only where it was recorded by mistake: another home, another day. It stays in the log, marked, and counts as a visit no more.',
  'visits.withdrawReason': 'Why',
  'visits.withdrawWhy': 'Please say why.',
  'visits.withdrawSubmit': 'Withdraw it',
  'visits.isWithdrawn': 'The line is withdrawn',
  'visits.withdrawn': 'withdrawn by {by}: {reason}',
  'visits.setClass': 'Change the visit class',
  'visits.classMeans': 'How often it is visited',
  'visits.classNone': 'none',
  'visits.classSet': 'The visit class is changed',
  'visits.due': 'next visit by',
  'visits.overdue': 'visit overdue',
  'visits.paused': 'the days stand still while away',
  'visits.notArmed': 'reminders begin with a class or a first visit',
  'visits.none': 'No visit is recorded.',
  'visits.earlier': '{n} earlier {n|one|ones}',
  'visits.more': 'only the last {n} are shown',
  'visits.inCase': 'while a case was handled',
  'visits.change': 'Major change: {name}',
  'visits.dialog': 'Record a visit: {place}',
  'visits.result': 'What came of it',
  'visits.notMet':
    'Who was not met has not been visited: somebody has to go again. If you are worried, call the family or the police now.',
  'visits.whileAway':
    'The home is still registered as “{kind}”: nothing is raised for want of water or movement, and a visit does not change that. If the person is at home, end the period under “Absence” afterwards.',
  'visits.at': 'When',
  'visits.by': 'Who was there',
  'visits.note': 'How things are (may stay empty)',
  'visits.submit': 'Record it',
  'visits.registered': 'The visit is recorded',
  'visits.ahead': 'The time cannot lie ahead.',
  'visits.changeDialog': 'Record a major change: {place}',
  'visits.what': 'What happened',
  'visits.changeMeans':
    'Please visit soon, as a rule within 24 hours: after that somebody is reminded. Nobody is told now: if somebody has to go at once, enter a request for help.',
  'visits.changeRegistered': 'The change is recorded',
};

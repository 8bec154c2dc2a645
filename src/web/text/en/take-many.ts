import type { takeMany as chinese } from '../zh/take-many.ts';
import type { InEnglish } from './in-english.ts';

export const takeMany: InEnglish<typeof chinese> = {
  'many.choose': 'Select several',
  'many.title': 'Take together',
  'many.all': 'All {n} shown',
  'many.allOf': '{kind} {n}',
  'many.take': 'Take {n} {n|case|cases}',
  'many.alone': 'Take alone',
  'many.aloneHelp': 'P1 cases are taken one by one.',
  'many.box': 'Select case {number}, {place}',
  'many.result': 'What was taken',
  'many.taken': '{n} {n|case|cases} taken',
  'many.risen': '{n} of them {n|is|are} P1 by now, open {n|it|them} at once:',
  'many.sending': 'Sending {n}…',
  'many.waiting': '{n} {n|waits|wait} for the connection, not sent yet:',
  'many.held': '{n} {n|was|were} pressed earlier and not confirmed as sent. Take {n|it|them} still?',
  'many.send': 'Take {n} still',
  'many.not': '{n} not taken:',
  'many.why.had': '{name} acknowledged first, {time}',
  'many.why.resolved': '{name} resolved it, {time}',
  'many.why.over': 'resolved or struck off already',
  'many.why.risen': 'P1 by now: take it alone',
  'many.why.no-right': 'your account may not take cases here',
  'many.why.gone': 'it is gone, or no longer in your area',
  'many.why.given-up': 'given up, not sent',
};

import type { callTests as chinese } from '../zh/call-tests.ts';
import type { InEnglish } from './in-english.ts';

export const callTests: InEnglish<typeof chinese> = {
  'callTest.begin': 'Test the call',
  'callTest.title': 'Test the call of {device}',
  'callTest.lead':
    'Press it once (or set it off once) after you have begun. The first call is only a test, and nobody is told of it; each one after it, calls of another kind, and calls of other devices of this home are real.',
  'callTest.what': 'Which call you will make',
  'callTest.minutes': 'At most',
  'callTest.nMinutes': '{n} {n|minute|minutes}',
  'callTest.submit': 'Begin the test',
  'callTest.waiting': 'Testing "{call}" until {until} ({by}). Press it once now.',
  'callTest.end': 'End the test',
  'callTest.heard': 'The call came at {time}: {call}, {way} (tested by {by})',
  'callTest.measured': 'by the device at {time}',
  'callTest.over': 'The test is over: another press is a real call.',
  'callTest.no-call': 'No call came: "{call}" was tested from {from} until {until} ({by})',
  'callTest.ended': 'The test of {from} was ended early by {who} (tested by {by})',
  'callTest.called':
    'A real call came during the test of {from}; it was told, and the test is over (tested by {by})',
  'callTest.real': 'This one was real',
  'callTest.isReal': '{by} says that this call was real: people are told',
  'callTest.openCase': 'Open the case',
  'callTest.before': 'Earlier tests ({n})',
  'callTest.bar': 'Tests of calls that last',
  'callTest.running': 'Being tested: the call of {device} in {home}, until {until} ({by})',
};

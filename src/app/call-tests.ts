import { isAtWork } from '../cases/case-book.ts';
import { isCalledFor } from '../cases/headline.ts';
import { forgetUndatedPresses } from '../ingest/admit.ts';
import { CALLS_PERHAPS } from '../model/call-for-help.ts';
import { type CallTest, callsOf, isTesting } from '../model/call-test.ts';
import type { CallTestWay } from '../model/call-test-words.ts';
import type { Command } from '../model/command.ts';
import { IdSet } from '../model/id-set.ts';
import type { DeviceEvent, Report } from '../model/message.ts';
import { EVENTS, eventIdsOf } from '../model/metrics.ts';
import { mayHaveWaited } from '../rules/after-absence.ts';
import type { Admitted } from '../rules/engine.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import type { Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/**
 * Somebody tries the call of a device. Its first call meanwhile answers the test instead of calling people; whatever else
 * calls for help in this home is meant, and ends the test. See docs/decisions/0096-whether-the-button-works.md.
 */

const CALL_IDS = eventIdsOf(CALLS_PERHAPS);

/** What the rules are to judge of what was admitted: without the call that answers a test. */
export function withoutTested<A extends Admitted>(
  core: Core,
  device: RuntimeDevice,
  admitted: A,
  out: Outcome,
): A {
  const { accepted: report, events } = admitted;
  if (!report || !events.meets(CALL_IDS)) return admitted;
  const calls = callsIn(report, device);
  const [first] = calls;
  if (!first) return admitted;
  const { subject } = device;
  const test = isInNeed(subject) ? undefined : openTest(core, subject, device.id);
  // Who says more than was to come means it, whatever else the message says.
  const answers =
    test && calls.every(({ event }) => event === test.call) && isOfNow(core, test, report, first.at);
  if (!answers) {
    noteRealCall(core, subject, out);
    return admitted;
  }
  hear(core, subject, test, first.at, 'report', out);
  // Nobody was called, so the next press of a clock that stands still must not pass for this one repeated.
  forgetUndatedPresses(device.state);
  const kept = report.events.filter(({ event, at }) => event !== test.call || at !== first.at);
  // The button was pressed twice by what the device says, and a test has one answer.
  if (calls.some(({ at }) => at !== first.at)) noteRealCall(core, subject, out);
  let left = IdSet.none;
  for (const { event } of kept) left = left.with(EVENTS[event].id);
  return { ...admitted, accepted: { ...report, events: kept }, events: left };
}

/** The same of a device that calls in plain words where its model can read nothing. True: this was the answer. */
export function answersInWords(
  core: Core,
  subject: Subject,
  { device, call, why, at, from }: Extract<Command, { type: 'device.called' }>,
  out: Outcome,
): boolean {
  const test = isInNeed(subject) ? undefined : openTest(core, subject, device);
  const speaks = from === device || from === core.registry.device(device)?.gateway;
  // What came another way may be of another device, for which somebody is waiting in earnest.
  if (test && why === 'in-words' && speaks && call === test.call && at >= test.from) {
    hear(core, subject, test, at, 'in-words', out);
    return true;
  }
  noteRealCall(core, subject, out);
  return false;
}

/** The time of a test is over, and no call came. */
export function endUnanswered(core: Core, subject: Subject, now: number, out: Outcome): void {
  for (const test of subject.callTests.tests)
    if (test.state === 'waiting' && test.until <= now)
      changeTest(core, subject, { ...test, state: 'no-call', endedAt: test.until }, out);
}

export function changeTest(core: Core, subject: Subject, test: CallTest, out: Outcome): void {
  const book = subject.callTests;
  const tests = book.tests.map((one) => (one.id === test.id ? test : one));
  subject.callTests = { ...book, tests };
  core.markChanged(subject);
  out.add([callTestEffect(core, subject, test)]);
  core.file(subject);
}

export const callTestEffect = (core: Core, { id: home, path }: Subject, test: CallTest) =>
  ({ type: 'call-test', home, path, at: core.now, test }) as const;

/** An open case about the people of the home that is a P1, or in which somebody called for help: in words, that is a P2. */
export const isInNeed = ({ book }: Subject): boolean =>
  book?.cases.some(
    (one) => one.case.kind === 'safety' && isAtWork(one) && (one.case.priority === 'P1' || isCalledFor(one)),
  ) ?? false;

export const openTest = (core: Core, { callTests }: Subject, device: string): CallTest | undefined =>
  callTests.tests.find((one) => one.device === device && isTesting(one, core.now));

/** In the order in which they happened. */
function callsIn({ events }: Report, device: RuntimeDevice): DeviceEvent[] {
  const calls: readonly string[] = callsOf(device.events);
  return events.filter(({ event }) => calls.includes(event)).sort((a, b) => a.at - b.at);
}

/** Was it made since the test began? Where nobody dates it, it may have waited for us since we were away. */
function isOfNow(core: Core, { from }: CallTest, report: Report, at: number): boolean {
  const { listeningSince, deafSince } = core.engine;
  const waitedFrom = mayHaveWaited({ now: core.now, listeningSince, deafSince }, report);
  return at >= from && (waitedFrom ?? from) >= from;
}

function hear(
  core: Core,
  subject: Subject,
  test: CallTest,
  measuredAt: number,
  way: CallTestWay,
  out: Outcome,
): void {
  const { now } = core;
  const heard = { at: now, measuredAt: Math.min(measuredAt, now), way };
  changeTest(core, subject, { ...test, state: 'heard', endedAt: now, heard }, out);
}

/** Somebody calls in earnest: what comes after it is no test. */
function noteRealCall(core: Core, subject: Subject, out: Outcome): void {
  const { now } = core;
  subject.callTests = { ...subject.callTests, calledAt: now };
  core.markChanged(subject);
  for (const test of subject.callTests.tests)
    if (isTesting(test, now)) changeTest(core, subject, { ...test, state: 'called', endedAt: now }, out);
}

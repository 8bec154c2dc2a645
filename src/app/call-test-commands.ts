import { type CallTest, type CallTestBook, callsOf, isTesting } from '../model/call-test.ts';
import { CALL_TEST_LIMITS } from '../model/call-test-words.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { ErrorCode } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { deafUntilNow } from '../rules/after-absence.ts';
import { callTestEffect, changeTest, isInNeed, openTest } from './call-tests.ts';
import type { Core } from './core.ts';
import { takeTestedCall } from './device-call.ts';
import type { Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

type Begin = Extract<Command, { type: 'call-test.begin' }>;
type OfDevice = Extract<Command, { type: 'call-test.end' | 'call-test.real' }>;
const MINUTE = 60_000;

/** What people ask of a test of a call for help: see call-tests.ts for what becomes of the call. */
export function beginCallTest(core: Core, command: Begin, by: string, out: Outcome): CommandReply {
  const { id, device: name, home, minutes } = command;
  const until = core.now + minutes * MINUTE;
  // Also where it is refused: in a replay that is not known of a home that was stored after it.
  noteHome(core, home, until);
  const subject = core.subjects.get(home);
  if (!subject || core.seq <= subject.savedSeq) return subject ? { ok: true } : refused('HOME_NOT_FOUND');
  // A key that was used long ago is that of another test: who was told that it has begun would call people by it.
  const isSame = (one: CallTest): boolean => one.id === id && core.now - one.from < LIMITS.commandKeyMs;
  if (subject.callTests.tests.some(isSame)) return { ok: true };
  if (core.registry.device(name)?.home !== home) return refused('DEVICE_NOT_FOUND');
  const device = core.deviceOf(name);
  if (!device) return refused('CALL_TEST_NOT_POSSIBLE');
  const calls = callsOf(device.events);
  const call = command.call ?? calls[0];
  if (call === undefined || !calls.includes(call)) return refused('CALL_TEST_NOT_POSSIBLE');
  if (openTest(core, subject, name)) return refused('CALL_TEST_RUNNING');
  const why = whyNotNow(core, subject);
  if (why) return refused(why);
  const test: CallTest = { id, device: name, call, by, from: core.now, until, state: 'waiting' };
  const book = subject.callTests;
  const others = book.tests.filter((one) => one.id !== id);
  subject.callTests = { ...book, tests: [...others, test].slice(-CALL_TEST_LIMITS.keptMax) };
  core.markChanged(subject);
  core.file(subject);
  out.add([callTestEffect(core, subject, test)]);
  return { ok: true };
}

/** Somebody of this home may be in need, or a call of before may still be on its way. */
function whyNotNow(core: Core, subject: Subject): ErrorCode | undefined {
  if (isInNeed(subject)) return 'CALL_TEST_HOME_IN_NEED';
  const { calledAt = Number.NEGATIVE_INFINITY } = subject.callTests;
  if (core.now - calledAt < CALL_TEST_LIMITS.calledMs) return 'CALL_TEST_CALLED_LATELY';
  const { listeningSince, deafSince } = core.engine;
  const wasDeaf = deafUntilNow({ now: core.now, listeningSince, deafSince }, core.now) !== undefined;
  return wasDeaf ? 'CALL_TEST_CATCHING_UP' : undefined;
}

export function endCallTest(core: Core, { device }: OfDevice, by: string, out: Outcome): CommandReply {
  const subject = core.deviceOf(device)?.subject;
  if (!subject) return refused('DEVICE_NOT_FOUND');
  if (core.seq <= subject.savedSeq) return { ok: true };
  const test = openTest(core, subject, device);
  if (!test) return refused('CALL_TEST_NOT_FOUND');
  changeTest(core, subject, { ...test, state: 'ended', endedAt: core.now, endedBy: by }, out);
  return { ok: true };
}

/** To say it twice changes nothing. */
export function sayReal(core: Core, { device }: OfDevice, by: string, out: Outcome): CommandReply {
  const subject = core.deviceOf(device)?.subject;
  if (!subject) return refused('DEVICE_NOT_FOUND');
  if (core.seq <= subject.savedSeq) return { ok: true };
  const { now } = core;
  const test = subject.callTests.tests.findLast((one) => one.device === device && one.heard);
  if (!test?.heard) return refused('CALL_TEST_NOT_FOUND');
  if (test.real) return replyWith(test.real.case);
  if (now - test.heard.at > CALL_TEST_LIMITS.realMs) return refused('CALL_TEST_TOO_LATE');
  // Another test of the home may last: whoever is in need now answers none.
  for (const one of subject.callTests.tests)
    if (isTesting(one, now)) changeTest(core, subject, { ...one, state: 'called', endedAt: now }, out);
  const opened = takeTestedCall(core, subject, { device, call: test.call, at: test.heard.at }, by, out);
  const real = { at: now, by, ...(opened === undefined ? {} : { case: opened }) };
  subject.callTests = { ...subject.callTests, calledAt: now };
  changeTest(core, subject, { ...test, real }, out);
  return replyWith(opened);
}

const replyWith = (of: string | undefined): CommandReply => ({
  ok: true,
  ...(of === undefined ? {} : { case: of }),
});

const refused = (code: ErrorCode): CommandReply => ({ ok: false, failure: { code } });

/** So that nobody has to look through all homes for the few that have a test. */
function noteHome(core: Core, home: string, until: number): void {
  const { service, seq, now } = core;
  if (seq <= service.savedSeq) return;
  const { homes = [], ...book }: CallTestBook = service.callTests;
  const others = homes.filter((one) => one.until > now && one.home !== home);
  const before = homes.find((one) => one.home === home)?.until ?? 0;
  service.callTests = { ...book, homes: [...others, { home, until: Math.max(before, until) }] };
  core.markChanged(service);
}

/** The tests that last, in all homes. */
export function runningCallTests(
  core: Core,
  now: number,
): { readonly home: string; readonly test: CallTest }[] {
  return (core.service.callTests.homes ?? []).flatMap(({ home }) =>
    (core.subjects.get(home)?.callTests.tests ?? []).flatMap((test) =>
      isTesting(test, now) ? [{ home, test }] : [],
    ),
  );
}

import type { MessageBlock } from '../../simulators/message-block.ts';
import { readBlocks } from '../../simulators/recording.ts';
import type { KnownTopic } from '../../simulators/topic-cache.ts';
import { Core, type CoreOptions } from '../app/core.ts';
import { type DecodedMessage, Decoder } from '../app/decode.ts';
import { LOOK_AHEAD, lookAhead, lookAtDevices } from '../app/look-ahead.ts';
import { step } from '../app/pipeline.ts';
import type { RuntimeDevice } from '../app/runtime.ts';
import { restoreSubject, storeSubject } from '../app/subject.ts';
import type { Envelopes } from '../devices/envelope.ts';
import { MINUTE } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import type { Input, StepResult } from '../model/effect.ts';
import type { Report } from '../model/message.ts';
import type { Notice } from '../model/notice.ts';
import type { RejectionReason } from '../model/rejection.ts';
import type { VisitTold } from '../model/visit.ts';
import type { Registry } from '../registry/registry.ts';
import { ArrivalOrder, type Arrivals } from './arrival-order.ts';
import { Coverage } from './coverage.ts';
import { MessageAtHand } from './message-at-hand.ts';
import type { Part } from './parts.ts';
import { type Speaker, Speakers } from './speakers.ts';

export interface RunOptions {
  readonly recordings?: readonly string[];
  /** Instead of recordings: reports that are decoded already, in the order in which they are to be taken. */
  readonly reports?: AsyncIterable<readonly Report[]>;
  readonly core: Omit<CoreOptions, 'knownAt'>;
  readonly envelopes: Envelopes;
  /** Who was visited: told when they were there, or when the recording begins, if that is later. */
  readonly visits?: readonly VisitTold[];
  /** Whom of the recording this run judges; absent: all. `core.registry` holds no others then. */
  readonly part?: Part;
  /** How far lines may be out of order, in milliseconds of arrival. */
  readonly latenessMs?: number;
  /** Stores and restores the whole state after so many inputs: the result must not change. */
  readonly restartEvery?: number;
  readonly onProgress?: (progress: { messages: number; at: number; bytesRead: number }) => void;
}

/** What a rule set would have done with a recording. */
export interface RunResult {
  /** In the order in which they were raised, each in its last version. */
  readonly alerts: readonly Alert[];
  /** Of rules on trial: they tell nobody and open no case. */
  readonly shadow: readonly Alert[];
  readonly cases: readonly Case[];
  readonly notices: readonly Notice[];
  readonly messages: number;
  readonly readings: number;
  /** Visits that were told. */
  readonly visits: number;
  readonly rejections: Readonly<Partial<Record<RejectionReason, number>>>;
  readonly beyondWindow: number;
  readonly coverage: Coverage;
  readonly from: number;
  readonly to: number;
}

const LATENESS_MS = 60 * MINUTE;

/** Runs recordings through the very step that the live service uses. Same inputs, same result. */
export async function runBacktest(options: RunOptions): Promise<RunResult> {
  const run = new Backtest(options);
  const { recordings = [], reports } = options;
  if (reports)
    for await (const batch of reports) {
      run.takeReports(batch);
      options.onProgress?.({ messages: run.messages, at: run.now, bytesRead: 0 });
    }
  for await (const arrivals of merged(recordings, options.latenessMs ?? LATENESS_MS, run)) {
    run.takeAll(arrivals);
    options.onProgress?.({ messages: run.messages, at: run.now, bytesRead: run.bytesRead });
  }
  return run.result();
}

/** All recordings in one order of arrival. Several files are read side by side, the one that lags first. */
async function* merged(
  files: readonly string[],
  latenessMs: number,
  run: Backtest,
): AsyncGenerator<Arrivals> {
  const order = new ArrivalOrder(latenessMs);
  /** The newest of what was passed over since the last batch. */
  let passed = Number.NEGATIVE_INFINITY;
  const passing = run.wants && {
    wants: run.wants,
    onPassed: (receivedAt: number) => {
      order.pass(receivedAt);
      if (receivedAt > passed) passed = receivedAt;
    },
  };
  const bytes = files.map(() => 0);
  const onBytes = (file: number) => (read: number) => {
    bytes[file] = read;
    run.bytesRead = bytes.reduce((sum, each) => sum + each, 0);
  };
  const readers = files.map((file, index) => ({
    batches: readBlocks(file, { ...passing, onBytes: onBytes(index) }),
    reached: Number.NEGATIVE_INFINITY,
  }));
  const told = (arrivals: Arrivals): Arrivals => {
    if (order.begin !== undefined) run.begin(order.begin);
    return arrivals;
  };
  while (readers.length > 0) {
    readers.sort((a, b) => a.reached - b.reached);
    const [reader] = readers as [(typeof readers)[number]];
    passed = Number.NEGATIVE_INFINITY;
    const next = await reader.batches.next();
    if (next.done) readers.shift();
    else {
      const block = next.value;
      for (let place = 0; place < block.length; place++) {
        order.push(block, place);
        const receivedAt = block.receivedAt[place] as number;
        if (receivedAt > passed) passed = receivedAt;
      }
      reader.reached = Math.max(reader.reached, passed);
    }
    yield told(order.ready(Math.min(...readers.map(({ reached }) => reached))));
  }
  yield told(order.rest());
  run.beyondWindow = order.beyondWindow;
  run.heardUntil(order.newest);
}

class Backtest {
  readonly #options: RunOptions;
  readonly #decoder: Decoder;
  readonly #alerts = new Map<string, Alert>();
  readonly #cases = new Map<string, Case>();
  readonly #notices: Notice[] = [];
  readonly #rejections: Partial<Record<RejectionReason, number>> = {};
  readonly #coverage: Coverage;
  #core: Core | undefined;
  #from = 0;
  /** When the newest message arrived, whoever judges it. */
  #latest = 0;
  readonly #message = new MessageAtHand();
  /** Who sent it; undefined where it holds what others have said. */
  #speaker: Speaker | undefined;
  readonly #speakers: Speakers;
  /** Of the homes that are judged here, in the order in which they are told. */
  readonly #visits: readonly VisitTold[];
  #visitsTold = 0;
  #sinceRestart = 0;
  messages = 0;
  readings = 0;
  beyondWindow = 0;
  /** Of the files as they lie on the disk. */
  bytesRead = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    const { registry } = options.core;
    this.#coverage = new Coverage(
      (home) => registry.timeZone(registry.homePath(home) ?? ''),
      picturedIn(options.part?.whole ?? registry),
    );
    this.#visits = (options.visits ?? [])
      .filter(({ home }) => registry.home(home))
      .sort((a, b) => a.at - b.at);
    this.#decoder = new Decoder(options.core.models, options.envelopes);
    this.#speakers = new Speakers(this.#decoder);
  }

  get now(): number {
    return this.#core?.now ?? 0;
  }

  takeAll({ blocks, places }: Arrivals): void {
    for (let i = 0; i < places.length; i++) {
      if (i % LOOK_AHEAD === 0) this.#lookAhead(blocks, places, i);
      const [block, place] = [blocks[i] as MessageBlock, places[i] as number];
      this.#message.pointTo(block, place);
      this.#take(this.#speakers.of(block.topic[place] as KnownTopic));
      block.taken();
    }
  }

  #lookAhead(blocks: Arrivals['blocks'], places: Arrivals['places'], from: number): void {
    const core = this.#core;
    if (!core) return;
    const to = Math.min(from + LOOK_AHEAD, places.length);
    const ahead: RuntimeDevice[] = [];
    for (let i = from; i < to; i++) {
      const { topic } = blocks[i] as MessageBlock;
      const device = this.#speakers.deviceOf(topic[places[i] as number] as KnownTopic, core);
      if (device) ahead.push(device);
    }
    core.expectDevices(ahead);
    lookAtDevices(ahead);
  }

  takeReports(reports: readonly Report[]): void {
    const ids = reports.map(({ device }) => device);
    reports.forEach((report, place) => {
      if (this.#core && place % LOOK_AHEAD === 0) lookAhead(this.#core, ids, place);
      this.messages++;
      this.#input(this.#start(report.receivedAt), report);
    });
  }

  /** Of a recording that is judged in parts: which topics concern this one. An envelope may hold anybody's. */
  get wants(): ((topic: string) => boolean) | undefined {
    const { part } = this.#options;
    if (!part) return undefined;
    return (topic) => {
      const device = this.#decoder.deviceOf(topic);
      return device === undefined || isOurs(part, part.whole.device(device)?.home);
    };
  }

  begin(at: number): void {
    this.#start(at);
  }

  /** Until when something was heard, whoever judges it. */
  heardUntil(at: number): void {
    this.#latest = at;
  }

  #take(speaker: Speaker): void {
    const message = this.#message;
    const core = this.#start(message.receivedAt);
    const { part } = this.#options;
    const isEnveloped = speaker.id === '';
    const isShared = part !== undefined && isEnveloped;
    if (!isShared || part.index === 0) this.messages++;
    this.#speaker = isEnveloped ? undefined : speaker;
    if (isEnveloped) this.#decoder.open(core, message, isShared ? this.#takeShared : this.#takeDecoded);
    else this.#takeDecoded(this.#decoder.ofDevice(core, speaker.id, message));
  }

  /** What came in an envelope is for whoever judges its device. */
  readonly #takeShared = (decoded: DecodedMessage): void => {
    if (isAnswered(this.#options.part as Part, decoded)) this.#takeDecoded(decoded);
  };

  readonly #takeDecoded = ({ report, refusals }: DecodedMessage): void => {
    const core = this.#core as Core;
    const { receivedAt } = this.#message;
    for (const { reason } of refusals) this.#rejections[reason] = (this.#rejections[reason] ?? 0) + 1;
    if (!report) {
      // As in the live service, a message that nobody can use still carries the time.
      if (core.due.nextDue < receivedAt) this.#step(core, { kind: 'tick', receivedAt });
      else core.now = Math.max(core.now, receivedAt);
      return;
    }
    this.#input(core, report);
  };

  #input(core: Core, report: Report): void {
    const receivedAt = Math.max(report.receivedAt, core.now);
    const result = this.#step(core, receivedAt === report.receivedAt ? report : { ...report, receivedAt });
    for (const { reason } of result.refusals) this.#rejections[reason] = (this.#rejections[reason] ?? 0) + 1;
    if (!result.accepted) return;
    this.readings += result.accepted.readings.length;
    const device = core.deviceOf(report.device);
    const speaker = this.#speaker;
    if (device && speaker) speaker.seen = this.#coverage.take(device, result.accepted, speaker.seen);
    else if (device) this.#coverage.take(device, result.accepted);
  }

  /** Where homes are judged in parts, each part has to know how many buildings there are in all. */
  get #coreOptions(): Omit<CoreOptions, 'knownAt'> {
    const { core, part } = this.#options;
    return { ...core, rulesAlone: true, ...(part && { whole: part.whole }) };
  }

  /** The core begins with the first message: nobody was silent before anybody listened. */
  #start(at: number): Core {
    if (!this.#core) {
      // Nobody says when homes got their class: with visits beside the recording, not before it begins.
      const visitsSince = this.#options.visits ? at : 0;
      this.#core = new Core({ ...this.#coreOptions, knownAt: 0, visitsSince });
      this.#from = at;
      this.#step(this.#core, { kind: 'tick', receivedAt: at, listeningSince: at });
    }
    this.#tellVisits(at);
    return this.#core;
  }

  /** Before a message of that instant, so that the order does not depend on who sent it. */
  #tellVisits(until: number): void {
    for (; ; this.#visitsTold++) {
      const visit = this.#visits[this.#visitsTold];
      const core = this.#core;
      if (!visit || !core || visit.at > until) return;
      this.#step(core, {
        kind: 'command',
        receivedAt: Math.max(core.now, visit.at),
        id: `visit-${this.#visitsTold}`,
        by: visit.by,
        command: { type: 'home.visits', visits: [visit], source: 'import' },
      });
    }
  }

  #step(core: Core, input: Input): StepResult {
    const result = step(core, input);
    for (const effect of result.effects) {
      if (effect.type === 'alert') this.#alerts.set(effect.alert.id, effect.alert);
      else if (effect.type === 'case') this.#cases.set(effect.case.id, effect.case);
      else if (effect.type === 'notice') this.#notices.push(effect.notice);
    }
    const { restartEvery } = this.#options;
    if (restartEvery !== undefined && ++this.#sinceRestart >= restartEvery) {
      this.#sinceRestart = 0;
      this.#core = restarted(core, this.#coreOptions);
    }
    return result;
  }

  result(): RunResult {
    // What became due before a message that others judge has fired as well.
    this.#tellVisits(Math.max(this.#latest, this.now));
    if (this.#core && this.#latest > this.now)
      this.#step(this.#core, { kind: 'tick', receivedAt: this.#latest });
    const to = this.now;
    this.#coverage.finish(to);
    const alerts = [...this.#alerts.values()];
    return inOrder({
      alerts: alerts.filter((alert) => !isShadow(alert)),
      shadow: alerts.filter(isShadow),
      cases: [...this.#cases.values()],
      notices: this.#notices,
      messages: this.messages,
      readings: this.readings,
      visits: this.#visitsTold,
      rejections: this.#rejections,
      beyondWindow: this.beyondWindow,
      coverage: this.#coverage,
      from: this.#from,
      to,
    });
  }
}

/** Homes of which hour by hour is kept, for pictures: a byte an hour each. */
const PICTURED_HOMES_MAX = 10_000;

function picturedIn(registry: Registry): (home: string) => boolean {
  if (registry.counts.homes <= PICTURED_HOMES_MAX) return () => true;
  const ids = Array.from(registry.homes(), ({ id }) => id).sort();
  const pictured = new Set(ids.slice(0, PICTURED_HOMES_MAX));
  return (home) => pictured.has(home);
}

/** Does somebody of this part live there? A home that nobody knows belongs to the first. */
const isOurs = ({ homes, index }: Part, home: string | undefined): boolean =>
  home === undefined ? index === 0 : homes.has(home);

/** Of what came in an envelope: is it for this part to take it, or to say why nobody does? */
function isAnswered(part: Part, { device, stranger = [] }: DecodedMessage): boolean {
  if (device !== undefined) return isOurs(part, part.whole.device(device)?.home);
  return part.index === 0 && stranger.every(({ scheme, id }) => !part.whole.byAddress(scheme, id));
}

/** One order, however many ran side by side: by time, and by name where two came at once. */
export function inOrder(run: RunResult): RunResult {
  const byRaised = (a: Alert, b: Alert): number => a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1);
  return {
    ...run,
    alerts: run.alerts.toSorted(byRaised),
    shadow: run.shadow.toSorted(byRaised),
    cases: run.cases.toSorted((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1)),
    rejections: Object.fromEntries(Object.entries(run.rejections).sort(([a], [b]) => (a < b ? -1 : 1))),
    notices: run.notices.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
  };
}

/** Was it raised by a rule that is on trial? */
const isShadow = ({ shadow }: Alert): boolean => shadow === true;

/** A second core that knows what the first one stored, and nothing else. */
export function restarted(core: Core, options: Omit<CoreOptions, 'knownAt'>): Core {
  // Data that nobody changes, and long: only who begins anew from a disk has to read it again.
  const { ruleSet, retiredRules, leftHomes } = core;
  const next = new Core({ ...options, ruleSet, retiredRules, leftHomes, knownAt: 0 });
  next.now = core.now;
  next.seq = core.seq;
  next.engine.listeningSince = core.engine.listeningSince;
  next.engine.deafSince = core.engine.deafSince;
  next.absence = core.absence;
  next.callsWithoutRule.push(...core.callsWithoutRule.map((call) => ({ ...call })));
  for (const [id, numbering] of core.retired) next.retired.set(id, numbering);
  for (const subject of [...core.subjects.values(), ...core.groups.values()]) {
    const twin = next.subject(subject.id);
    if (!twin) continue;
    restoreSubject(twin, storeSubject(subject, core.rules), next.rules);
    next.file(twin);
  }
  return next;
}

import type { CommandInput } from '../model/command.ts';
import type { Input, StepResult, TickInput } from '../model/effect.ts';
import {
  CLOCK_SOURCES as CLOCKS,
  type ClockSource,
  type DeviceEvent,
  type Reading,
  type Report,
} from '../model/message.ts';
import { EVENTS, eventById, METRICS, metricById } from '../model/metrics.ts';
import { METRIC_FOLLOWS, plainBytesMax, readPlain, writePlain } from './journal-plain.ts';

/**
 * Inputs as bytes: what a restart replays. Reports, which are nearly all, are packed by hand (plain ones in some 50 bytes);
 * commands and ticks are JSON. A type's number is never reused with another meaning.
 */
const REPORT = 1;
const COMMAND = 2;
const TICK = 3;
/** What was taken of the report before it, where that is not all of it. */
const ACCEPTED = 4;
const NOTHING_ACCEPTED = 5;
/** A command since they say why where it matters; those of type 2 did not have to. */
const COMMAND_SAID = 6;
/** A report as nearly all are: see journal-plain.ts. Before there was this, they were of type 1 as well. */
const PLAIN_REPORT = 7;

/** Above the number of its clock, in a report's first byte: what else follows. */
const WITH_FRAME = 128;
const WITH_ANNOUNCED = 64;
const RETAINED = 32;
const SHIFTED = 16;
const CLOCK_BITS = 15;
/**
 * Above the number of a metric: that of the reading's own clock, from 1; 0 where it has that of its report. A metric that has
 * no room below is METRIC_FOLLOWS there, and stands in the next byte.
 */
const READING_CLOCK = 64;
const READING_BYTES_MAX = 18;

/** An input, and what the telemetry store was given of it. */
export interface JournalEntry {
  readonly input: Input;
  readonly accepted: Report | undefined;
}

/** Gathers the inputs of one batch. One writer serves all batches: its buffer grows to the largest and stays. */
export class JournalWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #view = viewOf(this.#buffer);
  #length = 0;

  reset(): void {
    this.#length = 0;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes so far; valid until the next reset. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** An input, and what came of it: whether people may change who is on duty hangs on the staff, which may be another by then. */
  addStep(input: Input, { accepted, effects }: Pick<StepResult, 'accepted' | 'effects'>): void {
    const isRefused =
      input.kind === 'command' &&
      input.command.type.startsWith('roster.') &&
      effects.some((effect) => effect.type === 'reply' && !effect.reply.ok);
    this.add(isRefused ? { ...input, refused: true } : input, accepted);
  }

  /** @param accepted what the step took of a report: written beside it only where it differs */
  add(input: Input, accepted: Report | undefined): void {
    if (input.kind !== 'report') {
      this.#json(input.kind === 'command' ? COMMAND_SAID : TICK, input);
      return;
    }
    if (!this.#plain(input)) this.#report(REPORT, input);
    if (accepted === input) return;
    if (accepted) this.#report(ACCEPTED, accepted);
    else {
      this.#room(1);
      this.#buffer[this.#length++] = NOTHING_ACCEPTED;
    }
  }

  /** False: it is not plain. */
  #plain(report: Report): boolean {
    this.#room(1 + plainBytesMax(report));
    const end = writePlain(this.#view, this.#length + 1, report);
    if (end < 0) return false;
    this.#buffer[this.#length] = PLAIN_REPORT;
    this.#length = end;
    return true;
  }

  #report(type: number, report: Report): void {
    const { readings, events, device, announced } = report;
    const told = announced === undefined ? 0 : announced.length * 3;
    this.#room(48 + device.length * 3 + readings.length * READING_BYTES_MAX + events.length * 9 + told);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = type;
    at = buffer.writeDoubleLE(report.receivedAt, at);
    buffer[at++] =
      CLOCKS.indexOf(report.clock) |
      (report.frame === undefined ? 0 : WITH_FRAME) |
      (announced === undefined ? 0 : WITH_ANNOUNCED) |
      (report.retained ? RETAINED : 0) |
      (report.shiftedMs === undefined ? 0 : SHIFTED);
    if (report.shiftedMs !== undefined) at = buffer.writeDoubleLE(report.shiftedMs, at);
    if (report.frame !== undefined) at = buffer.writeUInt32LE(report.frame, at);
    const written = buffer.write(device, at + 2, 'utf8');
    buffer.writeUInt16LE(written, at);
    at += 2 + written;
    if (announced !== undefined) {
      const length = buffer.write(announced, at + 4, 'utf8');
      buffer.writeUInt32LE(length, at);
      at += 4 + length;
    }
    at = buffer.writeUInt16LE(readings.length, at);
    for (let i = 0; i < readings.length; i++) {
      const reading = readings[i] as Reading;
      const own = reading.clock === undefined ? 0 : CLOCKS.indexOf(reading.clock) + 1;
      const { id } = METRICS[reading.metric];
      const isShort = id < READING_CLOCK;
      buffer[at++] = (isShort ? id : METRIC_FOLLOWS) + own * READING_CLOCK;
      if (!isShort) buffer[at++] = id;
      at = buffer.writeDoubleLE(reading.at, at);
      at = buffer.writeDoubleLE(reading.value, at);
    }
    at = buffer.writeUInt16LE(events.length, at);
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as DeviceEvent;
      buffer[at++] = EVENTS[event.event].id;
      at = buffer.writeDoubleLE(event.at, at);
    }
    this.#length = at;
  }

  #json(type: number, input: CommandInput | TickInput): void {
    const text = Buffer.from(JSON.stringify(input), 'utf8');
    this.#room(5 + text.length);
    this.#buffer[this.#length] = type;
    this.#buffer.writeUInt32LE(text.length, this.#length + 1);
    text.copy(this.#buffer, this.#length + 5);
    this.#length += 5 + text.length;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

/** The report that begins behind its type; undefined for what is of another type. */
function readInput(type: number | undefined, buffer: Buffer, place: { at: number }): Report | undefined {
  if (type === PLAIN_REPORT) return readPlain(buffer, place);
  return type === REPORT ? readReport(buffer, place) : undefined;
}

/** The inputs of one batch, in order. @throws Error on bytes that no version of this file wrote. */
export function* readJournal(bytes: Uint8Array): Generator<JournalEntry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = { at: 0 };
  while (place.at < buffer.length) {
    const type = buffer[place.at++];
    const report = readInput(type, buffer, place);
    if (report) yield { input: report, accepted: readAccepted(buffer, place, report) };
    else {
      const start = skipJson(buffer, place, type);
      const input = JSON.parse(buffer.toString('utf8', start, place.at)) as Input;
      yield { input: type === COMMAND ? asNow(input) : input, accepted: undefined };
    }
  }
}

/**
 * What was taken of each input of one batch, in order; undefined for all that is no report. A command is not read for
 * that: one that enrols a city has 60 MB. @throws Error on bytes that no version of this file wrote.
 */
export function* readAcceptedReports(bytes: Uint8Array): Generator<Report | undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = { at: 0 };
  while (place.at < buffer.length) {
    const type = buffer[place.at++];
    const report = readInput(type, buffer, place);
    if (report) yield readAccepted(buffer, place, report);
    else {
      skipJson(buffer, place, type);
      yield undefined;
    }
  }
}

/** Goes on behind an entry that is written as JSON; where its text begins. */
function skipJson(buffer: Buffer, place: { at: number }, type: number | undefined): number {
  if (type !== COMMAND && type !== COMMAND_SAID && type !== TICK)
    throw new Error(`the journal holds an entry of the unknown type ${type}`);
  const start = place.at + 4;
  place.at = start + buffer.readUInt32LE(place.at);
  return start;
}

/**
 * A command as earlier versions wrote it: to resolve a case did not ask whether the person was spoken to or seen, and
 * neither an outcome that fits none nor a call-back of somebody who is not satisfied asked for words.
 */
function asNow(input: Input): Input {
  if (input.kind !== 'command') return input;
  const { command } = input;
  if (command.type === 'case.call-back') return { ...input, command: { ...command, unsaid: true } };
  if (command.type !== 'case.resolve') return input;
  const asks = command.contact === undefined && command.contactMadeBy !== '';
  return { ...input, command: { ...command, unsaid: true, ...(asks ? { contact: 'unsaid' } : {}) } };
}

function readAccepted(buffer: Buffer, place: { at: number }, input: Report): Report | undefined {
  const next = buffer[place.at];
  if (next === ACCEPTED) {
    place.at++;
    return readReport(buffer, place);
  }
  if (next === NOTHING_ACCEPTED) {
    place.at++;
    return undefined;
  }
  return input;
}

function readReading(buffer: Buffer, place: { at: number }): Reading {
  const head = buffer[place.at++] as number;
  const name = head % READING_CLOCK;
  const metric = metricById(name === METRIC_FOLLOWS ? (buffer[place.at++] as number) : name);
  const { at } = place;
  place.at += 16;
  const reading = { metric, at: buffer.readDoubleLE(at), value: buffer.readDoubleLE(at + 8) };
  return head < READING_CLOCK
    ? reading
    : { ...reading, clock: CLOCKS[Math.floor(head / READING_CLOCK) - 1] as ClockSource };
}

function readReport(buffer: Buffer, place: { at: number }): Report {
  let { at } = place;
  const receivedAt = buffer.readDoubleLE(at);
  const head = buffer[at + 8] as number;
  const clock = CLOCKS[head & CLOCK_BITS] as ClockSource;
  at += 9;
  const shiftedMs = (head & SHIFTED) === 0 ? undefined : buffer.readDoubleLE(at);
  if (shiftedMs !== undefined) at += 8;
  const frame = (head & WITH_FRAME) === 0 ? undefined : buffer.readUInt32LE(at);
  if (frame !== undefined) at += 4;
  const length = buffer.readUInt16LE(at);
  const device = buffer.toString('utf8', at + 2, at + 2 + length);
  at += 2 + length;
  let announced: string | undefined;
  if ((head & WITH_ANNOUNCED) !== 0) {
    const end = at + 4 + buffer.readUInt32LE(at);
    announced = buffer.toString('utf8', at + 4, end);
    at = end;
  }
  const readings: Reading[] = [];
  const readingCount = buffer.readUInt16LE(at);
  place.at = at + 2;
  for (let i = 0; i < readingCount; i++) readings.push(readReading(buffer, place));
  at = place.at;
  const events: DeviceEvent[] = [];
  const eventCount = buffer.readUInt16LE(at);
  at += 2;
  for (let i = 0; i < eventCount; i++, at += 9) {
    events.push({ event: eventById(buffer[at] as number), at: buffer.readDoubleLE(at + 1) });
  }
  place.at = at;
  return {
    kind: 'report',
    receivedAt,
    device,
    clock,
    readings,
    events,
    ...(frame === undefined ? {} : { frame }),
    ...(announced === undefined ? {} : { announced }),
    ...((head & RETAINED) === 0 ? {} : { retained: true }),
    ...(shiftedMs === undefined ? {} : { shiftedMs }),
  };
}

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageBlock } from '../simulators/message-block.ts';
import type { RecordedMessage } from '../simulators/recording.ts';
import { TopicCache } from '../simulators/topic-cache.ts';
import { JournalWriter, readAcceptedReports, readJournal } from '../src/app/journal.ts';
import { ArrivalOrder, type Arrivals } from '../src/backtest/arrival-order.ts';
import { wallClock } from '../src/lib/clock.ts';
import { DueQueue } from '../src/lib/due-queue.ts';
import { IdTable } from '../src/lib/id-table.ts';
import { InstantReader } from '../src/lib/instant-bytes.ts';
import { instantOfLocal, localDay, localMinute, localTime, zoneOffset } from '../src/lib/local-time.ts';
import { parseRfc3339 } from '../src/lib/rfc3339.ts';
import type { Input } from '../src/model/effect.ts';
import { CLOCK_SOURCES, type Report } from '../src/model/message.ts';
import { EVENT_NAMES, METRIC_NAMES, type MetricName } from '../src/model/metrics.ts';
import { runs } from './runs.ts';

const RUNS = runs(15, 800);
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
/** Any that text can hold: fast-check's own unit `binary` first makes a table of all 1.1 million. */
const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point));

describe('the journal', () => {
  const plain = fc.record({
    kind: fc.constant('report' as const),
    receivedAt: instant,
    device: fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
    clock: fc.constantFrom(...CLOCK_SOURCES),
    readings: fc.array(
      fc.record(
        {
          metric: fc.constantFrom(...METRIC_NAMES),
          at: instant,
          value: fc.double({ noNaN: true, noDefaultInfinity: true }),
          clock: fc.constantFrom(...CLOCK_SOURCES),
        },
        { requiredKeys: ['metric', 'at', 'value'] },
      ),
      { maxLength: 20 },
    ),
    events: fc.array(fc.record({ event: fc.constantFrom(...EVENT_NAMES), at: instant }), { maxLength: 5 }),
  });
  const beside = fc.record(
    {
      frame: fc.integer({ min: 1, max: 0xffff_ffff }),
      announced: fc.string({ maxLength: 200, unit: 'grapheme' }),
      retained: fc.constant(true),
      shiftedMs: fc.integer(),
    },
    { requiredKeys: [] },
  );
  const report: fc.Arbitrary<Report> = fc.tuple(plain, beside).map(([one, more]) => ({ ...one, ...more }));
  const other: fc.Arbitrary<Input> = fc.oneof(
    fc.record({ kind: fc.constant('tick' as const), receivedAt: instant }),
    fc.record({ kind: fc.constant('tick' as const), receivedAt: instant, listeningSince: instant }),
    fc.record({
      kind: fc.constant('command' as const),
      receivedAt: instant,
      id: fc.string(),
      by: fc.string({ unit: 'grapheme' }),
      command: fc.record({
        type: fc.constant('case.note' as const),
        case: fc.string(),
        text: fc.string({ unit: codePoint }),
      }),
    }),
  );
  const entry = fc.oneof(
    {
      weight: 3,
      arbitrary: report.chain((input) =>
        fc.constantFrom(...acceptances(input)).map((accepted) => ({ input, accepted })),
      ),
    },
    { weight: 1, arbitrary: other.map((input) => ({ input, accepted: undefined })) },
  );

  test('gives back what was written, in one batch or many, with one buffer for all', () => {
    const writer = new JournalWriter();
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 4 }), (batches) => {
        for (const batch of batches) {
          writer.reset();
          for (const { input, accepted } of batch) writer.add(input, accepted);
          expect([...readJournal(writer.bytes())]).toEqual(batch);
          expect([...readAcceptedReports(writer.bytes())]).toEqual(batch.map(({ accepted }) => accepted));
        }
      }),
      { numRuns: RUNS },
    );
  });

  /** Values as devices print them, and all others that a number may have. */
  const printed = fc
    .tuple(fc.integer(), fc.constantFrom(1, 10, 1_000, 10_000, 100_000))
    .map(([whole, by]) => whole / by);
  const value = fc.oneof(
    fc.integer({ min: -40_000, max: 40_000 }),
    printed,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(-0),
  );
  const ofOneInstant: fc.Arbitrary<Report> = fc
    .record({
      receivedAt: instant,
      age: fc.oneof(
        fc.integer({ min: -5, max: 90_000 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.constant(0.5),
      ),
      device: fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 9 })),
      clock: fc.constantFrom(...CLOCK_SOURCES),
      values: fc.array(fc.record({ metric: fc.constantFrom(...METRIC_NAMES), value }), { minLength: 1 }),
    })
    .map(({ receivedAt, age, device, clock, values }) => ({
      kind: 'report',
      receivedAt,
      device,
      clock,
      readings: values.map((one) => ({ ...one, at: receivedAt - age })),
      events: [],
    }));

  test('gives back to the bit what was measured at one instant, which is nearly every report', () => {
    const writer = new JournalWriter();
    fc.assert(
      fc.property(fc.array(ofOneInstant, { maxLength: 5 }), (reports) => {
        writer.reset();
        for (const report of reports) writer.add(report, report);
        const written = reports.map((input) => ({ input, accepted: input }));
        expect(isDeepStrictEqual([...readJournal(writer.bytes())], written)).toBe(true);
        expect(isDeepStrictEqual([...readAcceptedReports(writer.bytes())], reports)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('needs some 50 bytes for what a meter or a band says', () => {
    const at = Date.UTC(2026, 2, 1);
    const said = {
      kind: 'report',
      receivedAt: at + 400,
      device: 'wb-0004711',
      clock: 'device',
      events: [],
    } as const;
    const meter = { water_index_m3: 12345.678, flow_m3_h: 0.1234, battery_pct: 88, signal_dbm: -87 };
    const band = {
      systolic_mmhg: 132,
      diastolic_mmhg: 84,
      pulse_bpm: 71,
      skin_temperature_c: 33.4,
      steps_count: 10_321,
    };
    for (const values of [meter, band]) {
      const readings = Object.entries(values).map(([metric, value]) => ({
        metric: metric as MetricName,
        value,
        at,
      }));
      const writer = new JournalWriter();
      const report: Report = { ...said, readings };
      writer.add(report, report);
      expect(writer.length).toBeLessThan(50);
    }
  });

  test('holds a report of a thousand entries with every metric', () => {
    const writer = new JournalWriter();
    const readings = Array.from({ length: 30_000 / METRIC_NAMES.length }, (_, i) =>
      METRIC_NAMES.map((metric) => ({ metric, at: i, value: i / 7 })),
    ).flat();
    const input: Report = {
      kind: 'report',
      receivedAt: 1,
      device: '表'.repeat(64),
      clock: 'device',
      readings,
      events: [],
    };
    writer.add(input, input);
    writer.add(input, undefined);
    const read = [...readJournal(writer.bytes())];
    const written = [
      { input, accepted: input },
      { input, accepted: undefined },
    ];
    // Not by `toEqual`, which takes long for so much.
    expect(isDeepStrictEqual(read, written)).toBe(true);
  });

  test('of before readings had a clock of their own is read as it was written', () => {
    const before =
      '010000c01d6bca79420102006d310200010000d8ae67ca794277be9f1a2fdd5e40020000d8ae67ca794200000000000054400100010000d8ae67ca7942';
    const at = Date.UTC(2026, 1, 28, 23);
    expect([...readJournal(Buffer.from(before, 'hex'))].map(({ input }) => input)).toEqual([
      {
        kind: 'report',
        receivedAt: Date.UTC(2026, 2, 1),
        device: 'm1',
        clock: 'device',
        readings: [
          { metric: 'water_index_m3', at, value: 123.456 },
          { metric: 'battery_pct', at, value: 80 },
        ],
        events: [{ event: 'sos', at }],
      },
    ]);
  });

  test('does not make up what it cannot read', () => {
    expect(() => [...readJournal(Buffer.from([9]))]).toThrow('unknown type 9');
    expect(() => [...readAcceptedReports(Buffer.from([9]))]).toThrow('unknown type 9');
    const writer = new JournalWriter();
    writer.add({ kind: 'tick', receivedAt: 5 }, undefined);
    expect(() => [...readJournal(writer.bytes().slice(0, -1))]).toThrow();
  });
});

/** All of it, nothing of it, or some of it, as the step may take a report. */
function acceptances(input: Report): (Report | undefined)[] {
  return [
    input,
    undefined,
    { ...input, readings: input.readings.slice(1), receivedAt: input.receivedAt + 1 },
  ];
}

describe('the table of ids', () => {
  // Of one letter in many places: ids that are alike must not be taken for one another, nor those whose hashes meet.
  const id = fc.integer({ min: 0, max: 60 }).map((n) => `wm-${n.toString(3).padStart(4, '0')}`);
  const action = fc.oneof(
    fc.record({ do: fc.constant('set' as const), id, value: fc.integer() }),
    fc.record({ do: fc.constant('delete' as const), id }),
    fc.record({ do: fc.constant('get' as const), id }),
  );

  test('holds what a map holds, whatever was put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 50, maxLength: 200 }), fc.array(id), (actions, asked) => {
        const table = new IdTable<number>();
        const map = new Map<string, number>();
        for (const one of actions) {
          if (one.do === 'set') {
            table.set(one.id, one.value);
            map.set(one.id, one.value);
          } else if (one.do === 'delete') expect(table.delete(one.id)).toBe(map.delete(one.id));
          else expect(table.get(one.id)).toBe(map.get(one.id));
          expect(table.size).toBe(map.size);
        }
        const found = table.getEach(asked, 0, asked.length);
        expect(found).toEqual(asked.map((one) => map.get(one)));
      }),
      { numRuns: RUNS },
    );
  });

  test('tells ids apart whose hashes are the same', () => {
    const table = new IdTable<string>();
    const twins = ['costarring', 'liquid'];
    for (const twin of twins) table.set(twin, twin);
    expect(twins.map((twin) => table.get(twin))).toEqual(twins);
    table.delete('costarring');
    expect(twins.map((twin) => table.get(twin))).toEqual([undefined, 'liquid']);
  });
});

describe('the queue of due-dates', () => {
  test('gives what a sorted list gives, whatever goes in between', () => {
    const action = fc.oneof(
      fc.constant(undefined),
      fc.record({
        // Some within half a minute, some minutes apart; a few of them at once.
        due: fc.integer({ min: 0, max: 20 }).map((n) => (n - 3) * 10_000),
        key: fc.constantFrom('a', 'b', 'c', 'd'),
      }),
    );
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 60 }), (actions) => {
        const queue = new DueQueue<{ key: string }>();
        let list: { due: number; key: string }[] = [];
        for (const one of actions) {
          if (one) {
            queue.push(one.due, { key: one.key });
            list = [...list, one].sort((a, b) => a.due - b.due || (a.key < b.key ? -1 : 1));
          } else {
            expect(queue.nextKey).toBe(list[0]?.key);
            expect(queue.pop()?.key).toBe(list.shift()?.key);
          }
          expect(queue.nextDue).toBe(list[0]?.due ?? Number.POSITIVE_INFINITY);
          expect(queue.size).toBe(list.length);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('tells the last of so many that are due, and keeps all of them', () => {
    const queue = new DueQueue<{ key: string }>();
    for (const minute of [3, 1, 2]) queue.push(minute * 60_000, { key: `m${minute}` });
    expect(queue.boundBefore(200_000, 2)).toEqual({ due: 120_000, key: 'm2' });
    expect(queue.boundBefore(200_000, 3)).toBeUndefined();
    expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()]).toEqual([
      { key: 'm1' },
      { key: 'm2' },
      { key: 'm3' },
      undefined,
    ]);
  });
});

describe('RFC 3339', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = fc.oneof(
    fc.constantFrom('Z', 'z', '+00:00', '-00:00'),
    fc
      .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([sign, hours, minutes]) => `${sign}${two(hours)}:${two(minutes)}`),
  );
  const date = fc.oneof(
    fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    }),
    fc.date({
      min: new Date('1960-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
  );

  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,9}$/));

  test('is read as Date.parse reads it', () => {
    fc.assert(
      fc.property(date, fraction, offset, fc.constantFrom('T', 't', ' '), (day, digits, zone, separator) => {
        const [head, tail] = [day.toISOString().slice(0, 10), day.toISOString().slice(11, 19)];
        const wanted = Date.parse(`${head}T${tail}${digits}${zone.toUpperCase()}`);
        expect(parseRfc3339(`${head}${separator}${tail}${digits}${zone}`)).toBe(wanted);
      }),
      { numRuns: RUNS },
    );
  });

  test('is the same where it is read out of bytes, or is left to whoever reads texts', () => {
    const reader = new InstantReader();
    const changed = fc.tuple(fc.nat(28), fc.constantFrom('', '0', '9', ':', 'x', '-'));
    const text = fc
      .tuple(date, fraction, offset, fc.option(changed, { nil: undefined }))
      .map(([day, digits, zone, change]) => {
        const plain = `${day.toISOString().slice(0, 19)}${digits}${zone}`;
        return change ? plain.slice(0, change[0]) + change[1] + plain.slice(change[0] + 1) : plain;
      });
    fc.assert(
      fc.property(text, (one) => {
        const found = reader.read(Buffer.from(`"${one}"`), 1);
        // What stands behind it is no longer its own.
        if (!Number.isNaN(found)) expect(parseRfc3339(one.slice(0, reader.end - 1))).toBe(found);
        expect(reader.read(Buffer.from(`"2026-03-01T07:59:59.250+08:00"`), 1)).toBe(1_772_323_199_250);
        expect(reader.end).toBe(30);
      }),
      { numRuns: 10 * RUNS },
    );
  });

  test('is read back from what Date writes', () => {
    fc.assert(
      fc.property(date, (day) => {
        expect(parseRfc3339(day.toISOString())).toBe(day.getTime());
      }),
      { numRuns: RUNS },
    );
  });

  test('is refused where it does not name an instant', () => {
    for (const text of [
      '',
      '2026-03-01',
      '2026-03-01T08:00:00',
      '2026-03-01T08:00Z',
      '2026-02-29T08:00:00Z',
      '2026-13-01T08:00:00Z',
      '2026-03-01T24:00:00Z',
      '2026-03-01T08:60:00Z',
      '2026-03-01T08:00:00.Z',
      '2026-03-01T08:00:00+0800',
      '2026-03-01T08:00:00+24:00',
      '2026-03-01T08:00:00Z ',
      '2026-03-01\u000008:00:00Z',
      '2026/03/01T08:00:00Z',
    ])
      expect(parseRfc3339(text), text).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ minLength: 18, maxLength: 36 }), (text) => {
        const found = parseRfc3339(text);
        expect(found === undefined || Number.isFinite(found)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the order of arrival', () => {
  const message = (receivedAt: number, topic: string, line: number): RecordedMessage => ({
    line,
    receivedAt,
    topic,
    payload: Buffer.from(`${line % 3}`),
  });
  const sorted = (messages: readonly RecordedMessage[]): RecordedMessage[] =>
    [...messages].sort(
      (a, b) =>
        a.receivedAt - b.receivedAt ||
        (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) ||
        Buffer.compare(a.payload, b.payload),
    );
  const plain = (messages: readonly RecordedMessage[]): string[] =>
    messages.map(
      ({ receivedAt, topic, payload }) => `${receivedAt} ${topic} ${Buffer.from(payload).toString()}`,
    );

  const topics = new TopicCache();
  /** Puts messages into blocks of a few, and gives them to an order one by one. */
  const feed = (order: ArrivalOrder) => {
    let block = new MessageBlock();
    return ({ receivedAt, topic, line, payload }: RecordedMessage): void => {
      if (block.length === 5) block = new MessageBlock();
      block.add(line, receivedAt, topics.of(topic), Buffer.from(payload), 0, payload.length);
      order.push(block, block.length - 1);
    };
  };
  const messagesOf = ({ blocks, places }: Arrivals): RecordedMessage[] =>
    blocks.map((block, i) => {
      const place = places[i]!;
      const [line, receivedAt] = [block.line[place]!, block.receivedAt[place]!];
      return { line, receivedAt, topic: block.topic[place]!.text, payload: block.payload(place) };
    });

  test('is that of a sorted list where nothing comes later than the window allows', () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.constantFrom('a', 'b')), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 0, max: 30 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 999 })),
        (raw, windowMs, dice) => {
          const dealt = raw
            .map(([at, topic], line) => ({
              one: message(at, topic, line),
              place: at + ((dice.next().value as number) / 1000) * windowMs,
            }))
            .sort((a, b) => a.place - b.place)
            .map(({ one }) => one);
          const order = new ArrivalOrder(windowMs);
          const push = feed(order);
          const given: RecordedMessage[] = [];
          for (const one of dealt) {
            push(one);
            if ((dice.next().value as number) < 500) given.push(...messagesOf(order.ready()));
          }
          given.push(...messagesOf(order.rest()));
          expect(plain(given)).toEqual(plain(sorted(dealt)));
          expect(order.beyondWindow).toBe(0);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('of some of the messages is the same as of all, and so is what is known of the others', () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom('a', 'b')), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 10 }), (raw, windowMs) => {
        const [all, some] = [new ArrivalOrder(windowMs), new ArrivalOrder(windowMs)];
        const [pushAll, pushSome] = [feed(all), feed(some)];
        const ofAll: RecordedMessage[] = [];
        const ofSome: RecordedMessage[] = [];
        raw.forEach(([at, topic], line) => {
          pushAll(message(at, topic, line));
          if (topic === 'a') pushSome(message(at, topic, line));
          else some.pass(at);
          ofAll.push(...messagesOf(all.ready()));
          ofSome.push(...messagesOf(some.ready()));
        });
        ofAll.push(...messagesOf(all.rest()));
        ofSome.push(...messagesOf(some.rest()));
        expect(plain(ofSome)).toEqual(plain(ofAll.filter(({ topic }) => topic === 'a')));
        const known = ({ begin, newest, beyondWindow }: ArrivalOrder) => ({ begin, newest, beyondWindow });
        expect(known(some)).toEqual(known(all));
      }),
      { numRuns: RUNS },
    );
  });

  test('loses nothing and counts what came too late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 10 }),
        (instants, windowMs) => {
          const order = new ArrivalOrder(windowMs);
          const push = feed(order);
          const given: RecordedMessage[] = [];
          let tooLate = 0;
          instants.forEach((at, line) => {
            if (instants.slice(0, line).some((before) => before - windowMs > at)) tooLate++;
            push(message(at, 'a', line));
            given.push(...messagesOf(order.ready()));
          });
          given.push(...messagesOf(order.rest()));
          expect(given.map(({ line }) => line).sort((a, b) => a - b)).toEqual(
            instants.map((_, line) => line),
          );
          expect(order.beyondWindow).toBe(tooLate);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('the clock of the machine', () => {
  test('never goes back, goes on while the machine has been set back, and agrees with it once it has caught up', () => {
    const steps = fc.array(
      fc.record({ passed: fc.nat(5_000), set: fc.integer({ min: -20_000, max: 20_000 }) }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        let machine = 1_000_000;
        let steady = 0;
        const clock = wallClock(
          () => machine,
          () => steady,
        );
        let before = clock.now();
        for (const { passed, set } of list) {
          steady += passed;
          machine += passed + set;
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(Math.max(machine, before + Math.floor(passed / 2)));
          expect(clock.aheadMs?.()).toBeCloseTo(Math.max(0, now - machine), -1);
          before = now;
        }
        const ahead = before - machine;
        steady += 2 * ahead + 2;
        machine += 2 * ahead + 2;
        expect(clock.now()).toBe(machine);
      }),
    );
  });
});

describe('the wall clock of a zone', () => {
  const ZONES = [
    'Asia/Shanghai',
    'Europe/Madrid',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
  ];
  const zone = fc.constantFrom(...ZONES);
  const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2035, 0, 1) });

  test('an instant is found again from its local day and minute, or the first of two that look the same', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const found = instantOfLocal(localDay(at, timeZone), localMinute(at, timeZone), timeZone);
        expect(found).toBeLessThanOrEqual(at);
        expect(localDay(found, timeZone)).toBe(localDay(at, timeZone));
        expect(localMinute(found, timeZone)).toBeCloseTo(localMinute(at, timeZone), 6);
        if (found !== at) expect(zoneOffset(found, timeZone)).not.toBe(zoneOffset(at, timeZone));
      }),
    );
  });

  test('it agrees with the calendar that Intl keeps', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const { hour, minute } = localTime(at, timeZone);
        expect(Math.floor(localMinute(at, timeZone))).toBe(60 * hour + minute);
      }),
    );
  });

  test('a time that clocks skip in spring stands for the first instant after the gap', () => {
    const day = localDay(Date.parse('2026-03-29T12:00:00Z'), 'Europe/Madrid');
    const at = instantOfLocal(day, 150, 'Europe/Madrid');
    expect(new Date(at).toISOString()).toBe('2026-03-29T01:00:00.000Z');
  });
});

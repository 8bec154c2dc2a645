import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeAlert } from '../../src/cases/alerts.ts';
import { emptyBook } from '../../src/cases/case-book.ts';
import { type Clock, ManualClock } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import type { Priority } from '../../src/model/alert.ts';
import type { Case } from '../../src/model/case.ts';
import type { Command } from '../../src/model/command.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { CaseNews, Notice } from '../../src/model/notice.ts';
import {
  type ConfiguredChannel,
  channelsSchema,
  configureChannels,
  loadChannelDefinitions,
} from '../../src/notify/load.ts';
import { Outbox } from '../../src/notify/outbox.ts';
import type { OutboxOptions } from '../../src/notify/outbox-options.ts';
import type { NumberedCase, RecordStore, StreamEvent } from '../../src/ports/records.ts';
import type { PushSubscriptions } from '../../src/ports/web-push.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { contextAt, draftOf, wayTo } from '../cases-fixtures.ts';
import { layTables } from '../fresh-records.ts';

const definitions = await loadChannelDefinitions();
export const SECRET = `whsec_${Buffer.from('a secret of more than 24 bytes').toString('base64')}`;

export interface Hooks {
  /** Shared with a stand-in that counts minutes too. */
  readonly wall?: ManualClock;
  readonly channels?: readonly object[];
  readonly speed?: number;
  readonly random?: number;
  readonly publish?: OutboxOptions['publish'];
  readonly records?: (records: RecordStore) => OutboxOptions['records'];
  readonly submit?: OutboxOptions['submit'];
  readonly link?: OutboxOptions['link'];
  readonly isWanted?: OutboxOptions['isWanted'];
  readonly addressNow?: OutboxOptions['addressNow'];
  /** Channels beside those of the files. */
  readonly more?: readonly ConfiguredChannel[];
  readonly reply?: OutboxOptions['reply'];
  readonly push?: PushSubscriptions;
}

/** A clock that begins on a morning, when care and upkeep may be told too. */
export const wallOfAMorning = (): ManualClock => new ManualClock(Date.parse('2026-03-04T10:00:00+08:00'));

/** An outbox over real records in a temporary folder, with a clock and timers that the test moves. */
export class Bench {
  readonly #folder: string;
  readonly #hooks: Hooks;
  readonly wall: ManualClock;
  readonly timers: ManualTimers;
  readonly clock: Clock;
  records: RecordStore;
  outbox: Outbox;
  readonly printed: string[] = [];
  readonly events: StreamEvent[] = [];
  readonly reported: Extract<Command, { type: 'notice.result' }>[] = [];
  readonly logged: { level: string; message: string; fields: object }[] = [];
  #seq = 0;

  private constructor(folder: string, hooks: Hooks) {
    this.#folder = folder;
    this.#hooks = hooks;
    this.wall = hooks.wall ?? wallOfAMorning();
    const origin = this.wall.now();
    this.timers = new ManualTimers(this.wall);
    const { speed = 1 } = hooks;
    this.clock = { speed, now: () => origin + (this.wall.now() - origin) * speed };
    this.records = sqliteRecords({ file: join(folder, 'records.sqlite') });
    this.outbox = this.#makeOutbox();
  }

  static async open(hooks: Hooks = {}): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'shouwang-notify-'));
    await layTables(join(folder, 'records.sqlite'));
    const bench = new Bench(folder, hooks);
    await bench.records.open();
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.outbox.stop(0);
    await this.records.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The process ends and starts again on the same file. */
  async restart(): Promise<void> {
    await this.outbox.stop(0);
    await this.records.close();
    this.records = sqliteRecords({ file: join(this.#folder, 'records.sqlite') });
    await this.records.open();
    this.outbox = this.#makeOutbox();
    await this.settle();
  }

  #makeOutbox(): Outbox {
    const {
      channels = [],
      random = 0.5,
      publish,
      submit,
      link,
      more = [],
      reply,
      push,
      isWanted,
      addressNow,
    } = this.#hooks;
    const file = channelsSchema(definitions).parse({ channels });
    const log =
      (level: string) =>
      (fields: object, message: string): void => {
        this.logged.push({ level, message, fields });
      };
    return new Outbox({
      records: this.#hooks.records?.(this.records) ?? this.records,
      channels: new Map([
        ...configureChannels(file, definitions),
        ...more.map((one) => [one.id, one] as const),
      ]),
      clock: this.clock,
      wall: this.wall,
      timers: this.timers,
      random: () => random,
      publish: publish ?? (async () => {}),
      print: (line) => this.printed.push(line),
      submit:
        submit ??
        (async (command) => {
          this.reported.push(command);
          return undefined;
        }),
      onEvent: (event) => this.events.push(event),
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
      ...(link ? { link } : {}),
      ...(isWanted ? { isWanted } : {}),
      ...(addressNow ? { addressNow } : {}),
      ...(reply ? { reply } : {}),
      ...(push ? { push } : {}),
    });
  }

  /** A home raises its first alert; the notices of its case are committed as queued. Returns their ids. */
  async raise(
    home: string,
    channels: readonly string[],
    priority: Priority = 'P2',
    address = '',
  ): Promise<string[]> {
    const told = channels.map((channel) => wayTo('zhang', channel, address));
    const base = contextAt(this.clock.now(), told);
    const ctx = { ...base, subject: { ...base.subject, id: home, home, path: `haitang/g1/${home}` } };
    const draft = draftOf(`${home}.a1`, { subject: home, home, path: `haitang/g1/${home}`, priority });
    const { effects } = placeAlert(emptyBook(), draft, 'raised', ctx);
    await this.commit(effects);
    return effects.flatMap((effect) => (effect.type === 'notice' ? [effect.notice.id] : []));
  }

  async commit(effects: readonly Effect[]): Promise<void> {
    const seq = ++this.#seq;
    const at = this.clock.now();
    await this.records.commit({
      firstSeq: seq,
      lastSeq: seq,
      journal: new Uint8Array(),
      effects,
      subjects: [],
      at,
    });
  }

  /** Somebody takes or resolves a case: committed, and told to the outbox. */
  async taken(
    id: string,
    by: string,
    what: 'taken' | 'on-the-way' | 'resolved' | 'reopened' = 'taken',
    more: Pick<CaseNews, 'wanted' | 'suffices' | 'takenBack'> = {},
  ): Promise<CaseNews> {
    const { number: _, ...before } = (await this.records.case(id)) as NumberedCase;
    const at = this.clock.now();
    const status = what === 'resolved' ? 'resolved' : what === 'reopened' ? 'open' : 'acknowledged';
    const one: Case = {
      ...before,
      status,
      version: before.version + 1,
      ...(status === 'acknowledged' ? { acknowledgedAt: at, acknowledgedBy: by } : {}),
      ...(what === 'reopened' ? { reopened: (before.reopened ?? 0) + 1, round: { from: at } } : {}),
    };
    await this.commit([{ type: 'case', change: 'updated', case: one, entries: [] }]);
    const text = { zh: `${by} 已接手`, en: `${by} has taken it on` };
    const told = what === 'reopened' ? 'taken' : what;
    const news: CaseNews = { what: told, status, by, at, when: '03-01 08:31', text, ...more };
    if (what !== 'reopened') await this.outbox.caseNews(id, news);
    await this.outbox.idle();
    return news;
  }

  /** Sends what may be sent now, and waits until it came back. */
  async settle(): Promise<void> {
    this.outbox.start();
    await this.outbox.idle();
  }

  /** Lets time pass from one timer to the next, and waits each time until what fell due came back. */
  async pass(ms: number): Promise<void> {
    const end = this.wall.now() + ms;
    for (let next = this.timers.next; next !== undefined && next <= end; next = this.timers.next) {
      this.timers.advance(Math.max(0, next - this.wall.now()));
      await this.outbox.idle();
    }
    this.timers.advance(end - this.wall.now());
  }

  async notice(id: string | undefined): Promise<Notice> {
    const notice = await this.records.notice(id ?? '');
    if (!notice) throw new Error(`no notice ${id}`);
    return notice;
  }
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Reply = 'hang' | { status: number; headers?: Record<string, string>; body?: string };

/** A receiver of webhooks on this machine that answers as it is told; `hang` never answers. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  #answers: Reply[] = [];
  #arrived: (() => void)[] = [];

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      this.#reply(response);
      for (const told of this.#arrived.splice(0)) told();
    });
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The next answers in order; then 204. */
  answers(...answers: Reply[]): void {
    this.#answers = answers;
  }

  /** Resolves when the next request has arrived. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.#arrived.push(resolve));
  }

  #reply(response: ServerResponse): void {
    const answer = this.#answers.shift() ?? { status: 204 };
    if (answer === 'hang') return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

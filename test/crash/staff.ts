import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../src/lib/random.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { CaseEntry } from '../../src/model/case.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { signIn } from '../service.ts';

/** What people did that the service answered with 2xx. */
export interface Deed {
  readonly kind: 'acknowledge' | 'note' | 'resolve';
  readonly case: string;
  readonly version: number;
  readonly text?: string;
}

/** The people at their screens: they look at lists, and act on what they see, whether or not the service is there. */
export class Staff {
  readonly #url: string;
  readonly #random: Random;
  #cookie = '';
  #stopped = false;
  #paused = false;
  #running: Promise<void> | undefined;
  #notes = 0;
  /** The newest that any list has shown. */
  readonly cases = new Map<string, NumberedCase>();
  readonly alerts = new Map<string, Alert>();
  readonly notices = new Map<string, Notice>();
  readonly deeds: Deed[] = [];

  constructor(url: string, random: Random) {
    this.#url = url;
    this.#random = random;
  }

  async signIn(): Promise<void> {
    this.#cookie = await signIn(this.#url);
  }

  start(): void {
    this.#running = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** While it is examined, nothing may change under the hands of the examiner. */
  pause(paused: boolean): void {
    this.#paused = paused;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1${path}`, { headers: { cookie: this.#cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async all<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get<{ items: T[]; next?: string }>(`${path}${separator}limit=500${more}`);
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  timeLine(id: string): Promise<{ entries: CaseEntry[] }> {
    return this.get(`/cases/${encodeURIComponent(id)}`);
  }

  /** Looks at everything, and remembers the newest of each. */
  async look(): Promise<void> {
    const [cases, alerts, notices] = await Promise.all([
      this.all<NumberedCase>('/cases'),
      this.all<Alert>('/alerts'),
      this.all<Notice>('/notices'),
    ]);
    for (const one of cases) this.cases.set(one.id, one);
    for (const one of alerts) this.alerts.set(one.id, one);
    for (const one of notices) this.notices.set(one.id, one);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      await pause(100);
      if (this.#paused) continue;
      try {
        if (this.#random.chance(0.15)) await this.look();
        else await this.#act();
      } catch {
        // The service is away; what was not answered is not held against it.
      }
    }
  }

  async #act(): Promise<void> {
    const { items } = await this.get<{ items: NumberedCase[] }>(
      '/cases?status=open&status=acknowledged&limit=100',
    );
    if (items.length === 0) return;
    const one = this.#random.pick(items);
    this.cases.set(one.id, one);
    const kind = this.#random.pick([
      'acknowledge',
      'acknowledge',
      'note',
      'note',
      'note',
      'resolve',
    ] as const);
    const text = `note ${++this.#notes}`;
    const [path, body] = {
      acknowledge: ['acknowledge', {}],
      note: ['notes', { text }],
      resolve: ['resolve', { outcome: 'true-need', note: text, contactMadeBy: '周敏', contact: 'seen' }],
    }[kind] as [string, unknown];
    const response = await fetch(`${this.#url}/api/v1/cases/${encodeURIComponent(one.id)}/${path}`, {
      method: 'POST',
      headers: {
        cookie: this.#cookie,
        // As a browser says where the page came from.
        origin: this.#url,
        'content-type': 'application/json',
        'idempotency-key': `deed-${this.#notes}`,
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { case?: NumberedCase };
    if (!response.ok || !answer.case) return;
    this.cases.set(one.id, answer.case);
    this.deeds.push({
      kind,
      case: one.id,
      version: answer.case.version,
      ...(kind === 'note' ? { text } : {}),
    });
  }
}

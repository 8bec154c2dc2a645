import { createHash } from 'node:crypto';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { Resident } from '../../src/model/registry.ts';
import type { Locale } from '../../src/model/text.ts';
import type { Community } from '../community.ts';
import type { Incidents } from '../incident.ts';
import type { PlannedIncident } from '../incident-plan.ts';
import { type Asked, type ListedCase, NotADemoError, type ReadCase, type StaffApi } from './api.ts';
import { Doings } from './doing.ts';
import { Doors } from './door.ts';
import { type Errand, Errands } from './errands.ts';
import { type Deed, type Memory, NextDeed } from './next-deed.ts';
import { type StaffPerson, workforce } from './people.ts';
import { NOBODY_IN } from './words.ts';

export interface TeamOptions {
  readonly community: Community;
  readonly planned: readonly PlannedIncident[];
  readonly incidents: Incidents;
  readonly seed: number | string;
  readonly api: StaffApi;
  /** In which they write. */
  readonly locale?: Locale;
  /** Homes whose first calls are left to whoever looks at the demo. */
  readonly leftHomes?: ReadonlySet<string>;
  /** For how long: then somebody comes all the same. */
  readonly leftForMs?: number;
  /** From then on some of the graver calls of any home are left as well, so that there is always one. */
  readonly leaveSomeFrom?: number;
}

const LEFT_SHARE = 0.2;
/** What came up longer ago, while the machine slept, came up for nobody. */
const MISSED_MS = DAY;
/** What was refused is looked at again after so long. */
const AGAIN_MS = HOUR;
const LIST = '/cases?status=open&status=acknowledged&status=resolved&limit=200';

/**
 * The staff of a simulated community, at work. They look at their cases as often as `round` is called, and do what they
 * have come to by then. Each knows what their own account may see, and what they met at the door.
 */
export class Team {
  readonly people: readonly StaffPerson[];
  /** What was done, and what the service refused, by name. */
  readonly counts = { deeds: new Map<string, number>(), refused: new Map<string, number>() };
  readonly #options: TeamOptions;
  readonly #next: NextDeed;
  readonly #doings: Doings;
  readonly #doors: Doors;
  readonly #errands: Errands;
  readonly #residents = new Map<string, Resident>();
  readonly #gateways: ReadonlySet<string>;
  readonly #memories = new Map<string, Memory>();
  readonly #notBefore = new Map<string, number>();
  #lookedAt: number;
  #isDemo = false;

  constructor(options: TeamOptions) {
    const { community, planned, incidents, seed, locale = 'zh' } = options;
    this.#options = options;
    this.people = workforce(community, seed);
    this.#doors = new Doors(planned, incidents);
    this.#doings = new Doings(this.#doors, seed, locale);
    this.#errands = new Errands(community, this.people, seed);
    this.#lookedAt = community.start;
    this.#next = new NextDeed({
      seed,
      colleagues: this.people,
      timeZone: community.homes[0]?.timeZone ?? 'Asia/Shanghai',
      leave: (one) => this.#leftFor(one),
    });
    for (const entry of community.entries)
      if (entry.noun === 'resident') this.#residents.set(entry.home, entry);
    this.#gateways = new Set(community.entries.flatMap((e) => (e.noun === 'gateway' ? [e.id] : [])));
  }

  /** Everybody looks once, and does what they have come to. @throws NotADemoError where this is no demo: nothing is done then. */
  async round(now: number): Promise<void> {
    await this.#mustBeDemo();
    const errands = this.#errands.between(Math.max(this.#lookedAt, now - MISSED_MS), now);
    this.#lookedAt = now;
    for (const errand of errands) await this.#goes(errand, now);
    for (const { at: _, person, one, deed } of await this.#due(now))
      await this.#does(person, one.id, deed, now);
  }

  /** What has come to be done, in order. */
  async #due(now: number) {
    const due: { at: number; person: StaffPerson; one: ListedCase; deed: Deed }[] = [];
    const seen = new Set<string>();
    for (const person of this.people) {
      const { body } = await this.#ask({ as: person.id, method: 'GET', path: LIST });
      for (const one of (body as { items?: readonly ListedCase[] }).items ?? []) {
        const key = keyOf(person, one.id);
        seen.add(key);
        const intent = this.#next.of(person, one, this.#memories.get(key));
        if (intent && intent.at <= now && (this.#notBefore.get(key) ?? 0) <= now)
          due.push({ at: intent.at, person, one, deed: intent.deed });
      }
    }
    // What is over is forgotten: a demo may run for years of its own time.
    for (const known of [this.#memories, this.#notBefore])
      for (const key of known.keys()) if (!seen.has(key)) known.delete(key);
    return due.sort((a, b) => a.at - b.at);
  }

  /** Reads the case first, as anybody would: somebody else may have been there meanwhile. */
  async #does(person: StaffPerson, id: string, deed: Deed, now: number): Promise<void> {
    const key = keyOf(person, id);
    const as = person.id;
    const path = `/cases/${encodeURIComponent(id)}`;
    const answer = await this.#ask({ as, method: 'GET', path });
    const read = answer.status === 200 ? (answer.body as ReadCase) : undefined;
    const memory = this.#memories.get(key);
    const still = read && this.#next.of(person, read.case, memory);
    if (!read || still?.deed.what !== deed.what) return;
    if (!this.#isOurs(read)) return void this.#notBefore.set(key, Number.POSITIVE_INFINITY);
    const doing = this.#doings.of(deed, { person, read, memory, now });
    if (doing.asks.length === 0) this.#notBefore.set(key, now + AGAIN_MS);
    const before = read.case.version;
    for (const [i, asked] of doing.asks.entries()) {
      const said = { as, method: 'POST', ...asked, key: nameOf(as, id, before, i) } as const;
      if (!(await this.#says(said, deed.what))) return void this.#notBefore.set(key, now + AGAIN_MS);
    }
    if (doing.memory) this.#memories.set(key, doing.memory);
  }

  async #goes(errand: Errand, now: number): Promise<void> {
    const { home, by: as, note, what } = errand;
    const path = `/homes/${encodeURIComponent(home)}`;
    const key = nameOf(as, home, errand.at, 0);
    const { locale = 'zh' } = this.#options;
    const read = await this.#ask({ as, method: 'GET', path });
    if (read.status !== 200 || !this.#livesAt(home, (read.body as ReadCase['home'])?.residents)) return;
    if (what === 'request') {
      const from = errand.fromFamily ? (read.body as ReadCase['home'])?.contacts[0]?.name : undefined;
      const { name } = this.#residents.get(home) ?? {};
      const body = { category: errand.category, from: from ?? name ?? '', note: note[locale] };
      await this.#says({ as, method: 'POST', path: `${path}/requests`, body, key }, 'request');
      return;
    }
    if (!this.#doors.isUsual(home, now)) return;
    const met = this.#doors.meet(home, 'safety', now, now);
    const isIn = met.absence === undefined && seededRandom(`${this.#options.seed}/${key}`).chance(0.85);
    const body = isIn
      ? { result: 'seen', note: note[locale] }
      : { result: 'not-met', note: NOBODY_IN[locale] };
    await this.#says({ as, method: 'POST', path: `${path}/visits`, body, key }, 'visit');
  }

  /** @returns whether it was done */
  async #says(asked: Asked, what: string): Promise<boolean> {
    const { status, body } = await this.#ask(asked);
    const isDone = status >= 200 && status < 300;
    const counted = isDone ? this.counts.deeds : this.counts.refused;
    const name = isDone ? what : ((body as { code?: string } | undefined)?.code ?? String(status));
    counted.set(name, (counted.get(name) ?? 0) + 1);
    return isDone;
  }

  async #ask(asked: Asked): ReturnType<StaffApi> {
    const answer = await this.#options.api(asked);
    // Whoever is no longer let in may be speaking to somebody else by now.
    if (answer.status === 401) this.#isDemo = false;
    return answer;
  }

  async #mustBeDemo(): Promise<void> {
    if (this.#isDemo) return;
    for (const { id: as } of this.people) {
      const { status, body } = await this.#options.api({ as, method: 'GET', path: '/session' });
      // Their account may have been barred: then somebody else asks.
      if (status === 401) continue;
      const { service } = (body ?? {}) as { service?: { demo?: boolean } };
      this.#isDemo = service?.demo === true;
      break;
    }
    if (!this.#isDemo) throw new NotADemoError();
  }

  /** Only homes and gateways that were simulated: whoever enters people of their own into a demo has these to themselves. */
  #isOurs({ case: one, home }: ReadCase): boolean {
    if (one.home === '') return this.#gateways.has(one.subject);
    return home !== undefined && this.#livesAt(one.home, home.residents);
  }

  #livesAt(home: string, residents: readonly Pick<Resident, 'id' | 'name' | 'phone'>[] = []): boolean {
    const invented = this.#residents.get(home);
    return (
      invented !== undefined &&
      residents.length === 1 &&
      residents[0]?.id === invented.id &&
      residents[0].name === invented.name &&
      residents[0].phone === invented.phone
    );
  }

  #leftFor(one: ListedCase): number {
    const { leftHomes, leftForMs = 0, leaveSomeFrom = Number.POSITIVE_INFINITY, seed } = this.#options;
    if (one.kind !== 'safety' || one.priority > 'P2' || one.reopened) return 0;
    if (one.openedAt < leaveSomeFrom) return leftHomes?.has(one.home) ? leftForMs : 0;
    return seededRandom(`${seed}/${one.id}/left`).chance(LEFT_SHARE) ? leftForMs : 0;
  }
}

const keyOf = ({ id }: StaffPerson, one: string): string => `${id} ${one}`;

/** The same deed has the same name, so that it is done once. */
const nameOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join(' ')).digest('base64url');

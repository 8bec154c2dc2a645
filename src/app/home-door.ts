import { createHmac } from 'node:crypto';
import { discreetName } from '../cases/context.ts';
import { type Clock, DAY, HOUR } from '../lib/clock.ts';
import { equalSecrets, hashToken } from '../lib/secrets.ts';
import type { AwayKind } from '../model/away-kinds.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { doorNote, ownerOfNote } from '../model/door-notes.ts';
import type { ErrorCode } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { AwayPeriod, Contact, Resident, Visitor } from '../model/registry.ts';
import { signatureOf } from '../model/signature.ts';
import type { Text } from '../model/text.ts';
import type {
  DoorRefusal,
  DoorResult,
  EndedLink,
  HomeDoor,
  HomeDoorView,
  HomeLink,
} from '../ports/home-door.ts';
import type { LinkRefusal } from '../ports/notice-door.ts';
import type { RecordStore } from '../ports/records.ts';
import type { RegistryView } from '../ports/service.ts';
import { isWithdrawn, type KeptLink, keptLink } from './kept-links.ts';
import type { Loop } from './loop.ts';
import { linkUntil, noticeBehind } from './notice-links.ts';
import { type PersonOfHome as Person, peopleOf } from './people-of-home.ts';
import { RequestsSent } from './requests-sent.ts';

/** As much as a request may say. */
const REQUEST_NOTE_MAX = 1000;
/** 128 bits, as in links of notices. */
const MAC_LENGTH = 22;
const KINDS = { c: 'contact', r: 'resident' } as const;
/** Who registers an absence may have left this long ago. */
const BEHIND_MS = 12 * HOUR;
/** How much longer "not yet" means. */
const DAYS_LONGER = 3;

export interface HomeDoorOptions {
  /** The one under which links of notices are signed. */
  readonly secret: string;
  readonly publicUrl: string | undefined;
  readonly records: Pick<RecordStore, 'meta' | 'metaUnder' | 'saveMeta' | 'notice' | 'case'>;
  readonly registry: () => Pick<
    RegistryView,
    'entry' | 'home' | 'contacts' | 'residents' | 'timeZone' | 'phone' | 'homePath'
  >;
  /** Whether it is asked if somebody is back in this home. */
  readonly isAsking: (home: string) => boolean;
  readonly submit: Loop['submit'];
  readonly clock: Clock;
}

/** What the personal links of a home lead to. */
export function homeDoor(options: HomeDoorOptions): HomeDoor {
  return new Door(options);
}

class Door implements HomeDoor {
  readonly #options: HomeDoorOptions;
  readonly #key: string;
  readonly #sent: RequestsSent;
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly refused = new Map<DoorRefusal | LinkRefusal, number>();

  constructor(options: HomeDoorOptions) {
    this.#options = options;
    this.#key = fingerprintOf(options.secret);
    this.#sent = new RequestsSent(options.records);
  }

  async linksOf(home: string): Promise<readonly HomeLink[]> {
    const now = this.#options.clock.now();
    return Promise.all(
      peopleOf(this.#options.registry(), home).map(
        async ({ kind, id, name, relation }): Promise<HomeLink> => {
          const kept = await this.#kept({ kind, id });
          const one = { visitor: { kind, id }, name, relation };
          if (!kept || kept.until <= now || kept.key !== this.#key) return one;
          const { until, madeAt, madeBy, usedAt } = kept;
          return { ...one, link: { until, madeAt, madeBy, ...(usedAt === undefined ? {} : { usedAt }) } };
        },
      ),
    );
  }

  async endedByKey() {
    const now = this.#options.clock.now();
    const found: EndedLink[] = [];
    for (const { key, value } of await this.#options.records.metaUnder('home-link.')) {
      const kept = JSON.parse(value) as KeptLink;
      if (kept.until <= now || kept.key === this.#key) continue;
      const visitor = ownerOfNote(key);
      // Who is not here any more needs none.
      const person = visitor && this.#person(visitor);
      if (!person) continue;
      const { until, madeAt, madeBy } = kept;
      const { home, name, relation } = person;
      found.push({
        home: home.id,
        visitor,
        ...{ name, relation, until, madeAt, madeBy },
      });
    }
    return found.sort((a, b) => (a.home < b.home ? -1 : 1));
  }

  async make(home: string, visitor: Visitor, days: number, by: string) {
    const person = this.#personIn(home, visitor);
    return person && this.#inTurn(visitor, () => this.#make(person, days, by));
  }

  async #make(person: Person, days: number, by: string) {
    const { kind, id } = person;
    const visitor = { kind, id };
    const now = this.#options.clock.now();
    const before = await this.#kept(visitor);
    const generation = (before?.generation ?? 0) + 1;
    const until = Math.ceil((now + days * DAY) / 1000) * 1000;
    const revoked = before?.revokedAt === undefined ? {} : { revokedAt: before.revokedAt };
    await this.#keep(visitor, {
      generation,
      until,
      madeAt: now,
      madeBy: by,
      key: this.#key,
      ...revoked,
    });
    const path = `/a/${this.#token(person, generation, until)}`;
    const { publicUrl } = this.#options;
    return { path, until, ...(publicUrl === undefined ? {} : { url: new URL(path, publicUrl).href }) };
  }

  async revoke(home: string, visitor: Visitor, by: string): Promise<boolean> {
    if (!this.#personIn(home, visitor)) return false;
    return this.#inTurn(visitor, async () => {
      const now = this.#options.clock.now();
      const generation = (await this.#kept(visitor))?.generation ?? 0;
      await this.#keep(visitor, { generation, until: 0, madeAt: now, madeBy: by, revokedAt: now });
      return true;
    });
  }

  async open(token: string): Promise<HomeDoorView | LinkRefusal> {
    const found = await this.#enter(token);
    if (typeof found === 'string') return found;
    const { person, until } = found;
    const { registry, clock, isAsking } = this.#options;
    const now = clock.now();
    const { id, away = [] } = person.home;
    const [resident] = registry().residents(id);
    const path = registry().homePath(id) ?? '';
    const phone = registry().phone(path);
    return {
      visitor: person.name,
      isResident: person.kind === 'resident',
      resident: discreetName(resident?.name ?? ''),
      timeZone: registry().timeZone(path),
      ...(phone === undefined ? {} : { phone }),
      now,
      until,
      periods: away
        .filter((period) => period.until > now)
        .map(({ from, until: end, kind, via }) => ({
          from,
          until: end,
          ...(isSame(via, person) ? { kind } : {}),
        })),
      asksForReturn: isAsking(id),
      requests: await this.#sent.became(person, person.home, now),
    };
  }

  async register(token: string, period: { kind: AwayKind; from: number; until: number }) {
    return this.#act(token, async (person, now) => {
      const wrong = wrongTimes(period, now) ?? this.#tooOften(person, now);
      if (wrong) return wrong;
      const { kind, id } = person;
      const command = {
        type: 'home.away',
        home: person.home.id,
        period: { ...period, via: { kind, id } },
      } as const;
      return this.#ask(person, command, REGISTERED);
    });
  }

  async request(token: string, { category, note, once }: Parameters<HomeDoor['request']>[1]) {
    return this.#act(token, async (person, now) => {
      // A form sends a line break as two characters, and counts it as one.
      const said = note.replaceAll('\r\n', '\n').trim();
      if (said === '') return 'what-unsaid';
      const from = signatureOf(person).slice(0, 100);
      const wanted = { from, category, said, once };
      const known = await this.#sent.look(person, wanted, now);
      if (known === 'taken') return REQUESTED;
      if (known === 'too-many') return 'requests-too-many';
      const text = said.slice(0, REQUEST_NOTE_MAX);
      const command = { type: 'home.request', home: person.home.id, category, from, note: text } as const;
      const reply = await this.#options.submit({ ...command, key: known.key }, signatureOf(person));
      if (!reply.ok) return refusalOf(reply.failure);
      await this.#sent.note(person, wanted, reply.case, now);
      return REQUESTED;
    });
  }

  async end(token: string, from: number) {
    return this.#act(token, async (person, now) => {
      const wrong = this.#tooOften(person, now);
      if (wrong) return wrong;
      const command = { type: 'home.back', home: person.home.id, from, at: now } as const;
      return this.#ask(person, command, ENDED);
    });
  }

  async answer(token: string, answer: Extract<Command, { type: 'home.answer' }>['answer']) {
    return this.#act(token, async (person) => {
      if (!this.#options.isAsking(person.home.id)) return 'not-asked';
      const { kind, id, home } = person;
      const via = { kind, id };
      const command = { type: 'home.answer', home: home.id, answer, days: DAYS_LONGER, via } as const;
      return this.#ask(person, command, ANSWERED);
    });
  }

  /** Lets whoever holds the token do something, and counts what is not done. */
  async #act(
    token: string,
    work: (person: Person, now: number) => Promise<Text | DoorRefusal>,
  ): Promise<DoorResult | LinkRefusal> {
    const found = await this.#enter(token);
    if (typeof found === 'string') return found;
    return this.#inTurn(found.person, async () => {
      // While it waited for its turn the link may have been withdrawn.
      const still = await this.#enter(token);
      if (typeof still === 'string') return still;
      const { person } = still;
      const now = this.#options.clock.now();
      const done = await work(person, now);
      if (typeof done === 'string') {
        this.#count(done);
        return { ok: false, refusal: done };
      }
      const kept = await this.#kept(person);
      if (kept) await this.#keep(person, { ...kept, usedAt: now });
      return { ok: true, text: done };
    });
  }

  /**
   * One after the other for each person: two presses at once must not both be the last that may come, and what a press
   * writes of its link must not stand over a withdrawal that came meanwhile.
   */
  #inTurn<T>({ kind, id }: Visitor, work: () => Promise<T>): Promise<T> {
    const who = `${kind}.${id}`;
    const done = (this.#turns.get(who) ?? Promise.resolve()).then(work);
    const over = done.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(who, over);
    void over.then(() => {
      if (this.#turns.get(who) === over) this.#turns.delete(who);
    });
    return done;
  }

  async #ask(person: Person, command: Command, said: Text): Promise<Text | DoorRefusal> {
    const reply = await this.#options.submit(command, signatureOf(person));
    return reply.ok ? said : refusalOf(reply.failure);
  }

  /** Somebody who presses a button again and again, or a link that is in wrong hands. */
  #tooOften(person: Person, now: number): 'too-often' | undefined {
    const by = signatureOf(person);
    const lines = person.home.awayLog ?? [];
    const mine = lines.filter((line) => line.by === by && line.at > now - DAY);
    return mine.length >= LIMITS.homeLinkChangesPerDayMax ? 'too-often' : undefined;
  }

  async #enter(token: string): Promise<{ person: Person; until: number } | LinkRefusal> {
    const found = token.split('.').length === 4 ? await this.#byLink(token) : await this.#byNotice(token);
    if (typeof found === 'string') this.#count(found);
    return found;
  }

  /** `<until, in seconds>.<which>.<mac>.<who>`: whoever gets another name or home needs another link. */
  async #byLink(token: string): Promise<{ person: Person; until: number } | LinkRefusal> {
    const [seconds = '', which = '', , who = ''] = token.split('.');
    const named = /^([cr])\.(.+)$/s.exec(Buffer.from(who, 'base64url').toString('utf8'));
    if (!named) return 'unknown';
    const visitor = { kind: KINDS[named[1] as keyof typeof KINDS], id: named[2] as string };
    const person = this.#person(visitor);
    const until = Number.parseInt(seconds, 36) * 1000;
    const generation = Number.parseInt(which, 36);
    if (!person || !equalSecrets(token, this.#token(person, generation, until))) return 'unknown';
    const kept = await this.#kept(visitor);
    // Its end as well: of who left and came again the numbers begin anew.
    if (kept?.generation !== generation || kept.until !== until) return 'unknown';
    return until < this.#options.clock.now() ? 'expired' : { person, until };
  }

  /** The link of a notice leads here as well, where it went to somebody of the home. */
  async #byNotice(token: string): Promise<{ person: Person; until: number } | LinkRefusal> {
    const { secret, clock, records } = this.#options;
    const notice = await noticeBehind(secret, token, clock.now(), records);
    if (typeof notice === 'string') return notice;
    const { recipient, home } = notice;
    if (recipient.kind !== 'contact' && recipient.kind !== 'resident') return 'unknown';
    const person = this.#personIn(home, { kind: recipient.kind, id: recipient.id });
    if (person?.name !== recipient.name) return 'unknown';
    if (await isWithdrawn(notice, records)) return 'unknown';
    return { person, until: linkUntil(notice) };
  }

  #token({ kind, id, home, name }: Person, generation: number, until: number): string {
    const seconds = Math.round(until / 1000).toString(36);
    const which = generation.toString(36);
    const signed = ['home-link', kind, id, home.id, name, which, seconds].join('\n');
    const mac = createHmac('sha256', this.#options.secret).update(signed).digest('base64url');
    const who = Buffer.from(`${kind[0]}.${id}`).toString('base64url');
    return `${seconds}.${which}.${mac.slice(0, MAC_LENGTH)}.${who}`;
  }

  #person({ kind, id }: Visitor): Person | undefined {
    const entry = this.#options.registry().entry(kind, id) as Contact | Resident | undefined;
    return entry && this.#personIn(entry.home, { kind, id });
  }

  #personIn(home: string, { kind, id }: Visitor): Person | undefined {
    return peopleOf(this.#options.registry(), home).find((one) => one.kind === kind && one.id === id);
  }

  #kept(visitor: Visitor): Promise<KeptLink | undefined> {
    return keptLink(this.#options.records, visitor);
  }

  #keep({ kind, id }: Visitor, kept: KeptLink): Promise<void> {
    return this.#options.records.saveMeta(doorNote('home-link', { kind, id }), JSON.stringify(kept));
  }

  #count(why: DoorRefusal | LinkRefusal): void {
    this.refused.set(why, (this.refused.get(why) ?? 0) + 1);
  }
}

/** Tells keys apart, and nothing of them. */
const fingerprintOf = (secret: string): string => hashToken(secret).slice(0, 12);

const isSame = (via: Visitor | undefined, { kind, id }: Visitor): boolean =>
  via?.kind === kind && via.id === id;

function wrongTimes(
  { from, until }: Pick<AwayPeriod, 'from' | 'until'>,
  now: number,
): DoorRefusal | undefined {
  if (!Number.isFinite(from) || !Number.isFinite(until)) return 'times-unclear';
  if (until <= from || until <= now) return 'wrong-order';
  if (from < now - BEHIND_MS || from > now + LIMITS.homeLinkAheadDaysMax * DAY) return 'too-far-ahead';
  return until - from > LIMITS.homeLinkAwayDaysMax * DAY ? 'too-long' : undefined;
}

const REFUSED: Partial<Record<ErrorCode, DoorRefusal>> = {
  AWAY_NOT_FOUND: 'not-lasting',
  AWAY_OVER: 'wrong-order',
  AWAY_NOT_ASKED: 'not-asked',
  REQUESTS_TOO_MANY: 'requests-too-many',
};
const refusalOf = ({ code }: Extract<CommandReply, { ok: false }>['failure']): DoorRefusal =>
  REFUSED[code] ?? 'not-ready';

const REGISTERED: Text = {
  zh: '已登记，社区工作人员会看到',
  en: 'Registered. The community staff will see it',
};
const REQUESTED: Text = {
  zh: '已收到，社区工作人员会在白天联系您',
  en: 'It is received. The community staff will be in touch by day',
};
const ENDED: Text = { zh: '已结束，恢复看护', en: 'Ended. Watching goes on as ever' };
const ANSWERED: Text = { zh: '已答复，谢谢', en: 'Answered, thank you' };

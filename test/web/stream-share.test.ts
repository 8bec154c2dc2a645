import { beforeEach, expect, test } from 'vitest';
import {
  type FromShare,
  type SharePort,
  type StreamListener,
  StreamShare,
} from '../../src/web/state/stream-share.ts';

/** The service's side of one connection, as the test plays it. */
class Upstream {
  static all: Upstream[] = [];
  readonly after: string | undefined;
  readonly listener: StreamListener;
  isClosed = false;

  constructor(after: string | undefined, listener: StreamListener) {
    this.after = after;
    this.listener = listener;
    Upstream.all.push(this);
  }

  static standing(): Upstream[] {
    return Upstream.all.filter(({ isClosed }) => !isClosed);
  }

  static newest(): Upstream {
    const newest = Upstream.all.at(-1);
    if (!newest) throw new Error('the service was not asked');
    return newest;
  }

  isOpen = () => !this.isClosed;
  close = () => {
    this.isClosed = true;
  };

  /** As the service begins a stream that goes on after nothing. */
  begin(id: number): void {
    this.listener.opened();
    this.listener.told('hello', '{}', String(id));
  }

  tell(id: number, type = 'case'): void {
    this.listener.told(type, '{}', String(id));
  }

  fail(): void {
    this.isClosed = true;
    this.listener.failed();
  }
}

/** A tab of the browser, and what it was told. */
class Tab implements SharePort {
  readonly heard: string[] = [];
  #n = 0;
  #asked: number[] = [];
  /** Crashed, or frozen by the browser: what it is told and asked it finds only when it goes on. */
  isStill = false;

  postMessage(said: FromShare): void {
    if (said.is === 'there') {
      this.#asked.push(said.n);
      if (!this.isStill) this.goOn();
    } else if (said.is !== 'heard') this.heard.push(said.is === 'told' ? `${said.type} ${said.id}` : said.is);
  }

  open(after?: number, whose = 'wang'): this {
    share.hear(this, {
      is: 'open',
      n: ++this.#n,
      whose,
      ...(after === undefined ? {} : { after: String(after) }),
    });
    return this;
  }

  close(): void {
    share.hear(this, { is: 'close', n: this.#n });
  }

  goOn(): void {
    this.isStill = false;
    for (const n of this.#asked.splice(0)) share.hear(this, { is: 'here', n });
  }
}

let share: StreamShare;
let now: number;
beforeEach(() => {
  Upstream.all = [];
  now = Date.UTC(2026, 2, 1, 3);
  share = new StreamShare(
    (after, listener) => new Upstream(after, listener),
    () => now,
  );
});

test('many tabs have one connection to the service, and each is told everything once', () => {
  const tabs = Array.from({ length: 8 }, () => new Tab().open());
  expect(Upstream.all).toHaveLength(1);
  Upstream.newest().begin(10);
  Upstream.newest().tell(11);
  for (const { heard } of tabs) expect(heard).toEqual(['open', 'hello 10', 'case 11']);
  expect(Upstream.standing()).toHaveLength(1);
});

test('no tab is called open before the service has said where its stream stands', () => {
  const tab = new Tab().open();
  Upstream.newest().listener.opened();
  expect(tab.heard).toEqual([]);
  Upstream.newest().listener.told('hello', '{}', '10');
  expect(tab.heard).toEqual(['open', 'hello 10']);
});

test('a tab that comes later begins where the others are, and is told nothing of before', () => {
  new Tab().open();
  Upstream.newest().begin(10);
  Upstream.newest().tell(11);
  const later = new Tab().open();
  expect(later.heard).toEqual(['open', 'hello 11']);
  Upstream.newest().tell(12);
  expect(later.heard.at(-1)).toBe('case 12');
  expect(Upstream.all).toHaveLength(1);
});

test('a tab that doubts is not told that all is well before the service was asked anew, and the others hear on meanwhile', () => {
  const [first, second] = [new Tab().open(), new Tab().open()];
  Upstream.newest().begin(10);
  const old = Upstream.newest();
  now += 45_000;
  first.open(10);
  expect(first.heard.filter((one) => one === 'open')).toHaveLength(1);
  expect(Upstream.newest().after).toBe('10');
  old.tell(11);
  expect(second.heard.at(-1)).toBe('case 11');
  Upstream.newest().listener.opened();
  expect(old.isClosed).toBe(true);
  expect(first.heard.filter((one) => one === 'open')).toHaveLength(2);
  // What the old connection brought already comes once more with the new one.
  Upstream.newest().tell(11);
  Upstream.newest().tell(12);
  expect(second.heard).toEqual(['open', 'hello 10', 'case 11', 'case 12']);
});

test('a computer that slept asks anew, also where no time seems to have passed', () => {
  const tab = new Tab().open();
  Upstream.newest().begin(10);
  now -= 3_600_000;
  tab.open(10);
  expect(Upstream.all).toHaveLength(2);
});

test('an attempt that hangs holds nobody up for long', () => {
  new Tab().open();
  now += 6_000;
  new Tab().open();
  expect(Upstream.all).toHaveLength(2);
  expect(Upstream.standing()).toHaveLength(1);
});

test('when the service goes all tabs are told, and each is told later just what it missed', () => {
  const [a, b] = [new Tab().open(), new Tab().open()];
  Upstream.newest().begin(10);
  Upstream.newest().tell(11);
  Upstream.newest().fail();
  expect(a.heard.at(-1)).toBe('failed');
  expect(b.heard.at(-1)).toBe('failed');
  a.open(11);
  expect(Upstream.newest().after).toBe('11');
  Upstream.newest().listener.opened();
  Upstream.newest().tell(12);
  now += 500;
  // It comes back a little later, with what it was told last.
  b.open(11);
  expect(b.heard.slice(-2)).toEqual(['open', 'case 12']);
  expect(a.heard.at(-1)).toBe('case 12');
});

test('whoever missed more than is kept loads everything anew', () => {
  const [behind, tab] = [new Tab().open(), new Tab()];
  Upstream.newest().begin(10);
  behind.close();
  tab.open(10);
  Upstream.newest().listener.opened();
  for (let id = 11; id <= 600; id++) Upstream.newest().tell(id);
  behind.open(10);
  expect(behind.heard.slice(-2)).toEqual(['open', 'reset 600']);
  // Nor can anybody be ahead of the service: its records are others now.
  const ahead = new Tab().open(900);
  expect(ahead.heard).toEqual(['open', 'reset 600']);
});

test('what the service tells all to load anew, all load anew', () => {
  const [a, b] = [new Tab().open(5), new Tab().open(5)];
  Upstream.newest().listener.opened();
  Upstream.newest().tell(40, 'reset');
  Upstream.newest().tell(41);
  expect(a.heard).toEqual(['open', 'reset 40', 'case 41']);
  expect(b.heard).toEqual(a.heard);
});

test('whoever signs in after somebody else is told nothing that was theirs', () => {
  const wang = new Tab().open();
  Upstream.newest().begin(10);
  Upstream.newest().tell(11);
  const lin = new Tab().open(10, 'lin');
  expect(wang.heard.at(-1)).toBe('failed');
  expect(lin.heard).toEqual([]);
  expect(Upstream.standing()).toEqual([Upstream.newest()]);
  Upstream.newest().listener.opened();
  expect(lin.heard).toEqual(['open']);
});

test('with the last tab the connection goes', () => {
  const [a, b] = [new Tab().open(), new Tab().open()];
  Upstream.newest().begin(10);
  a.close();
  expect(Upstream.standing()).toHaveLength(1);
  b.close();
  expect(Upstream.standing()).toEqual([]);
});

test('whoever signs in again the next morning is told nothing of the night as if it were news', () => {
  const evening = new Tab().open();
  Upstream.newest().begin(10);
  // The session ended, and the page stands below a sign-in dialog.
  Upstream.newest().fail();
  evening.close();
  now += 10 * 3_600_000;
  const morning = new Tab().open();
  expect(Upstream.newest().after).toBeUndefined();
  Upstream.newest().begin(900);
  expect(morning.heard).toEqual(['open', 'hello 900']);
});

test('a page that is opened after the last one was closed begins from now', () => {
  const tab = new Tab().open();
  Upstream.newest().begin(10);
  tab.close();
  new Tab().open();
  expect(Upstream.newest().after).toBeUndefined();
});

test('a page that is opened on a computer that slept begins from now, and those of before load anew', () => {
  const before = new Tab().open();
  Upstream.newest().begin(10);
  now += 8 * 3_600_000;
  const tab = new Tab().open();
  expect(Upstream.newest().after).toBeUndefined();
  Upstream.newest().begin(900);
  expect(tab.heard).toEqual(['open', 'hello 900']);
  expect(before.heard.at(-1)).toBe('failed');
  before.open(10);
  expect(before.heard.slice(-2)).toEqual(['open', 'reset 900']);
});

test('a page that had a stream of its own goes on after what that told, where no other page has a place', () => {
  const tab = new Tab().open();
  Upstream.newest().begin(10);
  tab.close();
  tab.open(500);
  expect(Upstream.newest().after).toBe('500');
  Upstream.newest().listener.opened();
  expect(tab.heard.at(-1)).toBe('open');
});

test('a tab that crashed keeps no connection open, and takes nothing from the others', () => {
  const [crashed, other] = [new Tab().open(), new Tab().open()];
  Upstream.newest().begin(10);
  crashed.isStill = true;
  for (let minutes = 0; minutes < 5; minutes++) share.ask();
  Upstream.newest().tell(11);
  expect([crashed.heard, other.heard]).toEqual([
    ['open', 'hello 10'],
    ['open', 'hello 10', 'case 11'],
  ]);
  other.close();
  expect(Upstream.standing()).toEqual([]);
});

test('the last tab that crashed ends the stream as well', () => {
  const tab = new Tab().open();
  Upstream.newest().begin(10);
  tab.isStill = true;
  for (let minutes = 0; minutes < 5; minutes++) share.ask();
  expect(Upstream.standing()).toEqual([]);
});

test('a tab that was frozen for long goes on after what it was told last, and misses nothing', () => {
  const [frozen, other] = [new Tab().open(), new Tab().open()];
  Upstream.newest().begin(10);
  frozen.isStill = true;
  for (let minutes = 0; minutes < 5; minutes++) share.ask();
  Upstream.newest().tell(11);
  frozen.goOn();
  expect(frozen.heard.at(-1)).toBe('failed');
  frozen.open(10);
  expect(frozen.heard.slice(-2)).toEqual(['open', 'case 11']);
  expect(other.heard).toEqual(['open', 'hello 10', 'case 11']);
});

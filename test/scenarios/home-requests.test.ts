import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { CommandReply } from '../../src/model/command.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { T0 } from '../core.ts';
import { contact, door, SON } from './home-doors.ts';

const RECEIVED = { ok: true, text: { zh: '已收到，社区工作人员会在白天联系您' } };
const TOO_MANY = { ok: false, refusal: 'requests-too-many' };
const MAX = LIMITS.homeLinkRequestsPerDayMax;

/** The door of a home, and the son before it. Cases are entered under their numbers. */
async function atTheDoor() {
  const made = door();
  const token = await made.make();
  let cases = 0;
  made.core.take = async () => ({ ok: true, case: `h1.c${++cases}` });
  const send = (note: string, once = note) => made.door.request(token, { category: 'errands', note, once });
  return { ...made, token, send };
}

describe('of the requests of a day', () => {
  it('none is used up by one that was refused', async () => {
    const { core, send, asked } = await atTheDoor();
    const takes = core.take;
    core.take = async () => ({ ok: false, failure: { code: 'REQUESTS_TOO_MANY' } });
    for (let n = 0; n < MAX; n++) expect(await send('买米')).toEqual(TOO_MANY);
    core.take = takes;
    for (let n = 1; n <= MAX; n++) expect(await send(`第 ${n} 件`)).toMatchObject(RECEIVED);
    expect(await send('再一件')).toEqual(TOO_MANY);
    expect(asked).toHaveLength(2 * MAX);
  });

  it('none is used up by one that arrives twice, and the last one may arrive twice as well', async () => {
    const { send, asked, clock } = await atTheDoor();
    for (let n = 1; n <= MAX; n++)
      for (let times = 0; times < 2; times++) expect(await send(`第 ${n} 件`)).toMatchObject(RECEIVED);
    clock.set(T0 + 2 * HOUR);
    expect(await send(`第 ${MAX} 件`)).toMatchObject(RECEIVED);
    expect(await send('再一件')).toEqual(TOO_MANY);
    expect(asked).toHaveLength(MAX);
    clock.set(T0 + DAY + 1);
    expect(await send('再一件')).toMatchObject(RECEIVED);
  });

  it('the last one is the last, also where two are sent at once', async () => {
    const { send } = await atTheDoor();
    for (let n = 1; n < MAX; n++) await send(`第 ${n} 件`);
    const both = await Promise.all([send('买米'), send('买药')]);
    expect(both).toMatchObject([RECEIVED, TOO_MANY]);
  });

  it('one is what somebody goes back and sends again in the same words; tomorrow it is another', async () => {
    const { send, asked, clock } = await atTheDoor();
    await send('买米', 'the first form');
    clock.set(T0 + HOUR / 2);
    expect(await send('买米', 'the form anew')).toMatchObject(RECEIVED);
    expect(asked).toHaveLength(1);
    clock.set(T0 + DAY);
    expect(await send('买米', 'the form of another day')).toMatchObject(RECEIVED);
    expect(asked).toHaveLength(2);
  });

  it('those count that a version before has written down', async () => {
    const { send, meta } = await atTheDoor();
    const today = Array.from({ length: MAX }, (_, n) => T0 - n);
    meta.set('home-requests.contact.k1', JSON.stringify(today));
    expect(await send('买米')).toEqual(TOO_MANY);
    meta.set('home-requests.contact.k1', JSON.stringify(today.slice(1)));
    expect(await send('买米')).toMatchObject(RECEIVED);
  });
});

describe('a personal link that is withdrawn', () => {
  /** A press that the core has not answered yet. */
  async function underWay() {
    const made = await atTheDoor();
    const { promise, resolve } = Promise.withResolvers<CommandReply>();
    const reached = Promise.withResolvers<void>();
    made.core.take = () => {
      reached.resolve();
      return promise;
    };
    const pressed = made.send('买米');
    await reached.promise;
    return { ...made, pressed, answer: () => resolve({ ok: true, case: 'h1.c1' }) };
  }
  /** A press that has read what is known of its link, and is about to write when it was used. */
  async function aboutToWrite() {
    const made = await underWay();
    const [hasRead, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    made.held.set('home-link.contact.k1', () => {
      hasRead.resolve();
      return goesOn.promise;
    });
    made.answer();
    await hasRead.promise;
    /** Lets everybody else come as far as they can, and then the press. */
    const writes = async () => {
      await new Promise(setImmediate);
      goesOn.resolve();
      return made.pressed;
    };
    return { ...made, writes };
  }

  it('stays so, though a press over it was under way', async () => {
    const { door: of, token, writes } = await aboutToWrite();
    const withdrawn = of.revoke('h1', SON, '周敏');
    expect(await writes()).toMatchObject(RECEIVED);
    expect(await withdrawn).toBe(true);
    expect(await of.open(token)).toBe('unknown');
    expect((await of.linksOf('h1')).some(({ link }) => link)).toBe(false);
  });

  it('lets nothing more be done by presses that waited meanwhile', async () => {
    const { door: of, send, pressed, answer, asked } = await underWay();
    const withdrawn = of.revoke('h1', SON, '周敏');
    const later = send('买药');
    answer();
    await Promise.all([pressed, withdrawn]);
    expect(await later).toBe('unknown');
    expect(asked).toHaveLength(1);
  });

  it('ends for another one as well, though a press over the first was under way', async () => {
    const { door: of, make, token, writes } = await aboutToWrite();
    const another = make();
    await writes();
    expect(await of.open(await another)).toMatchObject({ visitor: '王小明' });
    expect(await of.open(token)).toBe('unknown');
  });
});

it('a link of somebody who left opens nothing when they come again and get another', async () => {
  const { door: of, make, token, registry, meta, clock } = await atTheDoor();
  registry.apply([], [{ noun: 'contact', key: 'k1' }]);
  meta.delete('home-link.contact.k1');
  expect(await of.open(token)).toBe('unknown');
  registry.apply([contact as RegistryEntry], []);
  clock.set(T0 + HOUR);
  expect(await of.open(await make())).toMatchObject({ visitor: '王小明' });
  expect(await of.open(token)).toBe('unknown');
});

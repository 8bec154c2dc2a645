import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import type { Effect } from '../../src/model/effect.ts';
import { LEFT_HOMES, type LeftHome, leftHomeKey } from '../../src/model/left-home.ts';
import { ERASURES_OWED, erasureOwed } from '../../src/model/owed-erasures.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import {
  looksOf,
  partKey,
  readPart,
  WATCH_BEGAN,
  writeLooks,
  writePart,
} from '../../src/model/watch-record.ts';
import type { RecordRetention, RecordStore } from '../../src/ports/records.ts';
import { soon } from '../soon.ts';
import { alertEffect, anAlert, aRejection, rejectionEffect, T0 } from './fixtures.ts';
import type { RecordsExam } from './records.ts';

const KEEPS_ALL: RecordRetention = {
  alertsMs: 1e15,
  casesMs: 1e15,
  photosMs: 1e15,
  visitsMs: 1e15,
  rejectionsKept: 1e6,
  eventsKept: 1e6,
  rejectionsMs: 1e15,
  eventsMs: 1e15,
  idempotencyMs: 1e15,
};
const ALL = { limit: 100 };

const home: RegistryEntry = { noun: 'home', id: 'h1', parent: 'hai/g1', name: '101' };
const resident = (id: string, phone: string): RegistryEntry =>
  ({ noun: 'resident', id, home: 'h1', name: '王秀英', phone }) as RegistryEntry;
const put = (entry: RegistryEntry): Effect => ({ type: 'registry-put', entry });
const remove = (noun: RegistryEntry['noun'], key: string): Effect => ({ type: 'registry-remove', noun, key });

const told = async (store: RecordStore): Promise<string> =>
  (await store.events(0, [''], 1_000)).map(({ data }) => data).join('\n');

/** Of what is told of people, and of what their devices sent, nothing outlives them where nobody would look for it. */
export function forgettingContract(exam: () => RecordsExam): void {
  describe('a person who is removed', () => {
    it('is told to nobody any more who catches up on the stream; that it was removed is', async () => {
      const { store, committer } = exam();
      await committer.commit([
        put(home),
        put(resident('r1', '13800001111')),
        put(resident('r2', '13800002222')),
      ]);
      await committer.commit([alertEffect(anAlert()), put(resident('r1', '13800003333'))]);
      const removed = await committer.commit([remove('resident', 'r1')]);
      await soon(async () => expect(await told(store)).not.toMatch(/13800001111|13800003333/));
      expect(await told(store)).toContain('13800002222');
      expect((await store.eventSpan()).last).toBe(removed.events.at(-1)?.id);
      expect((await store.events(0, [''], 1_000)).at(-1)?.data).toBe('{"noun":"resident","key":"r1"}');
    });

    it('has devices whose readings are noted as to be erased with the same commit, until they are', async () => {
      const { store, committer } = exam();
      await committer.commit([put(home), remove('device', 'm1'), remove('device', 'm2')]);
      const owed = await store.metaUnder(ERASURES_OWED);
      expect(owed.map(({ key }) => key)).toEqual([erasureOwed('m1'), erasureOwed('m2')]);
      await committer.commit([remove('device', 'm1')]);
      for (const { key } of owed) await store.removeMeta(key);
      expect(await store.metaUnder(ERASURES_OWED)).toEqual([]);
    });

    it('has devices of which it is kept with the same commit where they were, as it was last', async () => {
      const { store, committer } = exam();
      const gone = (key: string, left?: LeftHome): Effect => ({
        type: 'registry-remove',
        noun: 'device',
        key,
        left,
      });
      await committer.commit([put(home), gone('m1', { home: 'h1', at: T0 }), gone('m2')]);
      const second = { home: '', at: T0 + 1, since: 5 };
      await committer.commit([gone('m1', second)]);
      const rows = await store.metaUnder(LEFT_HOMES);
      expect(rows.map(({ key, value }) => [key, JSON.parse(value)])).toEqual([[leftHomeKey('m1'), second]]);
    });

    it('has devices of which it is forgotten in the night where they were, after some months or when they are enrolled again', async () => {
      const { store, committer } = exam();
      const gone = (key: string, at: number): Effect => ({
        type: 'registry-remove',
        noun: 'device',
        key,
        left: { home: 'h1', at },
      });
      await committer.commit([put(home), gone('m1', T0), gone('m2', T0 + DAY), gone('m3', T0 + DAY)]);
      await committer.commit([
        put({ noun: 'device', id: 'm3', home: 'h1', model: 'water-meter' } as RegistryEntry),
      ]);
      expect(await store.retain(KEEPS_ALL, T0 + 90 * DAY)).toMatchObject({ left: 2 });
      expect((await store.metaUnder(LEFT_HOMES)).map(({ key }) => key)).toEqual([leftHomeKey('m2')]);
    });

    it('of before this was so is forgotten in the night', async () => {
      const { store, committer, reopen } = exam();
      await committer.commit([put(home), put(resident('r1', '13800001111')), alertEffect(anAlert())]);
      // Closed at once: what was not done then is done later.
      const removing = committer.commit([remove('resident', 'r1')]);
      await removing;
      const again = await reopen();
      await again.retain(KEEPS_ALL, T0);
      expect(await told(again)).not.toContain('13800001111');
      expect(await told(again)).toContain('"alert"');
      expect(store).not.toBe(again);
    });
  });

  describe('the personal link of somebody, and what they asked for over it', () => {
    const contact = {
      noun: 'contact',
      id: 'k1',
      home: 'h1',
      name: '王小明',
      phone: '13800004444',
    } as RegistryEntry;
    const notes = async (store: RecordStore): Promise<string[]> => {
      const keys = ['home-link', 'home-requests'].flatMap((what) =>
        ['resident.r1', 'contact.k1', 'resident.r2'].map((who) => `${what}.${who}`),
      );
      const kept = await Promise.all(
        keys.map(async (key) => ((await store.meta(key)) === undefined ? [] : [key])),
      );
      return kept.flat();
    };
    const writeAll = async (store: RecordStore): Promise<void> => {
      for (const what of ['home-link', 'home-requests'])
        for (const who of ['resident.r1', 'contact.k1', 'resident.r2'])
          await store.saveMeta(`${what}.${who}`, '{}');
    };

    it('go with them, and nobody else’s do', async () => {
      const { store, committer } = exam();
      await committer.commit([put(home), put(resident('r1', '1')), put(resident('r2', '2')), put(contact)]);
      await writeAll(store);
      await committer.commit([remove('resident', 'r1'), remove('contact', 'k1')]);
      expect(await notes(store)).toEqual(['home-link.resident.r2', 'home-requests.resident.r2']);
    });

    it('that were left by those who went before are forgotten in the night', async () => {
      const { store, committer } = exam();
      await committer.commit([put(home), put(resident('r2', '2'))]);
      await writeAll(store);
      await store.saveMeta('web-push.keys', 'not one of these');
      expect(await store.retain(KEEPS_ALL, T0)).toMatchObject({ links: 4 });
      expect(await notes(store)).toEqual(['home-link.resident.r2', 'home-requests.resident.r2']);
      expect(await store.meta('web-push.keys')).toBe('not one of these');
    });
  });

  describe('how homes were watched', () => {
    const homesOf = async (store: RecordStore, key: string): Promise<string[]> =>
      [...readPart(await store.meta(key)).keys()].sort();
    const [march, april] = [partKey('2026-03', 1), partKey('2026-04', 1)];
    const writeAll = async (store: RecordStore): Promise<void> => {
      for (const key of [march, april])
        await store.saveMeta(
          key,
          writePart(
            new Map([
              ['h1', '0w7b'],
              ['h2', '0w'],
            ]),
          ),
        );
      await store.saveMeta(looksOf('2026-03'), writeLooks([[0, 9]]));
      await store.saveMeta(WATCH_BEGAN, '7');
    };

    it('is forgotten of homes that are gone, in the night', async () => {
      const { store, committer } = exam();
      await committer.commit([put(home)]);
      await writeAll(store);
      expect(await store.retain(KEEPS_ALL, T0)).toMatchObject({ watched: 2 });
      expect([await homesOf(store, march), await homesOf(store, april)]).toEqual([['h1'], ['h1']]);
      expect(readPart(await store.meta(march)).get('h1')).toBe('0w7b');
      expect(await store.retain(KEEPS_ALL, T0)).toMatchObject({ watched: 0 });
    });

    it('is kept as long as cases are, month by month', async () => {
      const { store, committer } = exam();
      await committer.commit([
        put(home),
        put({ noun: 'home', id: 'h2', parent: 'hai/g1', name: '102' } as RegistryEntry),
      ]);
      await writeAll(store);
      const lastOfApril = Date.parse('2026-04-30T23:00Z');
      const policy = { ...KEEPS_ALL, casesMs: 5 * DAY };
      expect(await store.retain(policy, lastOfApril)).toMatchObject({ watched: 2 });
      expect([await store.meta(march), await store.meta(looksOf('2026-03'))]).toEqual([undefined, undefined]);
      expect(await homesOf(store, april)).toEqual(['h1', 'h2']);
      expect(await store.meta(WATCH_BEGAN)).toBe('7');
    });
  });

  describe('messages that were refused', () => {
    it('go with their device', async () => {
      const { store, committer } = exam();
      await committer.commit([
        rejectionEffect(aRejection({ device: 'band' })),
        rejectionEffect(aRejection({ device: 'other' })),
        rejectionEffect(aRejection()),
      ]);
      await committer.commit([remove('device', 'band')]);
      const left = (await store.rejections({}, ALL)).items.map(({ device }) => device);
      expect(left).toEqual([undefined, 'other']);
      expect((await store.rejectionCounts())[0]?.count).toBe(3);
    });

    it('and events of the stream go when they are old, however few there are', async () => {
      const { store, committer } = exam();
      for (const days of [0, 20, 29, 31]) {
        const at = T0 + days * DAY;
        const effects = [rejectionEffect(aRejection({ at })), alertEffect(anAlert({ id: `a${days}` }))];
        await committer.commit(effects, { at });
      }
      const policy = { ...KEEPS_ALL, rejectionsMs: 5 * DAY, eventsMs: 30 * DAY };
      await store.retain(policy, T0 + 31 * DAY);
      expect((await store.rejections({}, ALL)).items.map(({ at }) => (at - T0) / DAY)).toEqual([31, 29]);
      const events = await store.events(0, [''], 100);
      expect(events.map(({ at }) => (at - T0) / DAY)).toEqual([20, 29, 31]);
      // By the newest a reader knows that it has missed nothing.
      await store.retain(policy, T0 + 400 * DAY);
      expect(await store.eventSpan()).toEqual({ first: events.at(-1)?.id, last: events.at(-1)?.id });
      expect((await store.rejections({}, ALL)).items).toEqual([]);
    });
  });
}

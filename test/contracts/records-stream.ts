import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/model/case.ts';
import type { Effect } from '../../src/model/effect.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { REJECTION_REASONS, type RejectionReason } from '../../src/model/rejection.ts';
import {
  aCase,
  alertEffect,
  allPages,
  aNotice,
  anAlert,
  anEntry,
  aRejection,
  caseEffect,
  FIRST_PAGE,
  noticeEffect,
  rejectionEffect,
  T0,
} from './fixtures.ts';
import { KEPT, type RecordsExam } from './records.ts';

const device: RegistryEntry = {
  noun: 'device',
  id: 'm1',
  model: 'water-meter',
  home: 'h1',
  enrolledAt: T0,
  secretHash: 'sha256$abc',
  disabled: false,
};

export function streamContract(exam: () => RecordsExam): void {
  describe('the stream', () => {
    it('tells each effect in order, without its type, and cases with their number', async () => {
      const { store, committer } = exam();
      const ruleSet = { version: '1', rules: [], overrides: [] };
      const { events } = await committer.commit(
        [
          alertEffect(anAlert()),
          caseEffect(aCase(), [anEntry(1)]),
          noticeEffect(aNotice()),
          { type: 'rules', ruleSet },
          { type: 'device-heard', device: 'm1', home: 'h1', path: 'hai/g1/h1', at: T0 },
        ],
        { at: T0 + 5 },
      );
      expect(events.map(({ type, path, at, data }) => [type, path, at, JSON.parse(data)])).toEqual([
        ['alert', 'hai/g1/h1', T0 + 5, { change: 'raised', alert: anAlert() }],
        [
          'case',
          'hai/g1/h1',
          T0 + 5,
          { change: 'opened', case: { ...aCase(), number: 1 }, entries: [anEntry(1)] },
        ],
        ['notice', 'hai/g1/h1', T0 + 5, { notice: aNotice() }],
        ['rules', '', T0 + 5, { ruleSet }],
        ['device', 'hai/g1/h1', T0 + 5, { device: 'm1', home: 'h1', path: 'hai/g1/h1', at: T0 }],
      ]);
      expect(await store.events(0, [''], 10)).toEqual(events);
    });

    it('tells of a case those who have it, wherever they stand, and whom it is taken off', async () => {
      const { store, committer } = exam();
      const step = (version: number, account?: string, status: Case['status'] = 'acknowledged') =>
        caseEffect(aCase({ version, status, ...(account ? { acknowledgedByAccount: account } : {}) }));
      await committer.commit([step(1, undefined, 'open'), step(2, 'a_b'), step(3, 'a_b')]);
      const { events } = await committer.commit([step(4, 'sun'), step(5, 'sun', 'resolved'), step(6)]);
      expect(events.map(({ accounts }) => accounts)).toEqual([['sun', 'a_b'], ['sun'], undefined]);
      const versions = async (account: string) =>
        (await store.events(0, ['elsewhere'], 99, account)).map(({ data }) => JSON.parse(data).case.version);
      expect(await versions('a_b')).toEqual([2, 3, 4]);
      expect(await versions('sun')).toEqual([4, 5]);
      expect(await versions('acb')).toEqual([]);
    });

    it('goes on after any event, and counts on after a crash', async () => {
      const { store, committer, afterCrash } = exam();
      expect(await store.eventSpan()).toEqual({ first: 0, last: 0 });
      for (let i = 1; i <= 6; i++) await committer.commit([alertEffect(anAlert({ id: `a${i}` }))]);
      const all = await store.events(0, [''], 100);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort((a, b) => a - b));
      for (let i = 0; i < all.length; i++)
        expect(await store.events(all[i]?.id as number, [''], 2)).toEqual(all.slice(i + 1, i + 3));
      const left = await afterCrash();
      const event = await left.saveNotice(aNotice());
      expect(event.id).toBeGreaterThan(all.at(-1)?.id as number);
      expect(await left.eventSpan()).toEqual({ first: all[0]?.id, last: event.id });
    });

    it('keeps the newest events only, and never uses a number again', async () => {
      const { store, committer, reopen } = exam();
      let last = 0;
      for (let i = 0; i < 6; i++) {
        const effects = Array.from({ length: 100 }, (_, n) => alertEffect(anAlert({ id: `a${i}-${n}` })));
        last = (await committer.commit(effects)).events.at(-1)?.id as number;
      }
      expect(await store.eventSpan()).toEqual({ first: last - KEPT.events + 1, last });
      const policy = {
        alertsMs: 1e12,
        casesMs: 1e12,
        photosMs: 1e12,
        visitsMs: 1e12,
        rejectionsKept: 0,
        eventsKept: 0,
        rejectionsMs: 1e15,
        eventsMs: 1e15,
        idempotencyMs: 1,
      };
      expect((await store.retain(policy, T0))['events']).toBe(KEPT.events);
      const again = await reopen();
      expect(await again.eventSpan()).toEqual({ first: 0, last: 0 });
      expect((await again.saveNotice(aNotice())).id).toBe(last + 1);
    });

    it('tells changes of the registry where they belong, and no secret', async () => {
      const { store, committer } = exam();
      const home: RegistryEntry = { noun: 'home', id: 'h1', parent: 'hai/g1', name: '101' };
      const staff: RegistryEntry = { noun: 'staff', id: 's1', name: '王', roles: [], channels: [] };
      const gateway: RegistryEntry = {
        noun: 'gateway',
        id: 'g',
        parent: 'hai/g2',
        enrolledAt: T0,
        disabled: false,
      };
      const node: RegistryEntry = { noun: 'node', path: 'hai', level: 'community', name: '海棠' };
      const put = (entry: RegistryEntry): Effect => ({ type: 'registry-put', entry });
      const { events } = await committer.commit([node, home, device, staff, gateway].map(put));
      expect(events.map(({ path }) => path)).toEqual(['hai', 'hai/g1/h1', 'hai/g1/h1', '', 'hai/g2']);
      expect(JSON.stringify(events)).not.toContain('sha256');
      expect(JSON.parse(events[2]?.data ?? '').entry).toMatchObject({ id: 'm1', model: 'water-meter' });
      expect(await store.registry()).toContainEqual(device);
      const removed = await committer.commit([
        { type: 'registry-remove', noun: 'device', key: 'm1' },
        { type: 'registry-remove', noun: 'home', key: 'h1' },
        { type: 'registry-remove', noun: 'node', key: 'hai' },
      ]);
      expect(removed.events.map(({ path }) => path)).toEqual(['hai/g1/h1', 'hai/g1/h1', 'hai']);
      expect(await store.registry()).toEqual([gateway, staff]);
      await committer.commit([put({ ...staff, name: '李' })]);
      expect(await store.registry()).toEqual([gateway, { ...staff, name: '李' }]);
    });

    it('tells those of its former place that an entry has gone away from there', async () => {
      const { store, committer } = exam();
      const put = (entry: unknown): Effect => ({ type: 'registry-put', entry: entry as RegistryEntry });
      const home = { noun: 'home', id: 'h1', parent: 'hai/g1', name: '701' };
      const resident = { noun: 'resident', id: 'r1', home: 'h1', name: '王秀英', livesAlone: true };
      await committer.commit([put(home), put({ ...home, id: 'h2', parent: 'hai/g2' }), put(resident)]);
      const told = async (...entries: object[]) =>
        (await committer.commit(entries.map(put))).events.map(({ path, data }) => {
          const { entry, key = `${entry.id} is put` } = JSON.parse(data);
          return `${path}: ${key}`;
        });
      expect(await told({ ...home, name: '702' })).toEqual(['hai/g1/h1: h1 is put']);
      expect(await told({ ...home, parent: 'hai/g2' })).toEqual(['hai/g1/h1: h1', 'hai/g2/h1: h1 is put']);
      expect(await told({ ...resident, home: 'h2' })).toEqual(['hai/g2/h1: r1', 'hai/g2/h2: r1 is put']);
      expect((await store.registry()).length).toBe(3);
    });

    it('gives the registry in two parts, in which nobody is missing; last come people alone', async () => {
      const { store, committer } = exam();
      const home: RegistryEntry = { noun: 'home', id: 'h1', parent: 'hai/g1', name: '101' };
      const people: RegistryEntry[] = [
        { noun: 'contact', id: 'c1', home: 'h1', name: '王建国', relation: '儿子', order: 1, channels: [] },
        { noun: 'resident', id: 'r1', home: 'h1', name: '王秀英', livesAlone: true },
      ];
      await committer.commit([home, ...people].map((entry) => ({ type: 'registry-put', entry })));
      const { entries, late } = await store.registryInParts();
      const last: RegistryEntry[] = [];
      const ofHome = late.ofHome?.('h1') ?? [];
      expect(ofHome).toHaveLength(late.ofHome ? people.length : 0);
      expect(people).toEqual(expect.arrayContaining(ofHome));
      expect(late.ofHome?.('h2') ?? []).toEqual([]);
      for (let piece = late.next(); !piece.done; piece = late.next()) last.push(...piece.value);
      expect([...entries, ...last]).toEqual(expect.arrayContaining([home, ...people]));
      expect([...entries, ...last]).toHaveLength(3);
      expect(people).toEqual(expect.arrayContaining(last));
    });
  });
  rejectionsContract(exam);
}

const REASONS = Object.keys(REJECTION_REASONS) as RejectionReason[];

function rejectionsContract(exam: () => RecordsExam): void {
  describe('rejections', () => {
    it('are kept also where a stranger sent what is no text: a NUL, half a character', async () => {
      const { store, committer } = exam();
      const odd = { topic: 'a\0b', from: '\ud800', device: 'm\0', detail: '\udfff\0' };
      await committer.commit([rejectionEffect(aRejection(odd)), alertEffect(anAlert({ rule: 'W\0' }))]);
      const { items } = await store.rejections({}, FIRST_PAGE);
      expect(items).toMatchObject([{ reason: 'malformed-json', payload: '{"at":' }]);
      expect((await store.alert('h1.a1'))?.rule).toBe('W\0');
    });

    it('are counted exactly, whatever is kept of them', async () => {
      const { bed } = exam();
      const batches = fc.array(
        fc.array(fc.tuple(fc.constantFrom(...REASONS.slice(0, 5)), fc.nat(99)), { maxLength: 120 }),
        { maxLength: 5 },
      );
      await fc.assert(
        fc.asyncProperty(batches, async (all) => {
          const store = (await bed.afterCrash()).store();
          await store.open();
          const { lastSeq } = await store.recover();
          let seq = lastSeq;
          for (const batch of all) {
            const effects = batch.map(([reason, at]) => rejectionEffect(aRejection({ reason, at: T0 + at })));
            seq++;
            await store.commit({
              firstSeq: seq,
              lastSeq: seq,
              journal: new Uint8Array(),
              effects,
              subjects: [],
              at: T0,
            });
          }
          const counts = await store.rejectionCounts();
          await store.close();
          for (const reason of REASONS) {
            const of = all.flat().filter(([r]) => r === reason);
            const found = counts.find((count) => count.reason === reason);
            expect(found?.count ?? 0).toBe(of.length);
            if (of.length > 0) expect(found?.lastAt).toBe(T0 + Math.max(...of.map(([, at]) => at)));
          }
        }),
        { numRuns: 10 },
      );
    });

    it('of one batch are kept raw by the newest, and of each reason at least one', async () => {
      const { store, committer } = exam();
      const flood = Array.from({ length: 500 }, (_, i) =>
        aRejection({ reason: 'duplicate', detail: `d${i}` }),
      );
      await committer.commit([aRejection({ reason: 'too-large' }), ...flood].map(rejectionEffect));
      const { items } = await store.rejections({}, FIRST_PAGE);
      expect(items).toHaveLength(LIMITS.rejectionsPerBatchMax);
      expect(items.at(-1)?.reason).toBe('too-large');
      expect(items.slice(0, 49).map(({ detail }) => detail)).toEqual(
        Array.from({ length: 49 }, (_, i) => `d${499 - i}`),
      );
    });

    it('are kept raw by the newest over time, and found by reason and device', async () => {
      const { store, committer } = exam();
      const one = (i: number) =>
        aRejection({ at: T0 + i, ...(i % 2 ? { reason: 'too-large' as const } : { device: 'm1' }) });
      for (let i = 0; i < 300; i += 10)
        await committer.commit(Array.from({ length: 10 }, (_, n) => rejectionEffect(one(i + n))));
      const all = await allPages((page) => store.rejections({}, page), 50);
      expect(all.map(({ at }) => at)).toEqual(
        Array.from({ length: KEPT.rejections }, (_, i) => T0 + 299 - i),
      );
      const large = await allPages((page) => store.rejections({ reason: 'too-large' }, page), 7);
      expect(large).toHaveLength(KEPT.rejections / 2);
      const ofDevice = await allPages((page) => store.rejections({ device: 'm1' }, page), 7);
      expect(ofDevice.every(({ device: of, reason }) => of === 'm1' && reason === 'malformed-json')).toBe(
        true,
      );
      expect(ofDevice).toHaveLength(KEPT.rejections / 2);
    });

    it('show the payload as it came: text as text, also where it was cut, anything else in base64', async () => {
      const { store, committer } = exam();
      const text = new TextEncoder().encode('水'.repeat(3_000));
      const payloads = [new TextEncoder().encode('{"at":"水"}'), Uint8Array.of(0xff, 0x00), text];
      for (const payload of payloads)
        await committer.commit([rejectionEffect(aRejection({ payload, payloadBytes: payload.length }))]);
      const { items } = await store.rejections({}, FIRST_PAGE);
      expect(
        items.map(({ payload, payloadEncoding, payloadBytes }) => [payload, payloadEncoding, payloadBytes]),
      ).toEqual([
        ['水'.repeat(Math.floor(LIMITS.rejectionPayloadBytesMax / 3)), 'utf8', 9_000],
        ['/wA=', 'base64', 2],
        ['{"at":"水"}', 'utf8', 12],
      ]);
      expect(items[0]).not.toHaveProperty('device');
    });
  });
}

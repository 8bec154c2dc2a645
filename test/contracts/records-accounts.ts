import { describe, expect, it } from 'vitest';
import type { Session, User } from '../../src/ports/records.ts';
import { aCase, alertEffect, aNotice, anAlert, anEntry, caseEffect, noticeEffect, T0 } from './fixtures.ts';
import type { RecordsExam } from './records.ts';

const user: User = {
  id: 'wang',
  name: '王',
  passwordHash: 'scrypt$x',
  roles: [{ role: 'responder', node: 'hai/g1' }],
  locale: 'zh',
  disabled: false,
  createdAt: T0,
};
const session: Session = {
  tokenHash: 'abc',
  user: 'wang',
  kind: 'session',
  label: 'Firefox',
  createdAt: T0,
  expiresAt: T0 + 1_000,
  lastUsedAt: T0,
};
const token: Session = {
  ...session,
  tokenHash: 'def',
  kind: 'token',
  expiresAt: undefined,
  createdAt: T0 + 1,
};
const DAY = 86_400_000;

export function accountsContract(exam: () => RecordsExam): void {
  describe('accounts', () => {
    it('are kept, changed and removed with their sessions', async () => {
      const { store, reopen } = exam();
      await store.saveUser(user);
      await store.saveUser({ ...user, id: 'li', name: '李' });
      await store.saveUser({ ...user, locale: 'en' });
      await store.saveSession(session);
      await store.saveSession(token);
      await store.slideSession({ ...session, expiresAt: T0 + 9_000, lastUsedAt: T0 + 8_000 });
      const again = await reopen();
      expect((await again.users()).map(({ id }) => id)).toEqual(['li', 'wang']);
      expect(await again.user('wang')).toEqual({ ...user, locale: 'en' });
      expect(await again.session('def')).toEqual(token);
      expect(await again.sessions('wang')).toEqual([
        { ...session, expiresAt: T0 + 9_000, lastUsedAt: T0 + 8_000 },
        token,
      ]);
      await again.removeSession('abc');
      await again.slideSession({ ...session, lastUsedAt: T0 + 9_000 });
      expect(await again.session('abc')).toBeUndefined();
      const answer = { fingerprint: '', status: 200, body: '', at: T0 };
      for (const key of ['wang k', 'wang2 k', 'wan k']) await again.saveIdempotent({ key, ...answer });
      await again.removeUser('wang');
      expect(await again.idempotent('wang k')).toBeUndefined();
      for (const key of ['wang2 k', 'wan k']) expect(await again.idempotent(key)).toBeDefined();
      expect(await again.user('wang')).toBeUndefined();
      expect(await again.session('def')).toBeUndefined();
    });

    it('are found or not by whatever text somebody asks with', async () => {
      const { store } = exam();
      await store.saveSession({ ...token, label: 'a\0\ud800' });
      expect((await store.session('def'))?.user).toBe('wang');
      expect(await store.user('\0')).toBeUndefined();
      expect((await store.alerts({ paths: ['\ud800'], home: '\0' }, { limit: 1 })).items).toEqual([]);
    });

    it('keep the first answer under a key', async () => {
      const { store } = exam();
      const answer = { key: 'k', fingerprint: 'f', status: 201, body: '{}', at: T0 };
      expect(await store.idempotent('k')).toBeUndefined();
      await store.saveIdempotent(answer);
      await store.saveIdempotent({ ...answer, status: 500 });
      expect(await store.idempotent('k')).toEqual(answer);
    });

    it('keep a photo as it was sent first, for its own case alone', async () => {
      const { store, reopen } = exam();
      const photo = {
        id: 'p1',
        case: 'h1.c1',
        at: T0,
        by: '周敏',
        mediaType: 'image/png' as const,
        bytes: new Uint8Array([0x89, 0, 255, 7]),
      };
      await store.savePhoto(photo);
      await store.savePhoto({ ...photo, bytes: new Uint8Array([1]) });
      const again = await reopen();
      const found = await again.photo('h1.c1', 'p1');
      expect({ ...found, bytes: [...(found?.bytes ?? [])] }).toEqual({ ...photo, bytes: [0x89, 0, 255, 7] });
      expect(await again.photo('h2.c1', 'p1')).toBeUndefined();
      await again.removePhoto('p1');
      expect(await again.photo('h1.c1', 'p1')).toBeUndefined();
    });

    it('keep small facts under a key, the last one', async () => {
      const { store, reopen } = exam();
      expect(await store.meta('x')).toBeUndefined();
      await store.saveMeta('x', '1');
      await store.saveMeta('x', '2');
      for (const key of ['x.z', 'x.王', 'xy', 'x/a']) await store.saveMeta(key, key);
      expect((await store.metaUnder('x.')).map(({ key }) => key)).toEqual(['x.z', 'x.王']);
      const later = await reopen();
      expect(await later.meta('x')).toBe('2');
      await later.removeMeta('x');
      expect(await later.meta('x')).toBeUndefined();
    });
  });

  describe('retention', () => {
    it('deletes what is over for long enough, and nothing that is still open', async () => {
      const { store, committer } = exam();
      const old = { clearedAt: T0, clearReason: 'recovered' as const };
      const resolved = { status: 'struck-off' as const, resolvedAt: T0 };
      await committer.commit([
        alertEffect(anAlert({ id: 'old', ...old })),
        alertEffect(anAlert({ id: 'recent', ...old, clearedAt: T0 + 5 * DAY })),
        alertEffect(anAlert({ id: 'open', raisedAt: T0 - 900 * DAY })),
        caseEffect(aCase({ id: 'old', ...resolved }), [anEntry(1)]),
        caseEffect(aCase({ id: 'recent', ...resolved, resolvedAt: T0 + 5 * DAY })),
        caseEffect(aCase({ id: 'open', openedAt: T0 - 900 * DAY }), [anEntry(1)]),
        caseEffect(aCase({ id: 'called', status: 'resolved', resolvedAt: T0 - 900 * DAY }), [anEntry(1)]),
        noticeEffect(aNotice({ id: 'old', case: 'old' })),
        noticeEffect(aNotice({ id: 'open', case: 'open' })),
        noticeEffect(aNotice({ id: 'test', case: '', state: 'accepted' })),
        noticeEffect(aNotice({ id: 'waiting', case: '' })),
      ]);
      await store.saveIdempotent({ key: 'old', fingerprint: '', status: 200, body: '', at: T0 });
      await store.saveIdempotent({ key: 'new', fingerprint: '', status: 200, body: '', at: T0 + 10 * DAY });
      await store.saveSession({ ...session, tokenHash: 'old' });
      await store.saveSession({ ...token, tokenHash: 'token' });
      const photo = { by: '周敏', mediaType: 'image/jpeg' as const, bytes: new Uint8Array([1]) };
      await store.savePhoto({ id: 'gone', case: 'old', at: T0 + 9 * DAY, ...photo });
      await store.savePhoto({ id: 'faded', case: 'open', at: T0, ...photo });
      await store.savePhoto({ id: 'kept', case: 'open', at: T0 + 9 * DAY, ...photo });
      const policy = {
        alertsMs: 7 * DAY,
        casesMs: 7 * DAY,
        photosMs: 7 * DAY,
        visitsMs: 7 * DAY,
        rejectionsKept: 10,
        eventsKept: 2,
        rejectionsMs: 1e15,
        eventsMs: 1e15,
        idempotencyMs: DAY,
      };
      const deleted = await store.retain(policy, T0 + 10 * DAY);
      expect(deleted).toEqual({
        alerts: 1,
        cases: 1,
        photos: 1,
        visits: 0,
        notices: 1,
        rejections: 0,
        events: 9,
        idempotency: 1,
        sessions: 1,
        links: 0,
        left: 0,
        watched: 0,
      });
      const kept = async <T>(found: Promise<T | undefined>) => (await found) !== undefined;
      expect(await kept(store.alert('old'))).toBe(false);
      expect(await kept(store.alert('recent'))).toBe(true);
      expect(await kept(store.alert('open'))).toBe(true);
      expect(await kept(store.case('old'))).toBe(false);
      expect(await store.caseEntries('old')).toEqual([]);
      expect(await kept(store.case('recent'))).toBe(true);
      expect(await kept(store.case('called'))).toBe(true);
      expect(await kept(store.photo('old', 'gone'))).toBe(false);
      expect(await kept(store.photo('open', 'faded'))).toBe(false);
      expect(await kept(store.photo('open', 'kept'))).toBe(true);
      expect(await store.caseEntries('open')).toHaveLength(1);
      expect(await kept(store.notice('old'))).toBe(false);
      expect(await kept(store.notice('open'))).toBe(true);
      expect(await kept(store.notice('waiting'))).toBe(true);
      expect(await kept(store.session('token'))).toBe(true);
      expect(await kept(store.idempotent('new'))).toBe(true);
    });

    it('does not free the numbers of cases', async () => {
      const { store, committer } = exam();
      await committer.commit([caseEffect(aCase({ status: 'struck-off', resolvedAt: T0 }))]);
      const policy = {
        alertsMs: 1,
        casesMs: 1,
        photosMs: 1,
        visitsMs: 1,
        rejectionsKept: 1,
        eventsKept: 1,
        rejectionsMs: 1e15,
        eventsMs: 1e15,
        idempotencyMs: 1,
      };
      await store.retain(policy, T0 + DAY);
      await committer.commit([caseEffect(aCase({ id: 'h2.c1' }))]);
      expect((await store.case('h2.c1'))?.number).toBe(2);
    });
  });

  describe('a backup', () => {
    it('is a whole store of one instant, taken while batches go on', async () => {
      const { bed, store, committer } = exam();
      for (let i = 1; i <= 100; i++)
        await committer.commit([alertEffect(anAlert({ id: `a${i}` }))], { journal: new Uint8Array(5_000) });
      let running = true;
      const committing = (async () => {
        while (running) {
          const id = `a${committer.seq + 1}`;
          await committer.commit([alertEffect(anAlert({ id }))], { journal: new Uint8Array(5_000) });
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await store.backup(bed.backupFile);
      running = false;
      await committing;
      const copy = (await bed.restored()).store();
      await copy.open();
      const { lastSeq } = await copy.recover();
      expect(lastSeq).toBeGreaterThanOrEqual(100);
      expect((await copy.eventSpan()).last).toBe(lastSeq);
      expect(await copy.alert(`a${lastSeq}`)).toBeDefined();
      expect(await copy.alert(`a${lastSeq + 1}`)).toBeUndefined();
      await copy.close();
      expect((await store.recover()).lastSeq).toBe(committer.seq);
    });
  });
}

import { expect, test } from 'vitest';
import { DOCTOR_CHECKS } from '../../src/app/doctor/finding.ts';
import { healthFindings } from '../../src/app/doctor/running.ts';
import { RecordsAway } from '../../src/ports/records.ts';
import { openPatiently, recordsAt } from '../../src/store/records.ts';

test('a service that waits for its records ends the waiting when it is asked to stop, and says in both languages what it waited for', async () => {
  // Port 1 (tcpmux): nobody listens there.
  const postgres = { url: 'postgres://shouwang@127.0.0.1:1/shouwang', partition: 'main', connectionsMax: 2 };
  const records = recordsAt({ dataDir: '/nowhere', store: { records: 'postgres', postgres } });
  const stop = new AbortController();
  const said: unknown[] = [];
  const warn = (what: unknown): void => {
    said.push(what);
    stop.abort();
  };
  const opened = openPatiently(records, { info: () => {}, warn } as never, stop.signal);
  await expect(opened).rejects.toMatchObject({
    text: {
      zh: 'PostgreSQL 不可用：127.0.0.1:1 对方没有在此端口监听（ECONNREFUSED）',
      en: 'PostgreSQL is away: connect ECONNREFUSED 127.0.0.1:1',
    },
  });
  await expect(opened).rejects.toBeInstanceOf(RecordsAway);
  expect(said).toEqual([
    { why: 'PostgreSQL is away: connect ECONNREFUSED 127.0.0.1:1', waitedSeconds: 0, atMostSeconds: 120 },
  ]);
});

test('the doctor sends nobody to the backup for records that cannot be written at the moment', () => {
  const detail = { zh: '磁盘已满', en: 'the disk is full' };
  const [told] = healthFindings({ checks: { records: { ok: false, detail } } });
  expect(told).toMatchObject({ check: 'records-writing', result: 'problem' });
  expect(DOCTOR_CHECKS['records-writing'].advice.en).toMatch(/free the disk.*Restore no backup/);
});

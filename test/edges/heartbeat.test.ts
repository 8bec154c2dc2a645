import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { type Heartbeat, startHeartbeat } from '../../src/app/heartbeat.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import type { Health } from '../../src/ports/service.ts';

const open: { server: Server; heartbeat: Heartbeat }[] = [];
afterEach(async () => {
  for (const { server, heartbeat } of open.splice(0)) {
    heartbeat.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A monitor on a real port, and a service whose health the test decides. */
async function monitored(status = 200) {
  let heard: () => void = () => {};
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end('OK');
    heard();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const timers = new ManualTimers(new ManualClock(0));
  const state: { ready: boolean; checks: Health['checks'] } = { ready: true, checks: {} };
  const heartbeat = startHeartbeat({
    url: `http://127.0.0.1:${port}/ping/abc`,
    everySeconds: 60,
    health: () => ({ live: true, ...state }),
    timers,
    logger: pino({ level: 'silent' }),
  });
  open.push({ server, heartbeat });
  /** Moves time until the next beat has been counted. */
  const beat = async (): Promise<void> => {
    const before = { ...heartbeat.counts };
    const settled = () => JSON.stringify(before) !== JSON.stringify(heartbeat.counts);
    const arrives = new Promise<void>((resolve) => {
      heard = resolve;
    });
    timers.advance(60_000);
    if (state.ready && state.checks['told']?.ok !== false) await arrives;
    while (!settled()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { heartbeat, asked, state, beat };
}

test('a monitor hears of us every minute while we are ready', async () => {
  const { asked, heartbeat, beat } = await monitored();
  await beat();
  await beat();
  expect(asked).toEqual(['/ping/abc', '/ping/abc']);
  expect(heartbeat.counts).toEqual({ sent: 2, failed: 0, withheld: 0 });
});

test('it hears nothing while nobody could be told of a P1: whoever minds it is then the first who hears of it', async () => {
  const { asked, heartbeat, state, beat } = await monitored();
  state.checks = { told: { ok: false, detail: { zh: '无人', en: 'nobody' } } };
  await beat();
  state.checks = { told: { ok: true, warning: true, detail: { zh: '无人', en: 'nobody' } } };
  expect(asked).toEqual([]);
  await beat();
  expect([asked.length, heartbeat.counts.withheld > 0]).toEqual([1, true]);
});

test('whoever cannot be reached in one home hides for an hour at most that the service is gone', async () => {
  const { asked, heartbeat, state, beat } = await monitored();
  const untold = (en: string) => ({ told: { ok: false, detail: { zh: '无人', en } } });
  state.checks = untold('h1');
  for (let i = 0; i < 59; i++) await beat();
  expect([asked.length, heartbeat.counts.withheld]).toEqual([0, 60]);
  await beat();
  expect(asked).toHaveLength(1);
  state.checks = untold('h1, h2');
  await beat();
  expect(asked).toHaveLength(1);
});

test('it hears nothing while we are not, and again afterwards', async () => {
  const { asked, heartbeat, state, beat } = await monitored();
  await beat();
  state.ready = false;
  await beat();
  await beat();
  expect(asked).toHaveLength(1);
  state.ready = true;
  await beat();
  expect(heartbeat.counts).toEqual({ sent: 2, failed: 0, withheld: 2 });
});

test('a monitor that refuses is counted and asked again', async () => {
  const { heartbeat, beat } = await monitored(503);
  await beat();
  await beat();
  expect(heartbeat.counts).toEqual({ sent: 0, failed: 2, withheld: 0 });
});

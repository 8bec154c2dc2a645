import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Admission } from '../../src/broker/admission.ts';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import { limitsWith } from '../../src/broker/options.ts';
import { WatchGateway } from '../../src/gateways/watches/gateway.ts';
import { HOUR, SECOND } from '../../src/lib/clock.ts';
import type { GatewayHost } from '../../src/ports/gateway.ts';
import { NotebookHost } from './broker-host.ts';
import { publishFrame, RawClient } from './raw-client.ts';
import { WatchClient } from './watch-client.ts';

/** The machine is set right while devices are connected: a small computer without a battery does so at each start. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
  vi.setSystemTime(Date.parse('2026-03-01T00:00:00Z'));
});
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  vi.useRealTimers();
});

const setBy = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

async function client() {
  const host = new NotebookHost();
  const limits = { brokerStopMs: 50, brokerSweepMs: SECOND };
  const options = { host: '127.0.0.1', ports: { mqtt: 0 }, limits };
  const broker = embeddedBroker(options, host, pino({ level: 'silent' }));
  const { mqtt: address = '' } = await broker.start();
  open.push(() => broker.stop());
  const one = await RawClient.login(address, 'm1', 60);
  open.push(() => one.socket.destroy());
  await host.until(() => host.presences.includes('m1 online'));
  // It says nothing for a while, as most do most of the time.
  vi.advanceTimersByTime(2 * SECOND);
  return { host, one };
}

test.each([HOUR, -HOUR])('a client that is there stays, though the clock is set by %s ms', async (ms) => {
  const { host, one } = await client();
  setBy(ms);
  vi.advanceTimersByTime(2 * SECOND);
  one.socket.write(publishFrame('shouwang/m1/telemetry', 'still here', 1));
  await Promise.race([one.receives(() => one.pubacks().length === 1), one.closed]);
  expect(one.pubacks()).toEqual([1]);
  expect(host.presences).toEqual(['m1 online']);
});

test('a client that is gone is missed in its time, though the clock was set back meanwhile', async () => {
  const { host, one } = await client();
  setBy(-HOUR);
  vi.advanceTimersByTime(120 * SECOND);
  await one.closed;
  await host.until(() => host.presences.includes('m1 offline'));
});

test('a band that broke off too often has its turn after some seconds, though the clock was set back meanwhile', async () => {
  const limits = limitsWith({ flappingConnectsMax: 4, banOneEveryMs: 3 * SECOND });
  const admission = new Admission(new NotebookHost(), limits);
  const come = async (): Promise<string> => {
    const password = Buffer.from('secret of m1');
    const who = { clientId: 'm1', username: 'm1', address: 'home', keepAliveS: 60, password };
    const answer = await admission.check(who);
    return typeof answer === 'string' ? answer : 'in';
  };
  for (let i = 0; i < 5; i++) admission.brokeOff('m1');
  expect(await come()).toBe('flapping');
  setBy(-HOUR);
  vi.advanceTimersByTime(3 * SECOND);
  expect(await come()).toBe('in');
});

async function watch() {
  const told = Promise.withResolvers<void>();
  const host: GatewayHost = {
    now: () => Date.now(),
    device: () => ({ id: 'w1', model: 'watch-3g', timeZone: 'Asia/Shanghai' }),
    receive(inbound) {
      inbound.done();
      return true;
    },
    onRoom: () => undefined,
    refused: () => undefined,
    presence: () => told.resolve(),
  };
  const limits = { watchIdleMs: 60 * SECOND, brokerSweepMs: SECOND };
  const gateway = new WatchGateway({ host: '127.0.0.1', port: 0, limits }, host, pino({ level: 'silent' }));
  const one = await WatchClient.open(await gateway.start());
  open.push(
    () => gateway.stop(),
    () => one.end(),
  );
  one.say('[3G*8800000015*0008*heart,71]');
  await told.promise;
  return one;
}

test('a watch that is there stays, though the clock is set forward', async () => {
  const one = await watch();
  setBy(HOUR);
  vi.advanceTimersByTime(2 * SECOND);
  one.say('[3G*8800000015*0002*LK]');
  await Promise.race([one.hears('*LK'), one.closed]);
  expect(one.heard).toContain('*LK');
});

test('a watch that is gone is missed in its time, though the clock was set back meanwhile', async () => {
  const one = await watch();
  setBy(-HOUR);
  vi.advanceTimersByTime(62 * SECOND);
  await one.closed;
});

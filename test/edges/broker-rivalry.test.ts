import { expect, test } from 'vitest';
import { Rivalry } from '../../src/broker/rivalry.ts';

/** Two connections of ours to one broker, in virtual time. How two services really fight is tested against mosquitto. */
function connections() {
  let now = 0;
  const witness = {
    standsSince: undefined as number | undefined,
    asked: 0,
    isLetIn: true,
    open: () => {
      witness.asked++;
      if (witness.isLetIn) witness.standsSince ??= now;
    },
    close: () => {
      witness.standsSince = undefined;
    },
  };
  const rivalry = new Rivalry(witness);
  const told: boolean[] = [];
  const connect = (): void => void told.push(rivalry.connected(now));
  connect();
  return {
    witness,
    told: () => told.filter(Boolean).length,
    isOn: () => rivalry.isOnAt(now),
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    /** Somebody else comes under our id, and we come back. */
    putOut: () => {
      now += 2000;
      rivalry.lost(now);
      now += 1000;
      connect();
    },
    /** All connections end. */
    restart: () => {
      now += 2000;
      const stood = witness.standsSince !== undefined;
      witness.close();
      rivalry.lost(now);
      now += 500;
      if (stood || witness.standsSince !== undefined) witness.standsSince = now;
      now += 500;
      connect();
    },
  };
}

test('a connection that is ended again and again while another of ours stands has a rival, which is told once', () => {
  const us = connections();
  us.putOut();
  us.putOut();
  expect(us.isOn()).toBe(false);
  us.putOut();
  expect(us.isOn()).toBe(true);
  us.putOut();
  expect([us.isOn(), us.told()]).toEqual([true, 1]);
});

test('a broker that restarts again and again ends them all, and is no rival', () => {
  const us = connections();
  for (let times = 0; times < 8; times++) us.restart();
  expect([us.isOn(), us.told()]).toEqual([false, 0]);
  for (let times = 0; times < 3; times++) {
    us.putOut();
    us.restart();
  }
  expect([us.isOn(), us.told()]).toEqual([false, 0]);
});

test('nothing is claimed where the broker lets in no second connection', () => {
  const us = connections();
  us.witness.isLetIn = false;
  for (let times = 0; times < 8; times++) us.putOut();
  expect(us.isOn()).toBe(false);
  expect(us.witness.asked).toBe(8);
});

test('it is over when our connection has held for half a minute, and begins anew when it has ended after that', () => {
  const us = connections();
  for (let times = 0; times < 4; times++) us.putOut();
  us.pass(29);
  expect(us.isOn()).toBe(true);
  us.pass(2);
  expect(us.isOn()).toBe(false);
  us.putOut();
  expect([us.isOn(), us.told()]).toEqual([false, 1]);
});

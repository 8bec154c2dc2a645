import { connect } from 'node:net';
import { cityOf } from '../city.ts';
import { count, type Figure, type Row, shown, sleep, spread } from '../figure.ts';
import { connectFrame, publishFrame } from '../mqtt-frames.ts';
import { gatewayOf, meterOf, SECRET } from '../names.ts';
import { cpuSeconds } from '../process.ts';
import type { Site } from '../site.ts';

const GOAL_S = 5;

/** From the start of the process to the first acknowledged reading: after a clean stop, and after kill -9 under load. */
export const restart: Figure = {
  name: 'restart',
  title: 'Restart with 100,000 homes',
  linuxOnly: true,
  async run(context) {
    const city = await cityOf(context);
    const rounds = context.quick ? 1 : 2;
    const clean: Restart[] = [];
    const killed: Restart[] = [];
    await city.start();
    for (let round = 0; round < rounds; round++) {
      await city.site.stop();
      clean.push(await untilAcknowledged(city.site));
      const load = await city.connect();
      load.steady(3_300);
      await sleep(context.quick ? 3_000 : 8_000);
      load.check();
      const dying = city.site.stop('SIGKILL');
      await load.close();
      await dying;
      killed.push(await untilAcknowledged(city.site));
      context.say(
        `clean ${clean.at(-1)?.seconds.toFixed(1)} s, killed ${killed.at(-1)?.seconds.toFixed(1)} s`,
      );
    }
    await city.site.stop();
    return [row('after a clean stop', clean), row('after kill -9 at 3,300 readings/s', killed)];

    function row(how: string, restarts: readonly Restart[]): Row {
      const seconds = restarts.map((one) => one.seconds);
      const cpu = restarts.map((one) => one.cpu);
      const { median } = spread(seconds);
      return {
        what: `Restart with ${count(city.homes)} homes to the first acknowledged reading, ${how}`,
        goal: `≤ ${GOAL_S} s`,
        result: `${shown(spread(seconds), 1)} s`,
        met: median <= GOAL_S,
        numbers: { seconds, cpu },
        notes: [
          `from the start of the process, Node and all sources included; its CPU until then ${shown(spread(cpu), 1)} s`,
        ],
      };
    }
  },
};

const RETRY_MS = 10;

interface Restart {
  readonly seconds: number;
  /** CPU seconds of the service. */
  readonly cpu: number;
}

/** Starts the service and knocks until a reading is acknowledged. */
async function untilAcknowledged(site: Site): Promise<Restart> {
  const startedAt = performance.now();
  await site.start({ wait: false });
  while (!(await acknowledged(site.mqttPort))) {
    if (!site.running) throw new Error('the service ended');
    if (performance.now() - startedAt > 120_000) throw new Error('no reading is acknowledged');
    await sleep(RETRY_MS);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(site.pid);
  await site.ready();
  return { seconds, cpu };
}

/** One try: connect, publish, hear the PUBACK. */
function acknowledged(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const end = (done: boolean): void => {
      resolve(done);
      socket.destroy();
    };
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('connect', () => socket.write(connectFrame(gatewayOf(0), SECRET)));
    socket.on('data', (bytes) => {
      const [connack, puback] = [0x20, 0x40];
      if (bytes[0] === puback) end(true);
      else if (bytes[0] === connack && bytes[3] === 0) {
        const payload = JSON.stringify({ at: new Date().toISOString(), battery_pct: 80 });
        const publish = publishFrame(`shouwang/${meterOf(0)}/telemetry`, payload, 1);
        publish.bytes.writeUInt16BE(1, publish.packetId);
        socket.write(publish.bytes);
      } else end(false);
    });
  });
}

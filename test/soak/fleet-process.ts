import { once } from 'node:events';
import { type FleetMessage, telemetryOnly } from '../../simulators/fleet.ts';
import { type Outgoing, outgoing, publish } from '../../simulators/publisher.ts';
import { makeSimulation } from '../../simulators/simulation.ts';
import type { FleetPlan, FleetWords } from './fleet.ts';
import { HeldClock } from './held-clock.ts';

const plan = JSON.parse(process.argv[2] ?? '') as FleetPlan;
const clock = new HeldClock(plan.clockFile, plan.speed);
const { community, fleet } = await makeSimulation({ ...plan.simulation, presence: true });
const said = { messages: 0, readings: 0, events: 0 };
const tell = (words: FleetWords): void => void process.send?.(words);

const outcome = await publish(paced(), {
  url: plan.url,
  credentials: (sender) => {
    const password = community.secrets.get(sender);
    return password === undefined ? undefined : { password };
  },
  connectFirst: community.secrets.keys(),
  inFlightMax: plan.inFlightMax,
  // Of the wall, which stands nearly still: a machine that others use as well must not lose connections to it.
  keepAliveS: 7_200,
});
const { sent, acknowledged, dropped, reconnects, refused } = outcome;
tell({ ended: { ...said, sent, acknowledged, dropped, reconnects, refused: refused.length } });
process.disconnect();

/** The messages, each when the clock has come to it; at the pauses everything stands until it may go on. */
async function* paced(): AsyncGenerator<Outgoing, void, undefined> {
  const pauses = [...plan.pauses];
  await pauseAt(fleet.start);
  for (const message of outgoing(counted())) {
    while (pauses[0] !== undefined && message.at >= pauses[0]) await pauseAt(pauses.shift()!);
    await clock.runTo(message.at);
    yield message;
  }
  for (const pause of pauses) await pauseAt(pause);
}

async function pauseAt(instant: number): Promise<void> {
  await clock.runTo(instant);
  const goOn = once(process, 'message');
  tell({ pausedAt: instant });
  await goOn;
  clock.resume();
}

function* counted(): Generator<FleetMessage, void, undefined> {
  for (const message of fleet) {
    if (telemetryOnly(message)) {
      said.messages++;
      for (const { at: _, event, ...metrics } of [message.payload].flat() as Record<string, unknown>[]) {
        if (event !== undefined) said.events++;
        said.readings += Object.keys(metrics).length;
      }
    }
    yield message;
  }
}

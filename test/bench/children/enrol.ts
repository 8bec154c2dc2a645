import pino from 'pino';
import { loadParts, problemText } from '../../../src/app/load.ts';
import { startService } from '../../../src/app/wiring.ts';
import { wallClock } from '../../../src/lib/clock.ts';
import { communityOf } from '../community.ts';

/** Enrols a community in the data folder of a configuration, through the service itself, and ends. */
const [dir = '', homes = '0', gateways = '0', directs = '0'] = process.argv.slice(2);
const parts = await loadParts({ dir, env: process.env });
if (!parts.ok) throw new Error(problemText(parts.error));
const running = await startService({
  parts: parts.value,
  clock: wallClock(),
  logger: pino({ level: 'error' }, pino.destination(2)),
  env: process.env,
  print: () => undefined,
  seed: communityOf({
    homes: Number(homes),
    gateways: Number(gateways),
    directs: Number(directs),
    now: Date.now(),
  }),
  version: 'bench',
});
await running.stop();
process.send?.({ homes: running.core.registry.counts.homes });
process.disconnect?.();

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { makeCommunity } from '../../simulators/community.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { type TestService, testService } from '../service.ts';
import { FleetProcess } from './fleet.ts';
import { HeldClock } from './held-clock.ts';

const CONFIG = join(import.meta.dirname, '../../config');

/** As many as the homes send in five minutes: so late, at worst, is a message by the clock of the service. */
const IN_FLIGHT_MIN = 50;
/** More happens on this day than on others: each kind so often a year and home that a small fleet has some of it. */
const INCIDENTS =
  'default,sos=8,fall=8,collapse=4,leak=4,blood-pressure-crisis=4,gas-leak=0,gateway-dead=10,meter-dead=4';

export interface SoakOptions {
  readonly seed: string;
  readonly homes: number;
  readonly start: number;
  readonly until: number;
  readonly speed: number;
  readonly pauses: readonly number[];
}

export interface SoakedService extends TestService {
  readonly clock: HeldClock;
  readonly fleet: FleetProcess;
  /** Sums of what the service tells Prometheus, by name with the labels of each. */
  figures(): Promise<ReadonlyMap<string, number>>;
}

/** The whole service as the product configures it, its own broker, and a fleet that speaks over it. */
export async function soakedService(options: SoakOptions): Promise<SoakedService> {
  const { seed, homes, start, until, speed, pauses } = options;
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-soak-'));
  const clock = HeldClock.at(join(dir, 'clock'), start, speed);
  const community = makeCommunity({ seed, homes, start, hash: hashSecret });
  const connections = community.secrets.size;
  expectFiles(connections);
  const service = await testService({
    entries: community.entries,
    clock,
    notify: parse(await readFile(join(CONFIG, 'demo/notify.yaml'), 'utf8')),
    channels: parse(await readFile(join(CONFIG, 'channels.yaml'), 'utf8')).channels,
    service: {
      limits: { connectionsPerAddressMax: Math.max(LIMITS.connectionsPerAddressMax, connections + 10) },
    },
  });
  const simulation = { seed, homes, start, until, incidents: INCIDENTS };
  const inFlightMax = Math.max(IN_FLIGHT_MIN, homes / 2);
  const fleet = new FleetProcess({
    simulation,
    url: service.mqttUrl,
    clockFile: clock.file,
    speed,
    inFlightMax,
    pauses,
  });
  return {
    ...service,
    clock,
    fleet,
    figures: () => figuresOf(service.url),
    async stop() {
      await fleet.stop();
      await service.stop();
      clock.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** The fleet has the other ends, in a process of its own. @throws when the system gives a process fewer files. */
function expectFiles(sockets: number): void {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const most = Number(report.userLimits?.open_files?.soft ?? Number.POSITIVE_INFINITY);
  const wanted = sockets + 500;
  if (most < wanted)
    throw new Error(`this size wants ${wanted} open files, the system gives ${most}: ulimit -n ${wanted}`);
}

async function figuresOf(url: string): Promise<ReadonlyMap<string, number>> {
  const figures = new Map<string, number>();
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const match = /^(\w+(?:\{.*\})?) ([\d.e+-]+)$/.exec(line);
    if (match?.[1]) figures.set(match[1], Number(match[2]));
  }
  return figures;
}

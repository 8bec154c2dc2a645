import type { z } from 'zod';
import { visitAll } from '../../lib/unhurried.ts';
import type { Service } from '../../ports/service.ts';
import { isCovered, isEverywhere } from '../access.ts';
import { type outsideStatusSchema, type StatusReply, shownUntold, statusSchema } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';

export default defineRoutes({
  noun: 'status',
  summary: 'How the service and what it watches are doing',
  routes: [
    route({
      method: 'GET',
      path: '/status',
      needs: 'viewer',
      title: 'Counts of what the caller may see, and the state of broker and stream',
      reply: statusSchema,
      handle: async ({ service, visible, stream, wall }) => {
        const [tally, counts, rejections] = await Promise.all([
          tallyOf(service, visible, wall.now()),
          service.records.counts(visible),
          service.records.rejectionCounts(),
        ]);
        return {
          version: service.version,
          clock: { now: service.clock.now(), speed: service.clock.speed },
          ...tally,
          openCases: counts.openCases,
          awaitingCallBack: counts.awaitingCallBack,
          openAlerts: counts.openAlerts,
          rejections: rejections.reduce((sum, { count }) => sum + count, 0),
          notices: counts.notices,
          channels: service.channels(),
          broker: service.brokerStats(),
          rosters: rosterTally(service),
          untold: shownUntold(service.untold((path) => isCovered(visible, path))),
          stream: { readers: stream.readers, dropped: stream.dropped },
          ...outsideOf(service),
        };
      },
    }),
  ],
});

/** Of all rosters: who is missing from one is missed by whoever it would have helped. */
function rosterTally({ rosters, clock }: Service): StatusReply['rosters'] {
  const { gaps, faults } = rosters.report;
  const now = clock.now();
  const emptyNow = gaps.filter(({ from, until }) => from <= now && now < until);
  return {
    count: rosters.all.length,
    gaps: gaps.filter(({ until }) => until > now).length,
    faults: faults.length,
    emptyNow: new Set(emptyNow.map(({ roster }) => roster)).size,
  };
}

/** An instant that stands for always is none that JSON knows. */
function outsideOf({ telemetry }: Service): { outside?: z.output<typeof outsideStatusSchema> } {
  const status = telemetry.outside?.();
  if (!status) return {};
  const { localFrom, perSecond, ...rest } = status;
  const since = Number.isFinite(localFrom) ? { localFrom } : {};
  return { outside: { ...rest, perSecond: Math.round(perSecond), ...since } };
}

interface Tally {
  readonly homes: number;
  readonly devices: number;
  readonly gateways: number;
  readonly silentDevices: number;
}

/** Every open console asks for the status: one walk over all devices serves all that ask in this time. */
const TALLY_KEPT_MS = 3_000;
/** Sets of nodes for which a tally is remembered. */
const TALLIES_MAX = 200;

const kept = new WeakMap<Service, Map<string, { at: number; tally: Promise<Tally> }>>();

/** How many of what the caller may see; a few seconds old at most. */
function tallyOf(service: Service, visible: readonly string[], now: number): Promise<Tally> {
  const tallies = kept.get(service) ?? new Map();
  kept.set(service, tallies);
  const key = JSON.stringify(visible);
  const known = tallies.get(key);
  if (known && now - known.at < TALLY_KEPT_MS) return known.tally;
  if (tallies.size >= TALLIES_MAX) tallies.clear();
  const tally = count(service, visible);
  tallies.set(key, { at: now, tally });
  tally.catch(() => tallies.delete(key));
  return tally;
}

async function count(service: Service, visible: readonly string[]): Promise<Tally> {
  const { registry } = service;
  const all = isEverywhere(visible);
  let [homes, devices, gateways, silentDevices] = [0, 0, 0, 0];
  const sees = (home: string) => all || isCovered(visible, registry.homePath(home) ?? home);
  await visitAll(registry.allDevices(), ({ id, home }) => {
    if (!sees(home)) return;
    devices++;
    if (service.isSilent(id)) silentDevices++;
  });
  if (all) return { ...registry.counts, silentDevices };
  await visitAll(registry.homes(), ({ id }) => {
    if (sees(id)) homes++;
  });
  for (const { parent } of registry.gateways()) if (isCovered(visible, parent)) gateways++;
  return { homes, devices, gateways, silentDevices };
}

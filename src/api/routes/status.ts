import { covers } from '../../model/registry.ts';
import type { RegistryView, Service } from '../../ports/service.ts';
import { isCovered, isEverywhere } from '../access.ts';
import { statusSchema } from '../replies.ts';
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
      handle: async ({ service, visible, stream }) => {
        const [counts, rejections] = await Promise.all([
          service.records.counts(visible),
          service.records.rejectionCounts(),
        ]);
        return {
          version: service.version,
          clock: { now: service.clock.now(), speed: service.clock.speed },
          ...enrolled(service.registry, visible),
          silentDevices: silentDevices(service, visible),
          openCases: counts.openCases,
          openAlerts: counts.openAlerts,
          rejections: rejections.reduce((sum, { count }) => sum + count, 0),
          notices: counts.notices,
          broker: service.brokerStats(),
          stream: { readers: stream.readers, dropped: stream.dropped },
        };
      },
    }),
  ],
});

function enrolled(
  registry: RegistryView,
  visible: readonly string[],
): { homes: number; devices: number; gateways: number } {
  if (isEverywhere(visible)) return registry.counts;
  let [homes, devices, gateways] = [0, 0, 0];
  for (const { id } of registry.homes()) {
    const path = registry.homePath(id);
    if (path === undefined || !isCovered(visible, path)) continue;
    homes++;
    devices += registry.devices(id).length;
  }
  for (const { parent } of registry.gateways()) if (isCovered(visible, parent)) gateways++;
  return { homes, devices, gateways };
}

function silentDevices(service: Service, visible: readonly string[]): number {
  const { registry } = service;
  const all = visible.some((node) => covers(node, ''));
  let silent = 0;
  for (const { id, home } of registry.allDevices())
    if (service.deviceStatus(id)?.silent && (all || isCovered(visible, registry.homePath(home) ?? home)))
      silent++;
  return silent;
}

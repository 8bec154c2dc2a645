import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { HistoryAway } from '../../ports/telemetry.ts';
import { isCovered } from '../access.ts';
import { fhirBundle, PERSONAL_METRICS } from '../fhir-bundle.ts';
import { lacksBefore } from '../known-history.ts';
import { refuse } from '../problem.ts';
import { instant } from '../query.ts';
import { defineRoutes, route } from '../route.ts';
import { visibleDevice } from '../views.ts';

const DAY_MS = 86_400_000;

export default defineRoutes({
  noun: 'fhir',
  summary: 'Readings as FHIR R4 Observations, for a clinic or a health record',
  routes: [
    route({
      method: 'GET',
      path: '/fhir/Observation',
      needs: 'responder',
      title: 'What a device measured of its wearer, as a Bundle of FHIR R4 Observations',
      description:
        'Blood pressure as the panel 85354-9, heart rate, oxygen saturation, temperatures, respiration and steps, with LOINC and UCUM codes. The last 24 hours if no period is given; `to` is not included; of a device that was in another home before, nothing of that time. `Patient/` and `Device/` are ids of this service.',
      query: z.strictObject({
        device: z.string().min(1).max(200),
        from: instant.exactOptional(),
        to: instant.exactOptional(),
        limit: z.coerce.number().int().min(1).max(LIMITS.pointsPerAnswerMax).default(10_000).meta({
          description: 'points of each metric, the oldest first',
        }),
      }),
      answers: ['application/fhir+json'],
      reply: z.looseObject({ resourceType: z.literal('Bundle') }),
      handle: async ({ service, visible, nodes, reply, query: { device: id, limit, ...period } }) => {
        const found = visibleDevice(service.registry, visible, id);
        if (!found) return refuse('DEVICE_NOT_FOUND');
        if (!isCovered(nodes, found.path))
          return refuse('NOT_ALLOWED', { role: 'responder', node: found.path });
        const to = period.to ?? service.clock.now() + 1;
        const { model, home, resident, homeSince = Number.NEGATIVE_INFINITY } = found.device;
        // What it measured in the home where it was before is of nobody who lives here.
        const from = Math.max(period.from ?? to - DAY_MS, homeSince);
        const metrics = service.model(model)?.metrics ?? [];
        const asked = Promise.all(
          PERSONAL_METRICS.filter((metric) => metrics.includes(metric)).map(async (metric) => {
            const points = await service.telemetry.range({ device: id, metric, from, to, limit });
            return points.map((point) => ({ metric, ...point }));
          }),
        );
        // A bundle has no words for what is missing from it.
        const localFrom = lacksBefore(service.telemetry);
        if (from < localFrom) return refuse('READINGS_AWAY', { from: localFrom });
        const readings = await asked.catch((error: unknown) => {
          if (error instanceof HistoryAway) return error;
          throw error;
        });
        if (readings instanceof HistoryAway) return refuse('READINGS_AWAY', { from: readings.from });
        const people = service.registry.residents(home);
        // Of two people in a home nobody knows whose it is, unless the registry says so.
        const wearer = resident ?? (people.length === 1 ? people[0]?.id : undefined);
        reply.type('application/fhir+json; charset=utf-8');
        return {
          ...fhirBundle({ device: id, model, resident: wearer }, readings.flat()),
          resourceType: 'Bundle' as const,
        };
      },
    }),
  ],
});

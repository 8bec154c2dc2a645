import type { MetricName } from '../../model/metrics.ts';
import { DESCRIBED_METRICS } from '../home/described.ts';
import { unitsOf } from '../home/homie.ts';
import { guessedMetric, type Property } from '../home/properties.ts';
import { isObject, jsonOf, type Proposal, placeIn, textIn } from './proposal.ts';

/** `homie/5/<device>/$description`: one device, with all of its properties. */
export function announced(topic: string, payload: Uint8Array): readonly Proposal[] {
  const device = /^homie\/5\/([^/]+)\/\$description$/.exec(topic)?.[1];
  const json = device === undefined ? undefined : jsonOf(payload);
  if (device === undefined || !isObject(json)) return [];
  const properties = Object.entries(unitsOf(json)).map(([path, unit]) => ({ path, unit }));
  if (properties.length === 0) return [];
  const name = textIn(json, 'name') ?? device;
  return [
    {
      address: `topic:homie/${device}`.toLowerCase(),
      model: 'homie',
      name,
      ...understood(properties),
      ...placeIn(name),
    },
  ];
}

/** What was understood of the properties of a device, written down as settings: the first of each metric. */
export function understood(properties: readonly Property[]): Pick<Proposal, 'metrics' | 'settings'> {
  const settings: Partial<Record<MetricName, string>> = {};
  for (const property of properties) {
    const metric = guessedMetric(property);
    const isKept = metric !== undefined && (DESCRIBED_METRICS as readonly MetricName[]).includes(metric);
    if (isKept && property.path.length <= 200) settings[metric] ??= property.path;
  }
  const metrics = Object.keys(settings) as MetricName[];
  return metrics.length === 0 ? { metrics } : { metrics, settings };
}

import type { EventName, MetricName } from '../../model/metrics.ts';
import { type Fields, isObject, jsonOf, PROPOSALS_MAX, type Proposal, placeIn, textIn } from './proposal.ts';

/** What an exposed property means to us. */
const METRIC_OF: Readonly<Record<string, MetricName>> = {
  battery: 'battery_pct',
  water_leak: 'water_leak_bool',
  contact: 'door_open_bool',
  occupancy: 'motion_bool',
  presence: 'motion_bool',
  temperature: 'ambient_temperature_c',
  humidity: 'humidity_pct',
  power: 'power_w',
  energy: 'energy_index_kwh',
};
const EVENT_OF: Readonly<Record<string, EventName>> = {
  water_leak: 'leak',
  smoke: 'smoke',
  gas: 'gas',
  carbon_monoxide: 'carbon_monoxide',
  action: 'sos',
  tamper: 'tamper',
  battery_low: 'low_battery',
};

/** The uses that have a model of their own. */
const MODEL_OF: Readonly<Record<string, string>> = {
  water_leak: 'zigbee-leak',
  action: 'zigbee-button',
  contact: 'zigbee-contact',
  occupancy: 'zigbee-motion',
  presence: 'zigbee-motion',
  smoke: 'zigbee-smoke',
  gas: 'zigbee-smoke',
  carbon_monoxide: 'zigbee-smoke',
};

/** `<base>/bridge/devices`, retained: all devices of the bridge, with what they expose. */
export function announced(topic: string, payload: Uint8Array): readonly Proposal[] {
  const base = /^(zigbee2mqtt(?:\/.+)?)\/bridge\/devices$/.exec(topic)?.[1];
  const list = base === undefined ? undefined : jsonOf(payload);
  if (base === undefined || !Array.isArray(list)) return [];
  return list
    .filter(isObject)
    .filter(({ type, disabled }) => type !== 'Coordinator' && disabled !== true)
    .slice(0, PROPOSALS_MAX)
    .flatMap((device) => proposalOf(base, device));
}

function proposalOf(base: string, device: Fields): readonly Proposal[] {
  const name = textIn(device, 'friendly_name', 'ieee_address');
  if (name === undefined) return [];
  const { definition } = device;
  const exposes = isObject(definition) && Array.isArray(definition['exposes']) ? definition['exposes'] : [];
  const properties = [...new Set(exposes.flatMap(propertiesOf))];
  const model = modelFor(properties);
  const known = /^0x[0-9a-f]{16}$/i.test(name) ? `ieee:${name}` : `topic:${base}/${name}`;
  return [
    {
      address: known.toLowerCase(),
      ...(model === undefined ? {} : { model }),
      name,
      metrics: unique(properties, METRIC_OF),
      events: unique(properties, EVENT_OF),
      ...placeIn(name),
    },
  ];
}

/** Names of what is exposed; a lock or a light holds its own in `features`. */
function propertiesOf(expose: unknown): readonly string[] {
  if (!isObject(expose)) return [];
  const { property, features } = expose;
  const own = typeof property === 'string' ? [property] : [];
  return Array.isArray(features) ? [...own, ...features.flatMap(propertiesOf)] : own;
}

function modelFor(properties: readonly string[]): string | undefined {
  const uses = [...new Set(properties.map((name) => MODEL_OF[name]).filter((model) => model !== undefined))];
  if (uses.length === 1) return uses[0];
  if (uses.length > 1) return 'zigbee2mqtt';
  if (properties.includes('power') || properties.includes('energy')) return 'zigbee2mqtt';
  return properties.includes('temperature') ? 'zigbee-climate' : undefined;
}

const unique = <T>(properties: readonly string[], table: Readonly<Record<string, T>>): readonly T[] => [
  ...new Set(properties.filter((name) => Object.hasOwn(table, name)).map((name) => table[name] as T)),
];

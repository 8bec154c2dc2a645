import type { EventName, MetricName } from '../../model/metrics.ts';
import { type Fields, isObject, jsonOf, PROPOSALS_MAX, type Proposal, placeIn, textIn } from './proposal.ts';

/** Device classes of sensors and binary sensors that mean something to us. */
const METRIC_OF: Readonly<Record<string, MetricName>> = {
  battery: 'battery_pct',
  temperature: 'ambient_temperature_c',
  humidity: 'humidity_pct',
  water: 'water_index_m3',
  energy: 'energy_index_kwh',
  power: 'power_w',
  signal_strength: 'signal_dbm',
  moisture: 'water_leak_bool',
  motion: 'motion_bool',
  occupancy: 'motion_bool',
  presence: 'motion_bool',
  door: 'door_open_bool',
  window: 'door_open_bool',
  opening: 'door_open_bool',
};
const EVENT_OF: Readonly<Record<string, EventName>> = {
  moisture: 'leak',
  smoke: 'smoke',
  gas: 'gas',
  carbon_monoxide: 'carbon_monoxide',
  tamper: 'tamper',
};

/** Whose topics have a model here, and which it is where only one comes into question. */
const MODEL_OF: readonly (readonly [RegExp, string | undefined])[] = [
  [/^zigbee2mqtt\//, undefined],
  [/^homie\//, 'homie'],
  [/^tele\/|^stat\//, 'tasmota'],
  [/^wmbusmeters\//, 'wmbusmeters'],
];

/**
 * `homeassistant/<component>/[<node>/]<object>/config`, one entity a message, or `homeassistant/device/<object>/config`
 * with all components of a device; names may be abbreviated, and `~` stands for the base of topics.
 */
export function announced(topic: string, payload: Uint8Array): readonly Proposal[] {
  const component = /^homeassistant\/([^/]+)\/(?:[^/]+\/){1,2}config$/.exec(topic)?.[1];
  const json = component === undefined ? undefined : jsonOf(payload);
  if (component === undefined || !isObject(json)) return [];
  const parts = json['cmps'] ?? json['components'];
  if (component !== 'device') return proposalOf(component, json, json);
  if (!isObject(parts)) return [];
  const all = Object.values(parts).filter(isObject).slice(0, PROPOSALS_MAX);
  return merged(
    all.flatMap((part) => proposalOf(textIn(part, 'p', 'platform') ?? '', { ...json, ...part }, json)),
  );
}

function proposalOf(component: string, entity: Fields, whole: Fields): readonly Proposal[] {
  if (component !== 'sensor' && component !== 'binary_sensor') return [];
  const base = textIn(entity, '~') ?? '';
  const state = textIn(entity, 'stat_t', 'state_topic')?.replace(/^~|~$/, base);
  const kind = textIn(entity, 'dev_cla', 'device_class');
  if (state === undefined || kind === undefined) return [];
  // A binary sensor of the class battery says that it is low, not how full it is.
  const isLow = component === 'binary_sensor' && kind === 'battery';
  const metric = isLow || !Object.hasOwn(METRIC_OF, kind) ? undefined : METRIC_OF[kind];
  const event = isLow ? 'low_battery' : Object.hasOwn(EVENT_OF, kind) ? EVENT_OF[kind] : undefined;
  if (metric === undefined && event === undefined) return [];
  const device = [whole['dev'], whole['device']].find(isObject) ?? {};
  const name = textIn(device, 'name') ?? textIn(entity, 'name') ?? state;
  const model = MODEL_OF.find(([pattern]) => pattern.test(state))?.[1];
  return [
    {
      address: addressOf(state),
      ...(model === undefined ? {} : { model }),
      name,
      metrics: metric === undefined ? [] : [metric],
      ...(event === undefined ? {} : { events: [event] }),
      ...placeIn(name),
    },
  ];
}

/** As the envelope of that source calls it; of an unknown one, by the topic of its state. */
function addressOf(state: string): string {
  const [first, second = '', third = ''] = state.split('/');
  if (first === 'tele' || first === 'stat') return `topic:tasmota/${second}`.toLowerCase();
  if (first === 'homie') return `topic:homie/${/^\d+$/.test(second) ? third : second}`.toLowerCase();
  return `topic:${state}`.toLowerCase();
}

/** Entities of one device are one proposal. */
function merged(all: readonly Proposal[]): readonly Proposal[] {
  const byAddress = new Map<string, Proposal>();
  for (const one of all) {
    const known = byAddress.get(one.address);
    const events = [...new Set([...(known?.events ?? []), ...(one.events ?? [])])];
    byAddress.set(one.address, {
      ...one,
      ...known,
      metrics: [...new Set([...(known?.metrics ?? []), ...one.metrics])],
      ...(events.length > 0 ? { events } : {}),
    });
  }
  return [...byAddress.values()];
}

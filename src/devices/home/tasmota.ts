import { parseRfc3339 } from '../../lib/rfc3339.ts';
import type { MetricName } from '../../model/metrics.ts';
import { strictNumber } from '../strict-number.ts';
import type { Take } from '../take.ts';
import { DESCRIBED_METRICS, takeProperty } from './described.ts';
import { objectOf, truthOf } from './words.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Its own chip is warm, whatever the room is. */
const NOT_THE_ROOM = ['ESP32', 'ESP8266'];

/**
 * What Tasmota publishes by itself (`tele/…/SENSOR`, `tele/…/STATE`) and answers (`stat/…/STATUS10`, `stat/…/RESULT`).
 * Temperatures are in the unit that `TempUnit` says, times are local unless they have an offset.
 *
 * @see https://tasmota.github.io/docs/MQTT/
 */
export function takeTasmota(payload: Uint8Array, take: Take): void {
  const kind = take.context.topic?.split('/').at(-1) ?? 'SENSOR';
  const plain = /^(SWITCH|BUTTON)\d*$/i.test(kind) ? plainAction(kind, payload) : undefined;
  const json = plain ?? objectOf(payload, take);
  const inner = [json['StatusSNS'], json['StatusSTS']].find(isObject) ?? json;
  const at = timeOf(inner['Time'], take);
  const wifi = inner['Wifi'];
  if (isObject(wifi)) take.reading('signal_dbm', strictNumber(wifi['Signal']), at);
  takeSensors(inner, at, take);
  takeSwitches(inner, at, take);
}

/** `stat/…/SWITCH1 ON` says the same as a result with an action. */
function plainAction(kind: string, payload: Uint8Array): Fields | undefined {
  const text = Buffer.from(payload).toString('utf8').trim();
  if (text.startsWith('{')) return undefined;
  const name = kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();
  return { [name]: { Action: text } };
}

function timeOf(time: unknown, take: Take): number {
  if (typeof time !== 'string') return take.at;
  const local = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(time);
  if (!local) {
    const at = parseRfc3339(time);
    return at === undefined ? take.at : take.deviceTime(at);
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local.slice(1).map(Number);
  return take.localTime(year, month, day, hour, minute, second);
}

function takeSensors(fields: Fields, at: number, take: Take): void {
  const { settings = {} } = take.context;
  const mapped = DESCRIBED_METRICS.some((metric) => settings[metric] !== undefined);
  const seen = new Set<MetricName>();
  // Of two thermometers the first is taken, unless settings name another.
  const reading = (metric: MetricName, value: unknown, scale = 1): void => {
    const number = strictNumber(value);
    if (number === undefined || seen.has(metric)) return;
    seen.add(metric);
    take.reading(metric, number * scale, at);
  };
  for (const [sensor, values] of Object.entries(fields)) {
    if (!isObject(values) || NOT_THE_ROOM.includes(sensor)) continue;
    const unit = fields['TempUnit'];
    if (sensor === 'COUNTER') takeCounter(values, take, reading);
    if (mapped)
      for (const [name, value] of Object.entries(values)) {
        const celsius = /temperature$/i.test(name) && typeof unit === 'string' ? { unit } : {};
        takeProperty(take, { path: `${sensor}/${name}`, ...celsius, value, at, described: false });
      }
    else {
      const temperature = strictNumber(values['Temperature']);
      if (temperature !== undefined)
        reading('ambient_temperature_c', unit === 'F' ? ((temperature - 32) * 5) / 9 : temperature);
      reading('humidity_pct', values['Humidity']);
      if (sensor === 'ENERGY') {
        reading('energy_index_kwh', values['Total']);
        reading('power_w', values['Power']);
      }
    }
  }
}

/** Pulses are litres only where somebody said how many. */
function takeCounter(
  values: Fields,
  { context: { settings } }: Take,
  reading: (metric: MetricName, value: unknown, scale?: number) => void,
): void {
  const count = values[String(settings?.['counter'] ?? 'C1')];
  const litres = strictNumber(settings?.['litres_per_pulse']);
  if (litres === undefined) reading('pulse_count', count);
  else reading('water_index_m3', count, litres / 1000);
}

/** A switch input is what somebody wired to it: settings say what. Its state is told with all others, its change alone. */
function takeSwitches(fields: Fields, at: number, take: Take): void {
  const { settings = {} } = take.context;
  for (const [name, said] of Object.entries(fields)) {
    const action = isObject(said) ? said['Action'] : undefined;
    if (/^Button\d*$/.test(name) && settings['button'] === 'sos' && action !== undefined)
      take.event('sos', at);
    if (!/^Switch1?$/.test(name)) continue;
    const on = truthOf(action ?? said);
    if (on === undefined) continue;
    if (settings['switch'] === 'door') take.reading('door_open_bool', on, at);
    if (settings['switch'] === 'motion') take.reading('motion_bool', on, at);
    if (settings['switch'] === 'leak') {
      take.reading('water_leak_bool', on, at);
      take.flag('leak', on, at);
    }
    if (settings['switch'] === 'sos' && action !== undefined && on) take.event('sos', at);
  }
}

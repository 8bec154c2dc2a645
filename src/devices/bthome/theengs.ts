import type { MetricName } from '../../model/metrics.ts';
import type { Take } from '../take.ts';

/** Properties of the Theengs decoder, as OpenMQTTGateway publishes them where it does not pass the bytes on. */
const READINGS: Readonly<Record<string, MetricName>> = {
  batt: 'battery_pct',
  volt: 'battery_v',
  tempc: 'ambient_temperature_c',
  hum: 'humidity_pct',
  open: 'door_open_bool',
  motion: 'motion_bool',
  rssi: 'signal_dbm',
};

/** What a gateway itself has made of an advertisement. Numbers and truth values only: a word is no reading. */
export function takeTheengs(payload: Uint8Array, take: Take): void {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    take.refuse('malformed-json', (error as Error).message);
  }
  if (typeof json !== 'object' || json === null) take.refuse('malformed-payload', 'expected an object');
  const fields = json as Readonly<Record<string, unknown>>;
  for (const [name, metric] of Object.entries(READINGS)) {
    const value = fields[name];
    if (typeof value === 'number' || typeof value === 'boolean') take.reading(metric, value);
    else if (value !== undefined)
      take.reject('not-a-number', `${name}: ${JSON.stringify(value).slice(0, 60)}`);
  }
  const { button } = fields;
  // 0: not pressed. Whatever else it says, somebody pressed it.
  if (button !== undefined && button !== 0 && take.context.settings?.['button'] !== 'ignore')
    take.event('sos');
}

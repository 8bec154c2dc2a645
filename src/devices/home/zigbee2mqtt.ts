import { parseRfc3339 } from '../../lib/rfc3339.ts';
import type { Decode } from '../define.ts';
import { strictNumber } from '../strict-number.ts';
import { decoderOf, type Take } from '../take.ts';
import { HomeTake, objectOf, type Tells, truthOf } from './words.ts';

/** Words of buttons, pendants and keypads that call for help, whoever sends them. */
const HELP = /(^|_)(emergency|sos|panic)($|_)/i;
/** The same as a state. */
const HELP_STATES = ['sos', 'emergency', 'panic'];
/** The end of a press, and what keypads, dials and remote controls say: no press of an alarm button. */
const NO_PRESS =
  /(^|_)(release|released|arm|disarm|disarmed|zones|delay|code|ready|rotate|dial|brightness|color|recall|store|scene|shake|slide|unknown)($|_)/i;

/**
 * What Zigbee2MQTT publishes of a device: all that it knows of it, new or not, in one object. Null is not known, an
 * absent name says nothing. An empty `action` follows a press to clear it for Home Assistant: it ends nothing here.
 *
 * @param tells what the model of the device tells
 * @param presses whether any press of this device is a call for help, and not only one that says so
 */
export function zigbeeDecoder(tells: Tells, presses = false): Decode {
  return decoderOf((payload, take) => {
    const fields = objectOf(payload, take);
    const home = new HomeTake(take, tells);
    home.at = seenAt(fields['last_seen'], take);
    takeMeasured(fields, home);
    takeStates(fields, home);
    takeAction(fields, home, presses);
  });
}

/** When the device last spoke, if the bridge was told to say so; it also says an old state again when it starts. */
function seenAt(seen: unknown, take: Take): number {
  const at = typeof seen === 'string' ? parseRfc3339(seen) : seen;
  return typeof at === 'number' ? take.deviceTime(at) : take.at;
}

type Fields = Readonly<Record<string, unknown>>;

function takeMeasured(fields: Fields, home: HomeTake): void {
  home.measured('battery_pct', fields['battery']);
  // Millivolts of a battery; of a plug that has none these are volts of the mains.
  const voltage = strictNumber(fields['voltage']);
  if (voltage !== undefined && voltage > 100 && fields['battery'] !== undefined)
    home.measured('battery_v', voltage, 0.001);
  home.measured('ambient_temperature_c', fields['temperature']);
  home.measured('humidity_pct', fields['humidity']);
  home.measured('power_w', fields['power']);
  home.measured('energy_index_kwh', fields['energy']);
}

function takeStates(fields: Fields, home: HomeTake): void {
  // `contact` is that of magnet and switch: true is closed.
  home.state('door_open_bool', fields['contact'], true);
  home.state('motion_bool', fields['occupancy'] ?? fields['presence']);
  home.state('water_leak_bool', fields['water_leak']);
  home.flag('leak', fields['water_leak']);
  home.flag('smoke', fields['smoke']);
  home.flag('gas', fields['gas']);
  home.flag('carbon_monoxide', fields['carbon_monoxide']);
  home.flag('tamper', fields['tamper']);
  home.flag('low_battery', fields['battery_low']);
  if (truthOf(fields['test']) === true) home.happened('alarm_test');
}

function takeAction(fields: Fields, home: HomeTake, presses: boolean): void {
  const { action } = fields;
  const said = typeof action === 'string' ? action.trim() : '';
  const pressed = HELP.test(said) || (presses && said !== '' && !NO_PRESS.test(said));
  if (pressed || HELP_STATES.some((name) => truthOf(fields[name]) === true)) help(home);
}

/** What a broker had kept was pressed long ago, and told then. */
function help(home: HomeTake): void {
  if (home.take.context.retained) home.take.reject('retained', 'a press that the broker had kept');
  else home.happened('sos');
}

import { defineDevice } from '../src/devices/define.ts';
import { type JsonObject, jsonObject, numberIn, textIn } from '../src/devices/json-object.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { takeAlarmWords, WORD_FLAGS } from '../src/devices/wmbus/alarm-words.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';
import { clearedName } from '../src/model/metrics.ts';

/** Names under which its 47 drivers of water meters give the same thing; the first that is there counts. */
const TOTAL = ['total_m3', 'total_volume_m3'];
const REVERSE = ['total_backward_m3', 'total_backwards_m3', 'total_backward_flow_m3', 'backflow_m3'];
const FLOW = ['flow_m3h', 'volume_flow_m3h', 'current_flow_m3h'];
const WATER_TEMPERATURE = ['flow_temperature_c', 'water_temperature_c', 'temperature_c', 'flow_temperature'];
const AMBIENT_TEMPERATURE = ['external_temperature_c', 'ambient_temperature_c', 'external_temperature'];
const BATTERY_V = ['battery_v', 'voltage_v', 'battery_voltage_v'];
const METER_TIME = ['meter_datetime', 'meter_timestamp', 'device_datetime', 'device_date_time'];
const STATUS = ['status', 'current_status', 'current_alarms'];

/** How drivers write "no sensor" and "not measured". */
const NO_TEMPERATURE = [-100, 127, -127, -128, 127.99, 327.67, -327.68];
/** All ones in four bytes, read as signed. */
const NO_VOLUME = -0.001;

/** Media of OMS whose volume is drinking water, or that a radio module gives in place of its meter's. */
const IS_WATER = /^(?:(?:cold|warm|hot|hot\/cold|cold\/hot|drinking) )?water$/;
const IS_MODULE = /^(?:other|unknown|reserved|bus\/system component|radio converter.*|wired adapter)$/;

const events = [...WORD_FLAGS, ...WORD_FLAGS.map(clearedName)];

/**
 * When it was measured: by the clock of the gateway; where that says nothing, by the meter's own, which tells local time.
 * Some drivers say how many seconds old the value was.
 */
function measuredAt(fields: JsonObject, take: Take): number {
  const age = numberIn(fields, ['actuality_duration_s'], take) ?? 0;
  const sent = take.context.sentAt === undefined ? meterTime(fields, take) : take.at;
  return age > 0 && age * 1000 < DAY ? sent - age * 1000 : sent;
}

function meterTime(fields: JsonObject, take: Take): number {
  const text = METER_TIME.map((name) => textIn(fields, name)).find(Boolean);
  const match = LOCAL_TIME.exec(text ?? '');
  return match ? localTime(match, take) : take.at;
}

const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/;

function localTime(match: RegExpExecArray, take: Take): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return take.localTime(year, month, day, hour, minute, second);
}

function takeVolume(
  fields: JsonObject,
  metric: 'water_index_m3' | 'water_reverse_m3',
  take: Take,
  at: number,
): void {
  const volume = numberIn(fields, metric === 'water_index_m3' ? TOTAL : REVERSE, take);
  if (volume !== NO_VOLUME) take.reading(metric, volume, at);
}

function takeTemperature(
  fields: JsonObject,
  metric: 'water_temperature_c' | 'ambient_temperature_c',
  take: Take,
  at: number,
): void {
  const names = metric === 'water_temperature_c' ? WATER_TEMPERATURE : AMBIENT_TEMPERATURE;
  const celsius = numberIn(fields, names, take);
  if (celsius !== undefined && !NO_TEMPERATURE.includes(celsius)) take.reading(metric, celsius, at);
}

/**
 * Totals of the past, in the telegram beside that of now: by the names that the drivers give them. Where a time of day
 * stands with it (`target_datetime`), it is a reading; a day alone is none: with some meters it is the day that ended,
 * with others the one that began.
 */
const PAST =
  /^(?:consumption_at_|total_)?(target|historic|history_\d+|set|due|at|what|last_month)(?:_date|_total|_woot)?(_\d+)?_m3$/;

/** Others of the past, of which no driver gives more than a month or a day. */
const PAST_DAYS =
  /^(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)_total|consumption_(?:at_reporting_date|\d+_months_ago)|due_\d+_date)_m3$/i;

/**
 * The same total of the past comes with every telegram, for a month: it is taken, or refused by name, when it is new. What
 * the last telegram said of the past is kept with the device for that.
 */
function takePast(fields: JsonObject, take: Take): void {
  const past = Object.keys(fields).flatMap((name) => {
    const [match, of = '', number = ''] = PAST.exec(name) ?? [];
    const isDay = PAST_DAYS.test(name);
    const value = match === undefined && !isDay ? undefined : numberIn(fields, [name], take);
    if (value === undefined || value === NO_VOLUME) return [];
    if (isDay) return [{ name: name.replace(/_m3$/, ''), value, time: '' }];
    const time = textIn(fields, `${of}_datetime${number}`) ?? textIn(fields, `${of}_date${number}`) ?? '';
    return [{ name: of + number, value, time }];
  });
  if (past.length === 0) return;
  const said = past.map(({ name, value, time }) => `${name}=${value}@${time}`).join(' ');
  if (said === take.context.announced) return;
  take.announce(said);
  const without: string[] = [];
  for (const { name, value, time } of past) {
    const match = LOCAL_TIME.exec(time);
    if (match) take.reading('water_index_m3', value, localTime(match, take));
    else without.push(name);
  }
  if (without.length > 0)
    take.reject('no-instant', `totals of the past without a time of day: ${without.slice(0, 4).join(', ')}`);
}

function takeTelegram(fields: JsonObject, take: Take): void {
  const media = textIn(fields, 'media');
  if (media !== undefined && !IS_WATER.test(media) && !IS_MODULE.test(media))
    take.refuse('not-supported', `no water meter: ${media.slice(0, 60)}`);
  const at = measuredAt(fields, take);
  takeVolume(fields, 'water_index_m3', take, at);
  takeVolume(fields, 'water_reverse_m3', take, at);
  take.reading('flow_m3_h', numberIn(fields, FLOW, take), at);
  takeTemperature(fields, 'water_temperature_c', take, at);
  takeTemperature(fields, 'ambient_temperature_c', take, at);
  take.reading('battery_pct', numberIn(fields, ['battery_pct'], take), at);
  take.reading('battery_v', numberIn(fields, BATTERY_V, take), at);
  const dbm = numberIn(fields, ['rssi_dbm'], take);
  // Some receivers give a level above zero that is no dBm.
  if (dbm !== undefined && dbm < 0) take.reading('signal_dbm', dbm, at);
  const status = STATUS.map((name) => textIn(fields, name)).filter((text) => text !== undefined);
  if (status.length > 0) takeAlarmWords(take, status, at);
  takePast(fields, take);
}

export default defineDevice({
  model: 'wmbusmeters',
  title: { zh: '无线 M-Bus 水表（经 wmbusmeters）', en: 'Wireless M-Bus water meter, through wmbusmeters' },
  summary: {
    zh: 'wmbusmeters 解码后的 JSON（Diehl 的 hydrus、izar、izarv2，Itron 的 itron，Honeywell/Elster 的 ev200、emerlin868，Apator 的 apator162、apator172、apatorna1、aptmbusna 等驱动）：累计量、倒流量、流量、温度、电池与状态字。过去的累计量带时刻的（target_datetime 等）作为历史读数，只有日期的以 no-instant 拒收，每个新值一次。',
    en: 'The JSON of wmbusmeters, whose drivers know Diehl (hydrus, izar, izarv2), Itron (itron), Honeywell and Elster (ev200, emerlin868), Apator (apator162, apator172, apatorna1, aptmbusna) and forty more: index, reverse volume, flow, temperatures, battery and status words. Totals of the past that carry a time of day (target_datetime) are history; those with a day alone are refused as no-instant, once for each new one.',
  },
  connect: {
    zh: '用 wmbusmeters 信封；address 写 wmbus:加报文里的 id。加密表的密钥在 wmbusmeters 里配置。',
    en: 'In the wmbusmeters envelope; its address is wmbus: and the id. Keys of encrypted meters stand in the configuration of wmbusmeters.',
  },
  faults: [
    {
      zh: '密钥错误时 JSON 里没有 total_m3：不是零，拒收为 empty-message。',
      en: 'With a wrong key the JSON has no total_m3: that is not zero, and is refused as empty-message.',
    },
    {
      zh: '表内时钟（meter_datetime）多为全年标准时；采用网关的 timestamp（UTC）。',
      en: "The meter's own clock (meter_datetime) mostly keeps standard time all year; the gateway's `timestamp` in UTC counts.",
    },
    {
      zh: '有的驱动只给某几位状态命名，其余写作 ERROR_FLAGS_800：按一般报警处理并记下原词。',
      en: 'Some drivers name few bits of the status word and write the others as ERROR_FLAGS_800: a general alarm, and the word is kept.',
    },
  ],
  sources: [
    'https://github.com/wmbusmeters/wmbusmeters/tree/master/drivers/src',
    'https://oms-group.org/en/open-metering-system/oms-specification',
  ],
  topics: [],
  metrics: [
    'water_index_m3',
    'water_reverse_m3',
    'flow_m3_h',
    'water_temperature_c',
    'ambient_temperature_c',
    'battery_pct',
    'battery_v',
    'signal_dbm',
  ],
  events,
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  // Eight digits in litres.
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => takeTelegram(jsonObject(payload, take), take)),
  examples: [
    {
      name: 'an index with reverse volume, flow, temperature and battery',
      payload: {
        _: 'telegram',
        media: 'water',
        meter: 'q400',
        name: 'bath',
        id: '72727273',
        meter_datetime: '2026-03-01 16:01',
        total_m3: 8.704,
        total_backward_m3: 0,
        flow_temperature_c: 26.02,
        volume_flow_m3h: 0,
        status: 'OK',
        set_datetime: '2026-03-01 00:00',
        consumption_at_set_date_m3: 5,
        battery_pct: 98,
      },
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T08:01:20Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 8.704, at: '2026-03-01T08:01:00Z' },
          { metric: 'water_reverse_m3', value: 0, at: '2026-03-01T08:01:00Z' },
          { metric: 'flow_m3_h', value: 0, at: '2026-03-01T08:01:00Z' },
          { metric: 'water_temperature_c', value: 26.02, at: '2026-03-01T08:01:00Z' },
          { metric: 'battery_pct', value: 98, at: '2026-03-01T08:01:00Z' },
          { metric: 'water_index_m3', value: 5, at: '2026-02-28T16:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'two alarms in one word; 127 °C means no sensor; an instant of the past counts for nothing',
      payload: {
        media: 'cold water',
        meter: 'multical21',
        name: 'k',
        id: '76348799',
        total_m3: 6.408,
        target_m3: 6.377,
        flow_temperature_c: 127,
        external_temperature_c: 19,
        status: 'DRY LEAK',
        current_status: 'DRY',
        time_dry: '22-31 days',
        previous_alarms: 'burst',
        timestamp: '1111-11-11T11:11:11Z',
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 6.408, at: '2026-03-01T08:00:00Z' },
          { metric: 'ambient_temperature_c', value: 19, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['leak', 'dry'],
        rejections: ['no-instant'],
      },
    },
    {
      name: 'a total of the past alone, with a day and no time of day',
      payload: {
        media: 'warm water',
        meter: 'lse_07_17',
        id: '13963399',
        what_date_m3: 7,
        what_date: '2021-11-30',
      },
      source: 'https://github.com/wmbusmeters/wmbusmeters/blob/master/drivers/src/lse_07_17.xmq',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [], rejections: ['no-instant'] },
    },
    {
      name: 'the total of the end of the month, which says when it was',
      payload: {
        media: 'water',
        meter: 'hydrus',
        id: '64641820',
        total_m3: 296.789,
        target_m3: 294.128,
        target_datetime: '2026-02-28 23:59',
        status: 'OK',
        timestamp: '2026-03-01T08:00:00Z',
      },
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 296.789, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_index_m3', value: 294.128, at: '2026-02-28T15:59:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the same again: what was said of the past is known',
      payload: {
        media: 'water',
        id: '1',
        total_m3: 296.8,
        target_m3: 294.128,
        target_datetime: '2026-02-28 23:59',
      },
      announced: 'target=294.128@2026-02-28 23:59',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 296.8, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'totals of months, of which it does not even say the year; a reverse volume',
      payload: {
        media: 'water',
        meter: 'hydrodigit',
        id: '87654321',
        January_total_m3: 39.08,
        May_total_m3: 29.94,
        backflow_m3: 0.015,
        total_m3: 43.964,
        voltage_v: 3.7,
        timestamp: '2026-02-28T15:34:00Z',
      },
      source: 'https://github.com/wmbusmeters/wmbusmeters/tree/master/drivers/src',
      receivedAt: '2026-02-28T15:34:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 43.964, at: '2026-02-28T15:34:00Z' },
          { metric: 'water_reverse_m3', value: 0.015, at: '2026-02-28T15:34:00Z' },
          { metric: 'battery_v', value: 3.7, at: '2026-02-28T15:34:00Z' },
        ],
        rejections: ['no-instant'],
      },
    },
    {
      name: 'totals of days alone: with some meters the day that ended, with others the one that began',
      payload: {
        media: 'water',
        meter: 'evo868',
        id: '79787776',
        total_m3: 1.798,
        consumption_at_set_date_m3: 1.225,
        set_date: '2025-12-31',
        consumption_at_history_1_m3: 1.225,
        history_1_date: '2025-12-31',
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 1.798, at: '2026-03-01T08:00:00Z' }],
        rejections: ['no-instant'],
      },
    },
    {
      name: 'words that nobody explains are a general alarm, told by name',
      payload: {
        media: 'water',
        meter: 'izar',
        id: '21242472',
        total_m3: 3.488,
        current_alarms: 'meter_blocked,underflow',
        previous_alarms: 'leakage',
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 3.488, at: '2026-03-01T08:00:00Z' }],
        flags: ['no_flow', 'general_alarm'],
        rejections: ['unmapped-alarm'],
      },
    },
    {
      name: 'what was and is over raises nothing',
      payload: { media: 'water', meter: 'izarv2', id: '48500375', total_m3: 521.602, status: 'PREV_LEAKAGE' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 521.602, at: '2026-03-01T08:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'a value that was measured some minutes before it was sent',
      payload: {
        media: 'water',
        meter: 'gwfwater',
        id: '19680750',
        total_m3: 879.068,
        actuality_duration_s: 1419,
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 879.068, at: '2026-03-01T07:36:21Z' }] },
    },
    {
      name: 'the marker of a register that is empty is no volume',
      payload: { media: 'water', meter: 'minomess', id: '57575757', total_m3: -0.001 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'a wrong key: no total, and that is not zero',
      payload: { _: 'telegram', media: 'water', meter: 'hydrus', id: '64646464', name: 'k' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'cubic metres of gas are no water',
      payload: { _: 'telegram', media: 'gas', meter: 'unismart', id: '00043094', total_m3: 917 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a total in text is no number',
      payload: { media: 'water', meter: 'izar', id: '21242472', total_m3: '3.488' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-a-number' },
    },
    {
      name: 'a raw telegram',
      payload: '1844AE4C4455223368077A55000000041389E20100023B0000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});

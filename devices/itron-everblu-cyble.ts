import { defineDevice } from '../src/devices/define.ts';
import { type JsonObject, jsonObject, numberIn, textIn } from '../src/devices/json-object.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

/** What the radio board publishes after it has read the meter, once a day; its single values stand under other topics. */
function takeRead(fields: JsonObject, take: Take): void {
  const said = Date.parse(textIn(fields, 'timestamp') ?? '');
  // A board without network time says 1970.
  const at = take.deviceTime(Number.isNaN(said) ? undefined : said);
  const litres = numberIn(fields, ['liters'], take);
  if (litres === undefined) take.refuse('empty-message', 'no litres');
  take.reading('water_index_m3', litres / 1000, at);
}

export default defineDevice({
  model: 'itron-everblu-cyble',
  title: { zh: 'Itron EverBlu Cyble 水表（433 MHz）', en: 'Itron EverBlu Cyble water meter (433 MHz)' },
  summary: {
    zh: '由 everblu-meters-esp8266 板卡每天唤醒读取一次（RADIAN 协议）：累计量（升）。',
    en: 'Woken and read once a day by a board with everblu-meters-esp8266 (RADIAN): its index in litres.',
  },
  connect: {
    zh: '板卡发布到 everblu/<名称>/json；设备编号写该名称（原始固件固定为 cyble，一块板一只表）。',
    en: 'The board publishes under everblu/<name>/json; the id of the device is that name (always `cyble` in the first firmware: one meter a board).',
  },
  faults: [
    {
      zh: '表只在白天工作时段应答；读不到时板卡不发布，超过静默时限即报。',
      en: 'The meter answers in working hours only; when it could not be read nothing is published, and silence is told.',
    },
    {
      zh: 'battery 是剩余月数，不是百分比；counter 是被读次数，不是水量：两者都不采用。rssi 因版本而异，不采用。',
      en: '`battery` is months left, not per cent, and `counter` how often it was read, not water: neither is taken; nor `rssi`, which is raw in some versions.',
    },
    {
      zh: '未校时的板卡报 1970 年：以收到时间计。',
      en: 'A board without network time says 1970: then the time of reception counts.',
    },
  ],
  sources: [
    'https://github.com/psykokwak-com/everblu-meters-esp8266',
    'https://github.com/genestealer/everblu-meters-esp8266-improved',
  ],
  topics: ['everblu/{device}/json'],
  metrics: ['water_index_m3'],
  events: [],
  expectedIntervalMs: DAY,
  silenceGraceMs: 2 * DAY,
  // Four bytes of litres, of which a meter shows eight digits.
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => takeRead(jsonObject(payload, take), take)),
  examples: [
    {
      name: 'what was read at ten in the morning',
      topic: 'everblu/cyble/json',
      payload: { liters: 721_390, counter: 47, battery: 124, rssi: 22, timestamp: '2026-03-01T10:00:04Z' },
      receivedAt: '2026-03-01T10:00:05Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 721.39, at: '2026-03-01T10:00:04Z' }] },
    },
    {
      name: 'a board that does not know the time',
      payload: { liters: 721_390, counter: 47, battery: 124, timestamp: '1970-01-01T00:01:12Z' },
      receivedAt: '2026-03-01T10:00:05Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 721.39, at: '2026-03-01T10:00:05Z' }],
        rejections: ['clock-malformed'],
      },
    },
    {
      name: 'no meter answered',
      payload: { ts: 1_689_626_877, date: 'Mon Jul 17 22:47:57 2023', esp_battery: { percent: 90 } },
      receivedAt: '2026-03-01T10:00:05Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'broken JSON',
      payload: '{"liters":',
      receivedAt: '2026-03-01T10:00:05Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});

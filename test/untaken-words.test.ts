import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callPassedOver } from '../src/app/passed-over.ts';
import { calledIn, callInWords } from '../src/app/untaken-calls.ts';
import type { Decoded } from '../src/devices/define.ts';
import { isCall } from '../src/model/call-for-help.ts';
import { callAmongSettings } from '../src/model/call-values.ts';
import { callInBytes, callInText } from '../src/model/call-words.ts';
import { models } from './core.ts';
import { runs } from './runs.ts';

const bytesOf = ({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
    : Buffer.from(hex, 'hex');

/** Every example of every model, and what its model makes of a payload in its place. */
const played = models.all().flatMap((definition) =>
  definition.examples.map((example) => {
    const { settings, topic, announced, fPort, timeZone = 'Asia/Shanghai', receivedAt } = example;
    const context = { settings, topic, announced, fPort, timeZone };
    const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
    const read = (payload: Uint8Array) => definition.decode(payload, Date.parse(receivedAt), given);
    const look = { isWorn: definition.events.some(isCall), at: Date.parse(receivedAt) };
    return {
      name: `${definition.model}: ${example.name}`,
      definition,
      example,
      payload: bytesOf(example),
      read,
      look,
    };
  }),
);

describe('words that call for help', () => {
  test('stand in no example of any model beside what is taken', () => {
    const calling = played.flatMap(({ name, payload, read, look }) =>
      callInWords(read(payload), { payload }, look) === undefined ? [] : [name],
    );
    // Both send the very words, and know no such event.
    expect(calling.sort()).toEqual([
      'gas-detector: an event that it does not have',
      'smoke-detector: an event that it does not have',
    ]);
  });

  test.each([
    [
      'sos',
      ['SOS_ALARM', '{"event":"SOS_ALARM"}', '{"event":"sos_button"}', '{"event":"SOS报警"}', '1,SOS,85'],
    ],
    [
      'sos',
      ['{"events":[{"name":"sos"}]}', '{"event":"emergency_call"}', 'sos!', 'S.O.S.', 'ＳＯＳ', '救命啊'],
    ],
    [
      'sos',
      [
        'SOS求救',
        '一键呼救',
        '{"code":"SOS"}',
        '{"cmd":"sos"}',
        '<event>sos</event>',
        'help me',
        '"sos\\u0000"',
      ],
    ],
    [
      'sos',
      [
        '{"event":"need_help"}',
        '{"event":"help_needed"}',
        '{"event":"call_for_help"}',
        'I need help',
        '{"needHelp":true}',
      ],
    ],
    [
      'sos',
      [
        '{"msg":"请帮助我"}',
        '{"event":"紧急"}',
        '{"event":"一键呼叫"}',
        '{"event":"mayday"}',
        '{"sosFlag":"Y"}',
        '{"sos":"T"}',
      ],
    ],
    ['sos', ['{"sosAlarm":1}', '{"key":{"panic_button":true}}', '{"event":"SOS_PRESSED"}', '"panic_button"']],
    [
      'fall',
      ['{"alarmType":"跌倒报警"}', 'fall_alarm', 'fallen', '老人摔倒了', '{"isFall":true}', 'man down'],
    ],
  ])('as devices say them: %s', (call, texts) => {
    expect(texts.filter((text) => callInText(text) !== call)).toEqual([]);
  });

  test('are none where a thing says what it is, can do, is set to, or why it started', () => {
    const quiet = [
      '{"features":["sos","fall","gps"]}',
      '{"capabilities":{"sos":true}}',
      '{"settings":{"fall":true,"sos":true}}',
      '{"trend":"fall","water_index_m3":12.5}',
      '{"reset_reason":"panic","uptime":3}',
      '{"reset":"panic"}',
      '{"level":"emergency","msg":"low battery"}',
      '{"severity":"emergency"}',
      '{"DeviceName":"SOS"}',
      '{"FriendlyName1":"SOS"}',
      '{"wifi":{"ssid":"SOS"}}',
      '{"name":"SOS","id":"4711","media":"water","total_m3":3}',
      '{"label":"跌倒检测"}',
      '{"msg":"跌倒检测已开启"}',
      '{"msg":"紧急按钮电量低"}',
      '{"msg":"紧急按钮离线"}',
    ];
    expect(quiet.filter((text) => callInText(text) !== undefined)).toEqual([]);
    const heard = ['{"settings":{"fall":true},"event":"sos"}', '{"level":3,"sos":1}', '{"name":"sos"}'];
    expect(heard.filter((text) => callInText(text) === undefined)).toEqual([]);
    const attributes = [
      '{"fall_detection":true,"fw_version":"1.2.3","sos_number":"139"}',
      '{"fallDetection":"on","sosKey":"on","volume":3}',
      '{"Watch 1":{"fall_detection":true,"sos_key":true}}',
    ];
    expect(attributes.filter((text) => callAmongSettings(text) !== undefined)).toEqual([]);
    const telling = ['{"event":"sos"}', '{"sos":true}', '{"band-1":{"event":"fall"}}'];
    expect(telling.filter((text) => callAmongSettings(text) === undefined)).toEqual([]);
  });

  test('are passed over in no example of a model that the model understands', () => {
    const calling = played.flatMap(({ name, payload, read, look }) => {
      const found = calledIn(read(payload)) ?? callPassedOver(payload, look, read);
      return typeof found === 'object' ? [`${name}: ${found.detail}`] : [];
    });
    expect(calling).toEqual([]);
  });

  test('are heard beside whatever a model understands, in any JSON that it reads', () => {
    const heard = (one: (typeof played)[number], more: object): boolean => {
      const payload = Buffer.from(JSON.stringify({ ...(one.example.payload as object), ...more }));
      const decoded = one.read(payload);
      const read = calledIn(decoded) ?? callInWords(decoded, { payload }, one.look);
      return (read ?? callPassedOver(payload, one.look, one.read)) !== undefined;
    };
    // What is deliberately refused calls nobody: somebody said that it is withdrawn, or of somebody else.
    const objects = played.filter(({ definition: { model }, example: { payload, expect: due } }) => {
      const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
      return isObject && !('rejection' in due) && !['fhir-observation', 'open-mhealth'].includes(model);
    });
    expect(objects.length).toBeGreaterThan(50);
    const calls = [
      { SOS: 'ON' },
      { fall_down_status: 'fall' },
      { sosAlarm: true },
      { alarmType: 'sos' },
      { 跌倒报警: 1 },
    ];
    const deaf = objects.flatMap((one) =>
      calls.flatMap((more) => (heard(one, more) ? [] : [`${one.name}: ${JSON.stringify(more)}`])),
    );
    expect(deaf).toEqual([]);
    const none = [
      { sos: false, fall: 0, alarm: 0, help: null },
      {
        sosNumber: '13800000000',
        sos_enabled: true,
        fall_sensitivity: 3,
        fall_detection: true,
        fall_detection_mode: 'on',
      },
      { device: { friendlyName: 'SOS', model: 'emergency button' }, label: 'sos', topic: 'a/sos' },
      { fall_down_status: 'none', button_mode: 'sos', effect: 'panic', last_sos: 1, sos_count: 1 },
    ];
    // Where a part of a message is refused, all of its words count.
    const isWhole = (decoded: Decoded): boolean =>
      decoded.ok && decoded.rejections.length === 0 && calledIn(decoded) === undefined;
    const loud = objects.flatMap((one) =>
      !isWhole(one.read(one.payload)) || one.definition.decode.within
        ? []
        : none.flatMap((more) => (heard(one, more) ? [`${one.name}: ${JSON.stringify(more)}`] : [])),
    );
    expect(loud).toEqual([]);
  });

  test('taken back, tried out, or about a setting, are no call', () => {
    const none = [
      '{"event":"sos_cancelled"}',
      '{"event":"SOS解除"}',
      '{"sos":false}',
      '{"sos":0}',
      '{"sos_count":1}',
      '{"event":"fall_test"}',
      '{"sos_enabled":true}',
      '{"sosNumber":"1"}',
      '{"fall_sensitivity":1}',
      '{"device_name":"SOS button 3"}',
      '{"model":"sos-pendant"}',
      '{"note":"the rain will fall in the emergency room"}',
      '跌倒检测关闭',
      '{"event":"alarm"}',
      '{"event":"紧急联系人"}',
      'no help needed',
      '{"help":"N"}',
      '{"title":"帮助中心"}',
      '{"alarm":0,"sos":false,"fall":0,"sosNumber":"13800000000","fall_sensitivity":3}',
    ];
    expect(none.filter((text) => callInText(text) !== undefined)).toEqual([]);
  });

  test('are in the bare alarm of something that is worn', () => {
    const bare = [
      '{"event":"alarm"}',
      '{"alarm":true}',
      '{"event":"button"}',
      '{"event":"long_press"}',
      '{"type":"报警"}',
      '{"general_alarm":true}',
      '{"events":["general_alarm"]}',
    ];
    expect(bare.filter((text) => callInText(text, { isWorn: true }) !== 'sos')).toEqual([]);
    const other = [
      '{"alarm":"low_battery"}',
      '{"alarm":0}',
      '{"alarm":false}',
      '{"model":"alarm"}',
      '{"event":"geofence"}',
      '{"event":"general"}',
      '{"event":"heart_rate_alarm"}',
    ];
    expect(other.filter((text) => callInText(text, { isWorn: true }) !== undefined)).toEqual([]);
  });

  const at = Date.parse('2026-11-27T05:00:30Z');
  const bytesOfText = (text: string, form: BufferEncoding): Buffer => Buffer.from(text, form);

  test.each<[string, string, Uint8Array]>([
    ['sos', '求救 in GBK', bytesOfText('c7f3bec8', 'hex')],
    ['sos', '紧急呼叫 in GBK', bytesOfText('bdf4bcb1baf4bdd0', 'hex')],
    ['fall', 'a value in GBK', bytesOfText('7b226576656e74223a22b5f8b5b9227d', 'hex')],
    ['sos', 'UTF-16', bytesOfText('{"event":"sos"}', 'utf16le')],
    ['sos', 'UTF-16 with its mark', bytesOfText('\ufeff{"event":"sos"}', 'utf16le')],
    ['sos', 'UTF-16 in the other order', bytesOfText('{"event":"sos"}', 'utf16le').swap16()],
    ['sos', '求救 in UTF-16', bytesOfText('求救', 'utf16le')],
    ['fall', '老人跌倒 in UTF-16, in the other order', bytesOfText('老人跌倒', 'utf16le').swap16()],
    ['sos', 'base64', bytesOfText(btoa('{"event":"sos"}'), 'utf8')],
    ['sos', 'base64 in JSON', bytesOfText(`{"data":"${btoa('{"event":"sos"}')}"}`, 'utf8')],
    ['sos', 'JSON in JSON', bytesOfText('{"body":"{\\"event\\":\\"sos\\"}"}', 'utf8')],
    ['sos', 'hexadecimal digits', bytesOfText('534f53', 'utf8')],
    ['sos', 'GBK in hexadecimal digits', bytesOfText('C7 F3 BE C8', 'utf8')],
    ['sos', 'CBOR', bytesOfText('a1656576656e7463736f73', 'hex')],
    ['sos', 'CBOR with a flag, of no length', bytesOfText('bf6570756c7365185063736f73f5ff', 'hex')],
  ])('are %s, as %s', (call, _form, bytes) => {
    expect(callInBytes(bytes)).toBe(call);
  });

  test('may be the time of a press, where that was a moment ago', () => {
    const said = (time: string): string => `{"sos":"${time}"}`;
    for (const time of ['2026-11-27T05:00:00Z', '2026-11-27 13:00:00', '2026-11-27T12:20:00+08:00'])
      expect(callInText(said(time), { at })).toBe('sos');
    for (const time of ['2026-11-26T05:00:00Z', '2020-01-01 00:00:00', '2026-11-28T05:00:00Z'])
      expect(callInText(said(time), { at })).toBeUndefined();
    expect(callInText('{"sos_time":"2026-11-27T05:00:00Z"}', { at })).toBeUndefined();
    expect(callInText(said('2026-11-27T05:00:00Z'))).toBeUndefined();
  });

  test('are not found in noise, nor in values of any form without them', () => {
    const silent = (text: string): boolean => !/sos|help|panic|emergency|fall|man/i.test(text);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(callInBytes(bytes, { isWorn: true, at })).toBeUndefined();
      }),
      { numRuns: runs(80, 20_000) },
    );
    fc.assert(
      fc.property(fc.json().filter(silent), (text) => {
        expect(callInText(text)).toBeUndefined();
      }),
      { numRuns: runs(80, 20_000) },
    );
  });

  test('are looked for in lists of lists, where no key is lost', () => {
    expect(callInText('[["sos",1,"sos",2],["x"]]')).toBe('sos');
    expect(callInText('[["a",1,"a",2]]')).toBeUndefined();
    const read = () => ({});
    expect(callPassedOver(Buffer.from('[["sos",1,"sos",2],["help"]]'), {}, read)).toBeUndefined();
    expect(callInText('[{"sos":true,"sos":false}]')).toBe('sos');
  });

  test('are looked for in one pass, however much of something else stands before them', () => {
    // Looked for again from each blank, this would take minutes: the limit of the suite ends what hangs.
    for (const noise of [
      ' '.repeat(250_000),
      '"event":'.repeat(32_000),
      `event:[${' '.repeat(250_000)}sos`,
      'sos '.repeat(60_000),
    ])
      expect(callInText(`{"x":${noise}`)).toBeUndefined();
  });
});

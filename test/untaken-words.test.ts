import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callInWords } from '../src/app/untaken-calls.ts';
import { callInText } from '../src/model/call-for-help.ts';
import { models } from './core.ts';
import { runs } from './runs.ts';

const bytesOf = ({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
    : Buffer.from(hex, 'hex');

describe('words that call for help', () => {
  test('stand in no example of any model beside what is taken', () => {
    const calling = models.all().flatMap(({ model, examples, decode }) =>
      examples.flatMap((example) => {
        const { settings, topic, announced, fPort, timeZone = 'Asia/Shanghai' } = example;
        const context = { settings, topic, announced, fPort, timeZone };
        const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
        const payload = bytesOf(example);
        const decoded = decode(payload, Date.parse(example.receivedAt), given);
        return callInWords(decoded, { payload }) === undefined ? [] : [`${model}: ${example.name}`];
      }),
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
    ['sos', ['{"sosAlarm":1}', '{"key":{"panic_button":true}}', '{"event":"SOS_PRESSED"}', '"panic_button"']],
    [
      'fall',
      ['{"alarmType":"跌倒报警"}', 'fall_alarm', 'fallen', '老人摔倒了', '{"isFall":true}', 'man down'],
    ],
  ])('as devices say them: %s', (call, texts) => {
    expect(texts.filter((text) => callInText(text) !== call)).toEqual([]);
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
    ];
    expect(bare.filter((text) => callInText(text, true) !== 'sos')).toEqual([]);
    const other = [
      '{"alarm":"low_battery"}',
      '{"alarm":0}',
      '{"alarm":false}',
      '{"model":"alarm"}',
      '{"event":"geofence"}',
    ];
    expect(other.filter((text) => callInText(text, true) !== undefined)).toEqual([]);
  });

  test('are not found in noise, nor in values of any form without them', () => {
    const silent = (text: string): boolean => !/sos|help|panic|emergency|fall|man/i.test(text);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(callInText(Buffer.from(bytes).toString())).toBeUndefined();
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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WatchProtocol } from '../src/gateways/watches/protocol.ts';
import { WATCH_PROTOCOLS } from '../src/gateways/watches/session.ts';
import { models } from './core.ts';
import { brokenPayloads } from './fuzz/broken-payloads.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const CONTEXT = { now: NOW, timeZone: 'Asia/Shanghai', server: 'watches.example,8001' };

const bytes = (frame: string): Buffer =>
  /^[0-9a-f]{20,}$/.test(frame) ? Buffer.from(frame, 'hex') : Buffer.from(frame, 'latin1');
const shown = (frame: Uint8Array | undefined): string | undefined =>
  frame && Buffer.from(frame).toString('latin1');

/** For each protocol: frames as they come, whose they are, what is said back. */
const FRAMES: Readonly<Record<string, readonly (readonly [string, string, string | undefined])[]>> = {
  'watch-3g': [
    ['[3G*8800000015*000D*LK,50,100,100]', 'watch:8800000015', '[3G*8800000015*0002*LK]'],
    [
      '[ZJ*353456789012345*0007*000c*BLOOD,109,68]',
      'imei:353456789012345',
      '[ZJ*353456789012345*0007*0005*BLOOD]',
    ],
    ['[3G*8800000015*0006*AL_LTE]', 'watch:8800000015', '[3G*8800000015*0006*AL_LTE]'],
    ['[3G*8800000015*0003*TKQ]', 'watch:8800000015', '[3G*8800000015*0003*TKQ]'],
    ['[3G*8800000015*0004*INIT]', 'watch:8800000015', '[3G*8800000015*0006*INIT,1]'],
    ['[3G*8800000015*0006*UD2,,,]', 'watch:8800000015', undefined],
    // An answer to a command: said back, it would be the command.
    ['[3G*8800000015*0008*POWEROFF]', 'watch:8800000015', undefined],
  ],
  'watch-iwap': [
    ['IWAP00353456789012345#', 'imei:353456789012345', 'IWBP00,20260301000000,8#'],
    ['TRVAP00353456789012345#', 'imei:353456789012345', 'TRVBP00#'],
    ['IWAP49,68#', '', 'IWBP49#'],
    ['IWAPJK,2026-03-01 07:59:03,2,57#', '', 'IWBPJK,2#'],
    ['IWAPFD,353456789012345,1772323140#', '', 'IWBPFD#'],
    ['TRVYP03190805A#', '', 'TRVZP03#'],
    ['IWAPXL,080835#', '', undefined],
  ],
  'watch-pt60': [
    [
      '@G#@,V01,14,353456789012345,460000000000000,20180419165604,101,26,@R#@',
      'imei:353456789012345',
      '@G#@,V01,38,20260301080000,@R#@',
    ],
    [
      '@B#@|01|001|353456789012345|460000000000000|1|45|20181127122717|32.7|35.5|1|@E#@',
      'imei:353456789012345',
      '@B#@|01|002|353456789012345|0|20260301080000|@E#@',
    ],
  ],
  'watch-h02': [
    [
      '*HQ,353456789012345,V1,075228,A,5230.0000,N,01030.0000,E,0.00,0,231023,FFFBFFFF#',
      'imei:353456789012345',
      '*HQ,353456789012345,V4,V1,20260301000000#',
    ],
    ['*HQ,8800000015,HTBT,84#', 'watch:8800000015', '*HQ,8800000015,HTBT#'],
    ['*HQ,8800000015,LINK,180902,15,0,84,0,0,240517,FFFFFBFF#', 'watch:8800000015', undefined],
    [
      '24880000001521532131081504420000060740420006000000fffffbfdff0015060000002c02dc0c000000001f',
      'watch:8800000015',
      undefined,
    ],
    ['2488000000150503162209022212000000113460000c014028fffffbffff0000', 'watch:8800000015', undefined],
  ],
  minifinder: [
    ['!1,353456789012345', 'imei:353456789012345', undefined],
    ['!D,15/04/17,13:58:53,51.500000,-0.500000,60,180,140001,28.7,47,4,13,0', '', undefined],
  ],
  minifinder2: [
    [
      'ab103f007e2533000110013335333435363738393031323334350930e09d245d210100000924b49e245d01025b201620c034381ec05f3b0400000000aa026d00c90e0000100110',
      'imei:353456789012345',
      '\xab\x00\x03\x00\x08\xc7\x33\x00\x7f\x01\x00',
    ],
    ['ab101400594a01000310013335333435363738393031323334350112', 'imei:353456789012345', undefined],
    ['ab00030008c700007f0100', '', undefined],
  ],
  'wristband-yx': [
    [
      '000102003559583335333435363738393031323334357c56312e307c317c7b4630312339342c312c3130302c302c33313030302c3930307d0d0afffefc',
      'imei:353456789012345',
      '\x00\x01\x02\x00\x22YX353456789012345|V1.0|0|{F01#1}\r\n\xff\xfe\xfc',
    ],
    [
      '000102004159583335333435363738393031323334357c56312e307c317c7b4639312330317c30307c30307c33475f7065745f323031382f30352f31362031313a30307d0d0afffefc',
      'imei:353456789012345',
      undefined,
    ],
  ],
};

/** A stream, as it is cut while it comes. */
function framesOf(protocol: WatchProtocol, stream: Buffer, step: number): string[] {
  const found: string[] = [];
  let waiting: Buffer = Buffer.alloc(0);
  for (let at = 0; at < stream.length; at += step) {
    waiting = Buffer.concat([waiting, stream.subarray(at, at + step)]);
    for (let cut = protocol.cut(waiting); waiting.length > 0 && cut.used > 0; cut = protocol.cut(waiting)) {
      if (cut.frame) found.push(Buffer.from(cut.frame).toString('latin1'));
      waiting = waiting.subarray(cut.used);
    }
  }
  return found;
}

describe.each(WATCH_PROTOCOLS.map((protocol) => [protocol.model, protocol] as const))(
  '%s',
  (model, protocol) => {
    const frames = FRAMES[model] ?? [];

    test('has a device model, and a first byte of its own', () => {
      expect(models.get(model)?.topics).toEqual(['shouwang/{device}/raw']);
      const firsts = frames.map(([frame]) => bytes(frame)[0] as number);
      for (const first of firsts)
        expect(WATCH_PROTOCOLS.filter(({ starts }) => starts(first)).map((other) => other.model)).toEqual([
          model,
        ]);
    });

    test('knows whose a frame is, and what the watch waits to hear', () => {
      for (const [frame, whose, answer] of frames) {
        const address = protocol.identify(bytes(frame));
        expect([frame, address ? `${address.scheme}:${address.id}` : '']).toEqual([frame, whose]);
        const said = shown(protocol.answer(bytes(frame), CONTEXT));
        if (answer !== undefined || !protocol.isOnlyProtocol(bytes(frame)))
          expect([frame, said]).toEqual([frame, answer]);
      }
    });

    test('cuts a stream into its frames, whether it comes at once or in pieces', () => {
      const ends = model === 'minifinder' ? ';' : '';
      // Bytes of H02 that come one by one cannot be told from its shorter form.
      const whole = frames
        .filter(([frame]) => !(frame.startsWith('24') && frame.length === 90))
        .map(([frame]) => bytes(frame));
      const stream = Buffer.concat(whole.flatMap((frame) => [frame, Buffer.from(ends)]));
      const wanted = whole.map((frame) => frame.toString('latin1'));
      for (const step of [1, 7, stream.length]) expect(framesOf(protocol, stream, step)).toEqual(wanted);
    });

    test('never throws, never stands still, and never reads what is not there, whatever comes', () => {
      const samples = frames.map(([frame]) => bytes(frame));
      fc.assert(
        fc.property(brokenPayloads(samples), (stream) => {
          const { used, frame = stream } = protocol.cut(stream);
          expect(used).toBeGreaterThanOrEqual(0);
          expect(used).toBeLessThanOrEqual(stream.length);
          protocol.isOnlyProtocol(frame);
          protocol.answer(frame, CONTEXT);
          const address = protocol.identify(frame) ?? { scheme: 'imei', id: '353456789012345' };
          protocol.command?.({ measure: 'pulse' }, { ...CONTEXT, address, frame });
        }),
        { numRuns: 500 },
      );
    });

    test('finds the next frame behind rubbish', () => {
      const [first] = frames[0] ?? [''];
      const stream = Buffer.concat([Buffer.from('\x01\x02zz\r\n', 'latin1'), bytes(first), Buffer.from(';')]);
      expect(framesOf(protocol, stream, stream.length)).toEqual([bytes(first).toString('latin1')]);
    });
  },
);

test('an H02 frame of 45 bytes is whole when it comes at once', () => {
  const h02 = WATCH_PROTOCOLS.find(({ model }) => model === 'watch-h02') as WatchProtocol;
  const long = bytes(
    '24880000001521532131081504420000060740420006000000fffffbfdff0015060000002c02dc0c000000001f',
  );
  const stream = Buffer.concat([long, long]);
  expect(framesOf(h02, stream, stream.length).map(({ length }) => length)).toEqual([45, 45]);
});

test('a pendant that asks for the time is told it', () => {
  const pendant = WATCH_PROTOCOLS.find(({ model }) => model === 'minifinder2') as WatchProtocol;
  const asked = bytes('ab101400594a01000310013335333435363738393031323334350112');
  const answer = Buffer.from(pendant.answer(asked, CONTEXT) ?? []);
  expect(answer.subarray(8).toString('hex')).toBe(`030512${bytesLe(NOW / 1000)}`);
});

test('a band that asks where to go is told the address that is configured', () => {
  const band = WATCH_PROTOCOLS.find(({ model }) => model === 'wristband-yx') as WatchProtocol;
  const asked = bytes(FRAMES['wristband-yx']?.[1]?.[0] ?? '');
  expect(shown(band.answer(asked, CONTEXT))).toContain('{F91#2026-03-01-08-00-00|watches.example,8001}');
});

function bytesLe(value: number): string {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return four.toString('hex');
}

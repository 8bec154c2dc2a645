import { assert, fail, ok } from '../../lib/result.ts';
import { framesIn } from '../cjt188/frame.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';

export default defineEnvelope({
  envelope: 'cjt188',
  title: { zh: 'CJ/T 188 集中器', en: 'CJ/T 188 collector' },
  summary: {
    zh: '集中器或透传网关一次转发多只表的原始帧（字节、十六进制或 base64 文本），按帧内表地址分给各表。',
    en: 'A collector forwards frames of many meters (bytes, or hex or base64 in text); each goes to the meter whose address stands in it.',
  },
  connect: {
    zh: '用登记的网关账号发布到 cjt188/网关；设备登记时 address 写 cjt188:加 14 位表地址（A6 至 A0）。',
    en: 'Publish under cjt188/GATEWAY with the credential of a registered gateway; addresses are cjt188: and the fourteen digits A6 to A0.',
  },
  topics: ['cjt188/+'],
  open: openFrames,
  examples: [
    {
      name: 'frames of two meters, and a preamble between them',
      topic: 'cjt188/cellar',
      hex: 'fefe68102613060700337881161f9004006800002c000000002c0000000000000000007316fefe6810451710051533788116901faa005959002cffffffff2cffffffffffffff00009816',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        frames: [
          {
            address: 'cjt188:78330007061326',
            payload: '68102613060700337881161f9004006800002c000000002c0000000000000000007316',
          },
          {
            address: 'cjt188:78331505101745',
            payload: '6810451710051533788116901faa005959002cffffffff2cffffffffffffff00009816',
          },
        ],
      },
    },
    {
      name: 'a frame of an electricity meter',
      topic: 'cjt188/cellar',
      hex: 'fefefefe6803000206182068910833333333574c34338216',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a wrong checksum',
      topic: 'cjt188/cellar',
      hex: '68104433221100337881161f9000007766552c007766552c3101221105152021840816',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'checksum' },
    },
  ],
});

function openFrames({ payload }: Sealed): Opened {
  const { frames, refused } = framesIn(payload);
  if (frames.length === 0) {
    const [first] = refused;
    assert(first, 'neither a frame nor a reason');
    return fail(first);
  }
  return ok(
    frames.map(({ address, bytes }) => ({ address: { scheme: 'cjt188', id: address }, payload: bytes })),
  );
}

import type { Notice } from '../model/notice.ts';

/** A notice that says that it is none. */
export function drillNotice(channel: string, address: string, now: number): Notice {
  return {
    id: `test.${channel}.${now}`,
    case: '',
    alert: '',
    home: '',
    path: '',
    recipient: { kind: 'channel', id: channel, name: channel, role: '' },
    channel,
    address,
    content: {
      event: 'test',
      title: { zh: '【演练】守望测试通知', en: 'DRILL: test notice of Shouwang' },
      body: { zh: '收到即表示该渠道可用，无需处理。', en: 'This channel works. Nothing needs to be done.' },
      priority: 'P4',
    },
    createdAt: now,
    state: 'queued',
    attempts: 0,
  };
}

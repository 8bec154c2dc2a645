import { NOTICE_FAILURES, type Notice, type NoticeFailure, type Recipient } from '../model/notice.ts';
import type { ChannelTest } from './outbox-options.ts';

/** A test that the provider never saw. */
export const notSent = (
  failure: NoticeFailure,
  detail: string = NOTICE_FAILURES[failure].en,
): ChannelTest => ({ ok: false, failure, detail, ms: 0 });

/** A notice that says that it is none. */
export function drillNotice(
  channel: string,
  address: string,
  now: number,
  recipient: Recipient = { kind: 'channel', id: channel, name: channel, role: '' },
): Notice {
  return {
    id: `test.${channel}.${now}`,
    case: '',
    alert: '',
    home: '',
    path: '',
    recipient,
    channel,
    address,
    content: {
      event: 'test',
      drill: true,
      title: { zh: '【演练】守望测试通知', en: 'DRILL: test notice of Shouwang' },
      body: {
        zh: '收到即表示该渠道可用。若有按钮或链接，请点一下，以便测得送达用时。',
        en: 'This channel works. If there is a button or a link, please tap it once: that shows how long it took.',
      },
      priority: 'P4',
    },
    createdAt: now,
    state: 'queued',
    attempts: 0,
  };
}

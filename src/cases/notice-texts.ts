import { NOTICE_FAILURES, type NoticeFailure, type NoticeState } from '../model/notice.ts';
import type { Text } from '../model/text.ts';

/** What the time line says of what became of a notice. */

const both = (zh: string, en: string): Text => ({ zh, en });

export function sentText(state: NoticeState, recipient: string, channel: string): Text {
  if (state === 'seen')
    return both(`通知已查看：${recipient}（${channel}）`, `Notice seen: ${recipient} (${channel})`);
  if (state === 'delivered')
    return both(`通知已送达：${recipient}（${channel}）`, `Notice delivered: ${recipient} (${channel})`);
  return both(
    `通知已由服务商接收：${recipient}（${channel}），不代表已读`,
    `Notice taken by the provider: ${recipient} (${channel}); that does not mean read`,
  );
}

export function notSentText(
  failure: NoticeFailure | undefined,
  detail: string | undefined,
  recipient: string,
  channel: string,
): Text {
  const why = failure === undefined ? both('原因未知', 'for an unknown reason') : NOTICE_FAILURES[failure];
  const more = detail ? both(`（${detail}）`, ` (${detail})`) : both('', '');
  return both(
    `通知失败：${recipient}（${channel}）。${why.zh}${more.zh}`,
    `Notice failed: ${recipient} (${channel}). ${why.en}${more.en}`,
  );
}

/** Tried several times in vain; it still may arrive. */
export function stillTryingText(...told: Parameters<typeof notSentText>): Text {
  const { zh, en } = notSentText(...told);
  return both(`${zh}，仍在重试`, `${en}; it is tried again`);
}

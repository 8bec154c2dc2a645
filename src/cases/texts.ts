import { shortLocal } from '../lib/local-time.ts';
import type { Alert, ClearReason, Priority } from '../model/alert.ts';
import { CASE_STEPS, type Case, type CaseStep, OUTCOMES, type Outcome } from '../model/case.ts';
import { type CaseKind, definitionOf } from '../model/case-kind.ts';
import type { ToldRole } from '../model/escalation.ts';
import { NOTICE_FAILURES, type NoticeFailure } from '../model/notice.ts';
import { AWAY_TITLES, type AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { RecipientAddress } from './recipients.ts';

/** The sentences of cases: short, in both languages, each said in one place. */

const CLEARED: Record<ClearReason, Text> = {
  recovered: { zh: '已恢复正常', en: 'back to normal' },
  refuted: { zh: '已由更可靠的测量否定', en: 'refuted by a better measurement' },
  'late-data': {
    zh: '补传的数据表明告警不成立，已撤回',
    en: 'withdrawn: late data shows that it was not so',
  },
  cancelled: { zh: '已由本人取消', en: 'cancelled by the person' },
  resolved: { zh: '随事项处置而结束', en: 'ended with the case' },
  'rule-changed': { zh: '规则已变更，不再成立', en: 'no longer so under the changed rule' },
  removed: { zh: '设备或住户已移除', en: 'the device or home was removed' },
};

export const ROLE_NAMES: Record<ToldRole, Text> = {
  'grid-worker': { zh: '网格员', en: 'grid worker' },
  'building-steward': { zh: '楼栋长', en: 'building steward' },
  committee: { zh: '居委会', en: 'committee' },
  'sub-district-duty': { zh: '街道值班', en: 'sub-district duty' },
  volunteer: { zh: '志愿者', en: 'volunteer' },
  technician: { zh: '设备维护员', en: 'technician' },
  contact: { zh: '联系人', en: 'contact' },
};

const both = (zh: string, en: string): Text => ({ zh, en });

/** `90000` → 1.5 分钟 / 1.5 minutes. */
export function duration(ms: number): Text {
  const minutes = ms / 60_000;
  const hours = minutes / 60;
  const said = (n: number): string => String(Math.round(n * 10) / 10);
  const unit = (n: string, word: string): string => `${n} ${word}${n === '1' ? '' : 's'}`;
  if (hours >= 1) return both(`${said(hours)} 小时`, unit(said(hours), 'hour'));
  return both(`${said(minutes)} 分钟`, unit(said(minutes), 'minute'));
}

export function openedText(kind: CaseKind, priority: Priority): Text {
  const { title } = definitionOf(kind);
  return both(`新建${title.zh}事项，${priority}`, `A ${title.en.toLowerCase()} case was opened, ${priority}`);
}

export const alertRaisedText = (alert: Alert): Text =>
  both(
    `告警（${alert.priority}）：${alert.title.zh}。${alert.evidence.text.zh}`,
    `Alert (${alert.priority}): ${alert.title.en}. ${alert.evidence.text.en}`,
  );

export function alertUpdatedText(alert: Alert): Text {
  const zh = alert.count > 1 ? `（共 ${alert.count} 次）` : '';
  const en = alert.count > 1 ? ` (${alert.count} times)` : '';
  return both(
    `告警更新：${alert.title.zh}${zh}。${alert.evidence.text.zh}`,
    `Alert updated: ${alert.title.en}${en}. ${alert.evidence.text.en}`,
  );
}

export function alertClearedText(alert: Alert): Text {
  const reason = CLEARED[alert.clearReason ?? 'recovered'];
  return both(
    `告警结束：${alert.title.zh}，${reason.zh}。事项仍待人工确认`,
    `Alert ended: ${alert.title.en}, ${reason.en}. The case still waits for a person`,
  );
}

export const priorityRaisedText = (from: Priority, to: Priority): Text =>
  both(`优先级由 ${from} 升为 ${to}`, `Priority raised from ${from} to ${to}`);

const sentence = (note: string): Text => (note === '' ? both('', '') : both(`。${note}`, `. ${note}`));

/** What somebody did, with whom, and where they were if they said so. */
export function stepText(step: CaseStep, whom: string | undefined, note: string, position: string): Text {
  const title = CASE_STEPS[step];
  const said = sentence(note);
  const where = position === '' ? both('', '') : both(`（位置 ${position}）`, ` (at ${position})`);
  if (whom === undefined) return both(`${title.zh}${where.zh}${said.zh}`, `${title.en}${where.en}${said.en}`);
  return both(`${whom}：${title.zh}${said.zh}`, `${whom}: ${title.en}${said.en}`);
}

export const nobodyAnswersText = (calls: number): Text =>
  both(
    `老人和联系人电话均无人接听（30 分钟内 ${calls} 次）`,
    `Neither the person nor the contacts answer the telephone (${calls} calls within 30 minutes)`,
  );

/** @param repeat how often the last step was repeated: 0 or less, it was not */
export function escalatedText(openMs: number, repeat: number): Text {
  const open = duration(openMs);
  const again = repeat > 0 ? both('（再次）', ' (again)') : both('', '');
  return both(
    `已 ${open.zh}无人接手，升级通知${again.zh}`,
    `Nobody has taken it on for ${open.en}; it is called again, further up${again.en}`,
  );
}

export function overdueText(by: string, lateMs: number): Text {
  const late = duration(lateMs);
  const since = lateMs < 60_000 ? both('', '') : both(`（超过 ${late.zh}）`, ` (for ${late.en})`);
  return both(
    `${by} 接手后未在时限内处置${since.zh}，重新通知；他人可以接过来`,
    `${by} has not resolved it in time${since.en}; people are called again, and anybody may take it over`,
  );
}

export const takenOverText = (by: string, from: string): Text =>
  both(`${by} 从 ${from} 接过来`, `${by} has taken it over from ${from}`);

export const acknowledgedText = (by: string): Text => both(`${by} 已接手`, `${by} has taken it on`);

/** Somebody registered a period of absence, or ended one. */
export function awayText({ from, until, kind, note }: AwayPeriod, ends: boolean, timeZone: string): Text {
  const [first, last] = [shortLocal(from, timeZone), shortLocal(until, timeZone)];
  const title = AWAY_TITLES[kind];
  const said = note ? both(`。${note}`, `. ${note}`) : both('', '');
  return ends
    ? both(
        `外出登记已结束：${title.zh}（自 ${first} 起）`,
        `The registered absence has ended: ${title.en} (from ${first})`,
      )
    : both(
        `已登记外出：${title.zh}，${first} 至 ${last}${said.zh}。已有告警不会因此解除`,
        `Registered as away: ${title.en}, ${first} to ${last}${said.en}. Open alerts do not end by that`,
      );
}

export function resolvedText(outcome: Outcome, note: string, contactMadeBy: string): Text {
  const title = OUTCOMES[outcome];
  const said = note === '' ? both('', '') : both(`。${note}`, `. ${note}`);
  const seen =
    contactMadeBy === ''
      ? both('', '')
      : both(`。${contactMadeBy} 已通话或见到老人`, `. ${contactMadeBy} spoke to or saw the person`);
  return both(`已处置：${title.zh}${said.zh}${seen.zh}`, `Resolved: ${title.en}${said.en}${seen.en}`);
}

/** Names in a line of the time line; more than this is counted. */
const NAMES_MAX = 6;

/** One line that says who is told of this step; also when it is nobody. */
export function toldText(told: readonly RecipientAddress[], left: number, grave: boolean): Text {
  if (told.length === 0) {
    return grave
      ? both(
          '名册中无人可通知，也没有可用的后备渠道，请立即人工处理',
          'Nobody in the roster is reachable and there is no fallback channel: somebody has to act by hand',
        )
      : both('按通知策略，此事项不通知任何人', 'By policy nobody is told of this');
  }
  const { zh, en } = namesText(told, left);
  return told.some((one) => one.fallback)
    ? both(
        `应通知的人均无法通知，改用后备。${zh}`,
        `None of those who should be told can be reached, so fallback. ${en}`,
      )
    : both(zh, en);
}

/** None of those who were told before was reached: who is told now. */
export function unreachedText(told: readonly RecipientAddress[], left: number): Text {
  if (told.length === 0)
    return both(
      '所有通知均未送达，也没有其他可用的后备，请立即人工处理',
      'No notice arrived, and there is no other fallback: somebody has to act by hand',
    );
  const { zh, en } = namesText(told, left);
  return both(`所有通知均未送达，改用后备。${zh}`, `No notice arrived, so fallback. ${en}`);
}

function namesText(told: readonly RecipientAddress[], left: number): Text {
  const name = ({ recipient, channel }: RecipientAddress, locale: keyof Text): string => {
    const role = ROLE_NAMES[recipient.role as ToldRole]?.[locale];
    if (recipient.kind === 'channel') return channel;
    return `${recipient.name}(${role ? `${role}, ` : ''}${channel})`;
  };
  const list = (locale: keyof Text): string => {
    const names = told.slice(0, NAMES_MAX).map((one) => name(one, locale));
    return names.join(locale === 'zh' ? '、' : ', ');
  };
  const more = told.length - NAMES_MAX;
  const zh = `通知：${list('zh')}${more > 0 ? ` 等 ${told.length} 条` : ''}${left > 0 ? `；超出上限，另有 ${left} 条未发` : ''}`;
  const en = `Told: ${list('en')}${more > 0 ? ` and ${more} more` : ''}${left > 0 ? `; ${left} more were over the limit` : ''}`;
  return both(zh, en);
}

/** The line of the time line when the provider took a notice, or a receipt came. */
export const sentText = (delivered: boolean, recipient: string, channel: string): Text =>
  delivered
    ? both(`通知已送达：${recipient}（${channel}）`, `Notice delivered: ${recipient} (${channel})`)
    : both(
        `通知已由服务商接收：${recipient}（${channel}），不代表已读`,
        `Notice taken by the provider: ${recipient} (${channel}); that does not mean read`,
      );

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

/** Place and finding: what stands in lists. */
export const titleText = (place: Text, finding: Text): Text =>
  both(`${place.zh}：${finding.zh}`, `${place.en}: ${finding.en}`);

/** What to do, and by when. No measured value: groups are leaky, details stand behind the login. */
export function askText(current: Case, news: Text | undefined, withinMs: number): Text {
  const within = duration(withinMs);
  const first = news ? both(`${news.zh}。`, `${news.en}. `) : both('', '');
  if (current.status === 'acknowledged') {
    const by = current.acknowledgedBy ?? '';
    return both(
      `${first.zh}${by} 已接手，请在 ${within.zh}内处置。详情请登录查看。`,
      `${first.en}${by} has taken it on; to be resolved within ${within.en}. Sign in for details.`,
    );
  }
  if (withinMs < 60_000) {
    return both(
      `${first.zh}请立即接手。详情请登录查看。`,
      `${first.en}Please acknowledge now. Sign in for details.`,
    );
  }
  return both(
    `${first.zh}请在 ${within.zh}内接手。详情请登录查看。`,
    `${first.en}Please acknowledge within ${within.en}. Sign in for details.`,
  );
}

export const UNREACHED: Text = both('此前的通知均未送达', 'No earlier notice arrived');
export const NEW_CASE: Text = both('新事项', 'New case');
export const newAlertText = (alert: Alert): Text =>
  both(`新增告警（${alert.priority}）`, `One more alert (${alert.priority})`);
export const repeatedText = (alert: Alert): Text =>
  both(
    `再次发生（${alert.priority}），共 ${alert.count} 次`,
    `It happened again (${alert.priority}), ${alert.count} times in all`,
  );

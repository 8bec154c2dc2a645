import { shortLocal } from '../lib/local-time.ts';
import type { Alert, ClearReason, Priority } from '../model/alert.ts';
import { AWAY_TITLES, isAbsence } from '../model/away-kinds.ts';
import {
  CALL_BACK_RESULTS,
  CASE_STEPS,
  type CallBackResult,
  type CaseStep,
  CONTACT_WAYS,
  type ContactWay,
  OUTCOMES,
  type Outcome,
} from '../model/case.ts';
import { type CaseKind, definitionOf } from '../model/case-kind.ts';
import { CASE_MARKS, type CaseMark } from '../model/case-marks.ts';
import type { CaseTarget } from '../model/case-targets.ts';
import { leftText } from '../model/device-left.ts';
import type { ToldRole } from '../model/escalation.ts';
import type { AwayPeriod } from '../model/registry.ts';
import { STAFF_ROLE_TITLES } from '../model/staff-roles.ts';
import type { Text } from '../model/text.ts';
import { guestsText } from './care-texts.ts';
import type { RecipientAddress } from './recipients.ts';
import { triedText } from './unreached-texts.ts';

/** The sentences of cases: short, in both languages, each said in one place. */

const CLEARED: Record<ClearReason, Text> = {
  recovered: { zh: '已恢复正常', en: 'back to normal' },
  unmeasured: { zh: '计量中断，无法再判断', en: 'not measured any more: nobody can tell' },
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

export const ROLE_NAMES: Record<ToldRole | 'on-duty' | 'named', Text> = {
  ...STAFF_ROLE_TITLES,
  contact: { zh: '联系人', en: 'contact' },
  resident: { zh: '老人本人', en: 'the person' },
  'on-duty': { zh: '值班', en: 'on duty' },
  named: { zh: '指定人员', en: 'named' },
};

const both = (zh: string, en: string): Text => ({ zh, en });

/** `90000` → 1.5 分钟 / 1.5 minutes; under three minutes in halves, under one in seconds. */
export function duration(ms: number): Text {
  const minutes = ms / 60_000;
  const hours = minutes / 60;
  const said = (n: number): string => String(Math.round(n * 10) / 10);
  const unit = (n: string, word: string): string => `${n} ${word}${n === '1' ? '' : 's'}`;
  if (hours >= 1) return both(`${said(hours)} 小时`, unit(said(hours), 'hour'));
  const seconds = `${Math.max(1, Math.floor(ms / 1000))}`;
  if (minutes < 1) return both(`${seconds} 秒`, unit(seconds, 'second'));
  const near = said(minutes >= 3 ? Math.round(minutes) : Math.floor(minutes * 2) / 2);
  return both(`${near} 分钟`, unit(near, 'minute'));
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
  const reason = leftText(alert.evidence) ?? CLEARED[alert.clearReason ?? 'recovered'];
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

/** People near go on being called: a contact may be far away. */
const nearIsWanted = ({ zh, en }: Text): Text =>
  both(
    `${zh}，尚未说要赶去：仍请就近人员前往，可以接过来`,
    `${en}, and has not said that they come: somebody near is still needed, and may take it over`,
  );
export const contactHasItText = (by: string): Text => nearIsWanted(acknowledgedText(by));
export const contactTookOverText = (by: string, from: string): Text => nearIsWanted(takenOverText(by, from));

/** What somebody who has a case did not do in time. */
const UNDONE: Record<CaseTarget, Text> = {
  acknowledge: { zh: '接手', en: 'taken it on' },
  contact: { zh: '联系上老人或联系人', en: 'reached the person or a contact' },
  onSite: { zh: '到达现场', en: 'been on site' },
  resolve: { zh: '处置', en: 'resolved it' },
  callBack: { zh: '回访', en: 'called back' },
};

export function overdueText(by: string, target: CaseTarget = 'resolve', lateMs: number): Text {
  const undone = UNDONE[target];
  const since = lateText(lateMs);
  return both(
    `${by} 接手后未在时限内${undone.zh}${since.zh}，重新通知；他人可以接过来`,
    `${by} has not ${undone.en} in time${since.en}; people are called again, and anybody may take it over`,
  );
}

function lateText(lateMs: number): Text {
  const late = duration(lateMs);
  return lateMs < 60_000 ? both('', '') : both(`（超过 ${late.zh}）`, ` (for ${late.en})`);
}

export function callBackOverdueText(lateMs: number, unreached?: number): Text {
  const [since, tried] = [lateText(lateMs), triedText(unreached)];
  return both(
    `处置后未在时限内回访${since.zh}${tried.zh}，请处置人以外的人回访`,
    `Nobody has called back in time${since.en}${tried.en}: somebody else than the one who resolved it should`,
  );
}

export const positionText = ({
  latitude,
  longitude,
}: {
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
}): string =>
  latitude === undefined || longitude === undefined ? '' : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

export function photoText(note: string, position: string): Text {
  const said = sentence(note);
  const where = position === '' ? both('', '') : both(`（位置 ${position}）`, ` (at ${position})`);
  return both(`照片${where.zh}${said.zh}`, `Photo${where.en}${said.en}`);
}

export function assignedText(to: string, note: string): Text {
  const said = sentence(note);
  return both(`转派给 ${to}，待其接手${said.zh}`, `Asked ${to} to take it on${said.en}`);
}

export const assignedNews = (by: string, to: string): Text =>
  both(`${by} 请 ${to} 接手`, `${by} asks ${to} to take it on`);

/** Who was asked to take a case is told, or cannot be. */
export function assigneeToldText(told: readonly RecipientAddress[], left: number): Text {
  if (told.length > 0) return namesText(told, left);
  return both(
    '没有可用渠道通知此人，请当面或电话告知',
    'There is no channel to this person: tell them face to face or by telephone',
  );
}

export function calledBackText({
  result,
  note,
}: {
  readonly result: CallBackResult;
  readonly note: string;
}): Text {
  const title = CALL_BACK_RESULTS[result];
  const said = sentence(note);
  return both(`已回访：${title.zh}${said.zh}`, `Called back: ${title.en}${said.en}`);
}

export const STRUCK_OFF: Text = both('销号', 'Struck off');
export const REOPENED: Text = both('重新打开，需再次处置', 'Reopened: it has to be attended to again');
export const reopenedText = (times: number): Text =>
  times === 1
    ? both('重新打开，重新逐级通知', 'Reopened; people are called step by step again')
    : both(
        `第 ${times} 次重新打开，重新逐级通知`,
        `Reopened for the ${times}. time; people are called step by step again`,
      );

export const takenOverText = (by: string, from: string): Text =>
  both(`${by} 从 ${from} 接过来`, `${by} has taken it over from ${from}`);

export const declinedText = (by: string): Text => both(`${by} 去不了`, `${by} cannot come`);

export const withdrawnStepText = (by: string, mark: CaseMark): Text =>
  both(
    `${by} 撤回“${CASE_MARKS[mark].zh}”：不是这样`,
    `${by} withdraws “${CASE_MARKS[mark].en}”: it is not so`,
  );
export const givenBackText = (by: string, reason: string): Text =>
  both(
    `${by} 交回事项，需要别人接手${reason ? `：${reason}` : ''}`,
    `${by} gives the case back; somebody else is needed${reason ? `: ${reason}` : ''}`,
  );

export const acknowledgedText = (by: string): Text => both(`${by} 已接手`, `${by} has taken it on`);

/** Somebody registered a period of absence, or ended one. */
export function awayText({ from, until, kind, note }: AwayPeriod, ends: boolean, timeZone: string): Text {
  const [first, last] = [shortLocal(from, timeZone), shortLocal(until, timeZone)];
  const title = AWAY_TITLES[kind];
  const said = note ? both(`。${note}`, `. ${note}`) : both('', '');
  if (!ends && !isAbsence({ kind })) return guestsText(first, last, said);
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

export function resolvedText(
  outcome: Outcome,
  note: string,
  contactMadeBy: string,
  contact: ContactWay | undefined,
): Text {
  const title = OUTCOMES[outcome];
  const said = note === '' ? both('', '') : both(`。${note}`, `. ${note}`);
  const way = contact && CONTACT_WAYS[contact];
  const seen = way ? both(`。${way.zh}：${contactMadeBy}`, `. ${way.en} by ${contactMadeBy}`) : both('', '');
  return both(`已处置：${title.zh}${said.zh}${seen.zh}`, `Resolved: ${title.en}${said.en}${seen.en}`);
}

/** Names in a line of the time line; more than this is counted. */
const NAMES_MAX = 6;

/** Screens are told of everything: that of a case no person hears must be seen in its time line. */
function noPersonText(firstCallMs: number | undefined): Text {
  if (firstCallMs === undefined)
    return both('没有通知任何人，只有屏幕与程序', 'No person is told, but screens and programs');
  const { zh, en } = duration(firstCallMs);
  return both(
    `没有通知任何人，只有屏幕与程序；${zh}后仍无人接手才开始叫人`,
    `No person is told, but screens and programs; after ${en} people are called, if nobody has it`,
  );
}

/**
 * One line that says who is told of this step; also when it is nobody.
 * @param firstCallMs after how long the first step of the escalation calls people, in milliseconds
 */
export function toldText(
  told: readonly RecipientAddress[],
  left: number,
  grave: boolean,
  firstCallMs?: number,
): Text {
  if (told.length === 0) {
    return grave
      ? both(
          '名册中无人可通知，也没有可用的后备渠道，请立即人工处理',
          'Nobody in the roster is reachable and there is no fallback channel: somebody has to act by hand',
        )
      : both('按通知策略，此事项不通知任何人', 'By policy nobody is told of this');
  }
  const { zh, en } = namesText(told, left);
  if (told.every(({ screen }) => screen)) {
    const alone = noPersonText(firstCallMs);
    return both(`${alone.zh}。${zh}`, `${alone.en}. ${en}`);
  }
  // Who is told in the place of others says why; the bare fallback is that none of the people can be told.
  if (told.some((one) => one.fallback && !one.instead))
    return both(
      `应通知的人都联系不上，已改用后备渠道。${zh}`,
      `None of those who should be told can be reached, so fallback. ${en}`,
    );
  const why = insteadText(told);
  return both(`${why.zh}${zh}`, `${why.en}${en}`);
}

/** Why others are told than those who should be, each reason once. */
function insteadText(told: readonly RecipientAddress[]): Text {
  const reasons = new Map(told.flatMap(({ instead }) => (instead ? [[instead.zh, instead] as const] : [])));
  const said = (locale: keyof Text, stop: string): string =>
    [...reasons.values()].map((reason) => `${reason[locale]}${stop}`).join('');
  return both(said('zh', '。'), said('en', '. '));
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
/** Place and finding: what stands in lists. */
export const titleText = (place: Text, finding: Text): Text =>
  both(`${place.zh}：${finding.zh}`, `${place.en}: ${finding.en}`);

/** A finding of a case in which somebody called for help before, beside that. */
export const withCallOver = (finding: Text, call: Text): Text =>
  both(`${finding.zh}（曾有“${call.zh}”，已结束）`, `${finding.en} (there was “${call.en}”, which is over)`);

export const UNREACHED: Text = both('上一次通知未送达任何人', 'The last notice reached nobody');
/** What a resident hears who is asked. Nothing of the finding: others may listen. */
export const ASKED_BY: Text = both('社区关爱', 'Your community');
export const ARE_YOU_WELL: Text = both(
  '您好，想问问您是否一切都好。请报一声平安，或接听社区的电话。',
  'Hello, we would like to know whether all is well. Please say so, or answer our call.',
);
export const confirmedText = (note: string): Text => {
  const said = sentence(note);
  return both(
    `本人报平安${said.zh}。事项仍待人工确认`,
    `The person says that all is well${said.en}. The case still waits for somebody to confirm it`,
  );
};
export const needsHelpText = (note: string): Text => {
  const said = sentence(note);
  return both(`本人表示需要帮助${said.zh}`, `The person says that they need help${said.en}`);
};
/** A contact who has no account says what they heard from the person. */
export const contactSpokeText = (well: boolean): Text =>
  well
    ? both(
        '已与本人通话，没事。事项仍待人工确认',
        'Has spoken to the person, who is well. The case still waits for somebody to confirm it',
      )
    : both('已与本人通话，需要帮助', 'Has spoken to the person, who needs help');
/** One sentence after the other. */
export const joinedText = (first: Text, then: Text): Text =>
  both(`${first.zh}。${then.zh}`, `${first.en}. ${then.en}`);
export const inTurnText = (openMs: number, turn: number): Text => {
  const open = duration(openMs);
  return both(
    `已 ${open.zh}无人接手，按顺序通知下一位（第 ${turn} 位）`,
    `Nobody has taken it on for ${open.en}; the next one in turn is called (number ${turn})`,
  );
};
export const NEW_CASE: Text = both('新事项', 'New case');
export const newAlertText = (alert: Alert): Text =>
  both(`新增告警（${alert.priority}）`, `One more alert (${alert.priority})`);
export const repeatedText = (alert: Alert): Text =>
  both(
    `再次发生（${alert.priority}），共 ${alert.count} 次`,
    `It happened again (${alert.priority}), ${alert.count} times in all`,
  );

import { createHash } from 'node:crypto';
import { PRIORITIES, type Priority } from '../model/alert.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import { type Locale, many, type Text } from '../model/text.ts';

/** P1 is told apart from everything else: it never waits for the others, and never hides among them. */
export const isUrgent = (priority: Priority): boolean => priority === 'P1';

/** Care and upkeep: what was kept for the morning comes as one. */
export const isUpkeep = (notice: Notice): boolean => canJoin(notice) && notice.content.priority === 'P4';

/**
 * Of what waits for a channel, what goes into one digest with this notice: the same address, and with a P1 only P1.
 * What is a digest already, and tests, stay alone.
 */
export function together(notice: Notice, waiting: readonly Notice[]): Notice[] {
  return waiting.filter(
    (one) =>
      one.address === notice.address &&
      canJoin(one) &&
      isUrgent(one.content.priority) === isUrgent(notice.content.priority),
  );
}

/**
 * Those of the home have no account, and a digest asks to sign in: a person who is asked whether all is well is to answer that, and a
 * relative takes a case by the link of its own notice.
 */
export const canJoin = ({ content: { event }, follows, recipient: { kind } }: Notice): boolean =>
  event !== 'digest' && event !== 'test' && !follows && kind !== 'resident' && kind !== 'contact';

/**
 * One notice in the place of several. Its id comes of theirs, so that the same digest is never two. It says little, as
 * all notices do: how many of which priority, and the gravest of them by name.
 */
export function digestOf(members: readonly Notice[], now: number): Notice {
  const [first] = members as [Notice];
  const ids = members.map(({ id }) => id);
  const hash = createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 24);
  return {
    id: `digest.${first.channel}.${hash}`,
    case: '',
    alert: '',
    home: '',
    path: commonPath(members.map(({ path }) => path)),
    recipient: first.recipient,
    channel: first.channel,
    address: first.address,
    content: {
      event: 'digest',
      title: titleOf(members),
      body: { zh: bodyOf(members, 'zh'), en: bodyOf(members, 'en') },
      priority: PRIORITIES.find((one) => members.some(({ content }) => content.priority === one)) ?? 'P4',
      ...(members.every(({ content }) => content.ofRequest) ? { ofRequest: true } : {}),
    },
    createdAt: now,
    state: 'queued',
    attempts: 0,
    nextAttemptAt: now,
    standsFor: ids,
  };
}

function titleOf(members: readonly Notice[]): Text {
  const counts = PRIORITIES.map(
    (one) => [one, members.filter(({ content }) => content.priority === one).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([one, count]) => `${one}×${count}`);
  const cases = new Set(members.map((one) => one.case)).size;
  return {
    zh: `汇总：${cases} 个事项待接手（${counts.join('，')}）`,
    en: `Digest: ${many(cases, 'case waits', 'cases wait')} (${counts.join(', ')})`,
  };
}

function bodyOf(members: readonly Notice[], locale: Locale): string {
  const titles = [...new Set(members.map((one) => titleWithNumber(one, locale)))];
  const shown = titles.slice(0, LIMITS.digestTitlesMax).map((title, i) => `${i + 1}. ${title}`);
  const left = titles.length - shown.length;
  const more = locale === 'zh' ? `另有 ${left} 个。` : `${left} more.`;
  const ask =
    locale === 'zh'
      ? '已合并发送。请登录逐项接手。'
      : 'Merged into one message. Sign in and take them one by one.';
  return [...shown, ...(left > 0 ? [more] : []), ask].join(locale === 'zh' ? '；' : '; ');
}

const titleWithNumber = ({ content: { title, number } }: Notice, locale: Locale): string => {
  if (number === undefined) return title[locale];
  return locale === 'zh' ? `${title.zh}（事项 ${number}）` : `${title.en} (case ${number})`;
};

/** The node that covers all of them. */
function commonPath(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/'));
  const differs = first.findIndex((step, i) => others.some((other) => other[i] !== step));
  return (differs < 0 ? first : first.slice(0, differs)).join('/');
}

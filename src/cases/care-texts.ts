import { shortLocal } from '../lib/local-time.ts';
import { AWAY_TITLES, isAbsence } from '../model/away-kinds.ts';
import type { CommandBody } from '../model/command.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { SignOfReturn } from './care.ts';

/** The sentences of questions after an absence. */
const both = (zh: string, en: string): Text => ({ zh, en });

export function isBackTitle({ kind }: AwayPeriod): Text {
  if (kind === 'visitors')
    return both('来访登记到期，客人走了吗？', 'the visit has ended: have the guests left?');
  if (kind === 'moved' || kind === 'deceased')
    return both('空置登记到期，仍无人居住吗？', 'does still nobody live there?');
  return both('外出登记到期，回来了吗？', 'the absence has ended: is somebody back?');
}
export const RETURNED_TITLE: Text = both(
  '已有人回家，外出登记自动结束',
  'back at home: the absence has ended by itself',
);

const period = ({ kind, from, until, note }: AwayPeriod, zone: string): Text => {
  const title = AWAY_TITLES[kind];
  const when = `${shortLocal(from, zone)} – ${shortLocal(until, zone)}`;
  return both(
    `${title.zh}，${when}${note ? `，${note}` : ''}`,
    `${title.en}, ${when}${note ? `, ${note}` : ''}`,
  );
};

/** It is watched from the very end of the period: who does not answer keeps no alarm back. */
export function askedText(of: AwayPeriod, zone: string): Text {
  const { zh, en } = period(of, zone);
  if (!isAbsence(of))
    return both(
      `登记已到期（${zh}）。其间照常看护；从现在起的用水等又算作平日习惯。请确认：客人已走，或延长`,
      `The registered time is over (${en}). The home was watched all the while; from now on its use counts as usual again. Please answer: the guests have left, or stay longer`,
    );
  return both(
    `登记已到期（${zh}），已恢复看护。请确认：已回来、延长，或已搬走、已去世`,
    `The registered time is over (${en}) and the home is watched again. Please answer: back, longer, moved out or deceased`,
  );
}

export function askedAgainText(of: AwayPeriod, zone: string): Text {
  const { zh, en } = period(of, zone);
  return both(
    `仍未确认是否已回来（${zh}），再次询问`,
    `Nobody has said whether somebody is back (${en}); it is asked again`,
  );
}

const SEEN: Readonly<Record<Exclude<SignOfReturn['what'], 'visit'>, Text>> = {
  water: both('有用水', 'water was used'),
  door: both('入户门打开过', 'the front door was opened'),
  motion: both('家中有人活动', 'somebody moved in the home'),
  steps: both('手环在家中记到步数', 'steps were counted at home'),
};

const seenText = ({ what, by }: SignOfReturn): Text =>
  what === 'visit' ? both(`${by ?? ''} 见到本人`, `${by ?? ''} saw the person`) : SEEN[what];

export function returnedText(of: AwayPeriod, sign: SignOfReturn, zone: string): Text {
  const seen = seenText(sign);
  const { at } = sign;
  const when = shortLocal(at, zone);
  const title = AWAY_TITLES[of.kind];
  return both(
    `已回家：${when} ${seen.zh}。登记（${title.zh}）自动结束，重新开始看护，无需答复；如仍未回来，请重新登记`,
    `Back: ${seen.en} at ${when}. The registration (${title.en}) has ended by itself and watching begins anew. Nobody need answer; if they are still away, register it again`,
  );
}

const REGISTERED_TITLE = both('家属或本人登记了外出', 'registered as away by the family');
const REGISTERED_BY_STAFF = both('工作人员登记了外出', 'registered as away by staff');
const GUESTS_TITLE = both('登记了有客人', 'guests are registered');
export function registeredTitle(of: AwayPeriod): Text {
  if (!isAbsence(of)) return GUESTS_TITLE;
  return of.via ? REGISTERED_TITLE : REGISTERED_BY_STAFF;
}

export const STILL_AWAY_TITLE: Text = both(
  '长期外出或空置，情况仍如此吗？',
  'away for long: is that still so?',
);

export function stillAwayText(of: AwayPeriod, zone: string): Text {
  const { zh, en } = period(of, zone);
  if (!isAbsence(of))
    return both(
      `登记已满 90 天仍未到期（${zh}）。其间照常看护，但不学习平日习惯。请核实并答复：客人已走，或仍在`,
      `Registered for 90 days and not over yet (${en}). The home is watched meanwhile, and nothing is learned of what is usual. Please make sure, and answer: the guests have left, or not yet`,
    );
  return both(
    `登记已满 90 天仍未到期（${zh}），其间不因没有用水、没有活动而告警。请核实并答复：已回来、仍未回来，或已搬走、已去世`,
    `Registered for 90 days and not over yet (${en}); meanwhile nothing is raised for want of water or movement. Please make sure, and answer: back, not yet, moved out or deceased`,
  );
}

export function registeredText(of: AwayPeriod, by: string, zone: string): Text {
  const { zh, en } = period(of, zone);
  if (!isAbsence(of))
    return both(
      `${by} ${of.via ? '通过个人链接' : ''}登记：${zh}。这段时间照常看护：没有用水、没有活动仍会告警；只是不用来学习平日习惯。无需答复`,
      `${by} registered${of.via ? ' over a personal link' : ''}: ${en}. The home is watched as ever: want of water or movement is told; that time merely teaches nothing of what is usual. Nobody need answer`,
    );
  return both(
    `${by} ${of.via ? '通过个人链接' : ''}登记：${zh}。这段时间内不因没有用水、没有活动而告警。如有疑问，请核实，并可在住户页撤销；无需答复`,
    `${by} registered${of.via ? ' over a personal link' : ''}: ${en}. Until then nothing is raised for want of water or movement. In doubt ask them; it can be undone on the page of the home. Nobody need answer`,
  );
}

export const UNANSWERED: Text = both(
  '两次询问均无人答复，不再询问。看护照常进行',
  'Nobody answered two times; it is not asked any more. The home is watched as ever',
);
export const REVIEW_UNANSWERED: Text = both(
  '两次询问均无人答复。登记继续有效至其结束；90 天后再询问。请尽快核实，如有疑问请在住户页结束登记',
  'Nobody answered two times. The registration holds until its end and is asked about again after 90 days. Please make sure soon, and in doubt end it on the page of the home',
);
export const NEWS_OVER: Text = both('无需答复，自动结束', 'Nothing to answer: it ended by itself');
export const ANOTHER_PERIOD: Text = both(
  '有了新的登记，此询问结束',
  'There is a newer registration: this question ends',
);
export const ENDED_BY_HAND: Text = both('登记已由人工结束', 'Somebody ended the registration');

export function answeredText(
  answer: CommandBody<'home.answer'>['answer'],
  until: number | undefined,
  zone: string,
): Text {
  const last = until === undefined ? '' : shortLocal(until, zone);
  switch (answer) {
    case 'back':
      return both('答复：已回来，照常看护', 'Answered: they are back, and watched as ever');
    case 'extend':
      return both(`答复：尚未回来，延长至 ${last}`, `Answered: still away, until ${last}`);
    case 'moved':
      return both(
        `答复：已搬走。看护暂停，${last} 再询问；一有用水等活动即自动恢复`,
        `Answered: they have moved out. Watching rests; asked again ${last}, and at the first sign of use it resumes by itself`,
      );
    case 'deceased':
      return both(
        `答复：已去世。看护暂停，${last} 再询问；一有用水等活动即自动恢复`,
        `Answered: they have died. Watching rests; asked again ${last}, and at the first sign of use it resumes by itself`,
      );
  }
}

/** In the time line of a case that is open. */
export const guestsText = (first: string, last: string, said: Text): Text =>
  both(
    `已登记：${AWAY_TITLES.visitors.zh}，${first} 至 ${last}${said.zh}。照常看护`,
    `Registered: ${AWAY_TITLES.visitors.en}, ${first} to ${last}${said.en}. The home is watched as ever`,
  );

import type { Alert } from './alert.ts';
import type { Text } from './text.ts';

/** Somebody says by word of mouth, on the telephone or at the desk, that a home needs help; no device has said so. */

/** Under this name stands the alert. */
export const HELP_ASKED_RULE = 'asked-by-people';
/** In the state of its home. */
export const HELP_ASKED_KEY = 'asked';
/** What stands as the event in its evidence. */
export const HELP_ASKED_EVENT = 'help-asked';
/** Beside it: nobody called, somebody was found in need. What the service missed is known by this mark alone. */
export const FOUND_IN_NEED = 'found';
export const isFoundInNeed = ({ evidence }: Pick<Alert, 'evidence'>): boolean =>
  evidence.values[FOUND_IN_NEED] === 'yes';

/** How soon somebody must come: upkeep is no help, and of P4 nobody is called back. */
export const HELP_ASKED_PRIORITIES = ['P1', 'P2', 'P3'] as const;
export type HelpAskedPriority = (typeof HELP_ASKED_PRIORITIES)[number];
export const HELP_ASKED_PRIORITY_TITLES: Readonly<Record<HelpAskedPriority, Text>> = {
  P1: { zh: '有生命危险，立即', en: 'Life at risk: at once' },
  P2: { zh: '尽快有人去', en: 'Somebody should go soon' },
  P3: { zh: '今天内处理', en: 'Within the day' },
};

/** Short: an SMS has room for ten characters. */
export const HELP_ASKED_TITLE: Text = { zh: '来电来人求助', en: 'help asked for' };

export interface HelpAskedFacts {
  /** Who asks; empty: they did not say. */
  readonly from: string;
  readonly note: string;
  /** Who entered it, and when by the clocks of the home. */
  readonly by: string;
  readonly when: string;
  /** Nobody called: they were found. */
  readonly found?: boolean | undefined;
}

export function helpAskedText({ from, note, by, when, found }: HelpAskedFacts): Text {
  if (found)
    return {
      zh: `${when} 登记：有人被发现时已需要帮助${from === '' ? '' : `（${from} 发现）`}：${note}（${by} 登记）`,
      en: `At ${when} it was said that somebody was found in need${from === '' ? '' : ` (by ${from})`}: ${note} (entered by ${by})`,
    };
  const said = from === '' ? { zh: '未留姓名者', en: 'somebody without a name' } : { zh: from, en: from };
  return {
    zh: `${when} ${said.zh} 求助：${note}（${by} 登记）`,
    en: `At ${when} ${said.en} asked for help: ${note} (entered by ${by})`,
  };
}

/** Somebody who was asked whether all is well said so when the case of the question was over; `contact`: of the person. */
export function helpAnsweredText(by: string, when: string, note: string, contact: boolean): Text {
  const [zh, en] = note === '' ? ['', ''] : [`：${note}`, `: ${note}`];
  return contact
    ? {
        zh: `${when} ${by}：已与本人通话，需要帮助${zh}（原事项已办结）`,
        en: `At ${when} ${by} has spoken to the person, who needs help${en} (the case before is over)`,
      }
    : {
        zh: `${when} ${by} 答复需要帮助${zh}（原事项已办结）`,
        en: `At ${when} ${by} answered that help is needed${en} (the case before is over)`,
      };
}

/** To whoever knows of the case already: more has been said. */
export const HELP_ASKED_AGAIN: Text = { zh: '又有人来电来人求助', en: 'Help was asked for once more' };

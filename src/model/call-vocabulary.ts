import type { Call } from './call-for-help.ts';

/** The words in which somebody calls for help, what takes a call back, and what may stand beside it. */

/** By what else a call is known than by its words. */
export interface Look {
  /** Of a device that is there for somebody who calls: its bare alarm is a call, and a bare `help` no order to it. */
  readonly isWorn?: boolean;
  /** When it came: a time near it may stand for a press. */
  readonly at?: number;
  /** It stands beside readings that were taken: what such a message says besides is what the device is set to, too. */
  readonly isBeside?: boolean;
}

/** A longer text is looked through for the usual words alone. */
export const TEXT_CHARS_MAX = 16_384;
/** Characters of a value, a key or a level of a topic: more are a story, and not a word. */
export const PHRASE_CHARS_MAX = 40;

const SOS = new Set(['sos', 'panic', 'help', 'emergency', 'mayday', 'nursecall']);
const FALL = new Set(['fall', 'falls', 'fallen', 'falldown', 'mandown']);
const SOS_ZH =
  /求救|呼救|救命|求助|救援|紧急(?:呼叫|报警|告警|按[钮键]|情况|事件)|^紧急$|一键(?:呼叫|报警|告警)|帮[帮助]?我|需要帮助|^帮助$|来人[啊呀]|快来人/u;
const FALL_ZH = /跌倒|摔倒/u;
/** What is no call: it was taken back or tried out, it is a setting, a counter, somebody's number. */
const TAKEN_BACK = new Set(
  'cancel cancelled canceled clear cleared off test testing end ended normal no not none false disable disabled reset resolved count counter config enable enabled support supported version sensitivity threshold number phone contact contacts history last recover recovered restore restored 0'.split(
    ' ',
  ),
);
const TAKEN_BACK_ZH =
  /取消|解除|恢复|测试|未|无|关闭|开启|启用|正常|结束|号码|电话|次数|设置|灵敏度|误|联系人|电量|低电|离线|在线/u;
/** What may stand beside a call and changes nothing about it. */
const BESIDE = new Set(
  'alarm alarms alert alerts button key call calls calling pressed press event events detected detection detect trigger triggered active activated confirmed real on flag status state me please message msg type warning signal request device wearer elderly person user is has i am need needs needed for want now long short single double true'.split(
    ' ',
  ),
);
/** Of something that is worn, the bare alarm is its wearer's. */
const BARE_ALARM = new Set(
  'alarm alarms alert alerts button key pressed press long short single double'.split(' '),
);
const BARE_ALARM_ZH = /^(?:一般)?(?:报警|告警|按键)$/u;
/** `general_alarm` is what an alarm is called that does not say which; `alarm_status` is the same. */
const BESIDE_ALARM = new Set(['general', 'status', 'state', 'flag']);
/** None of these, and no letter of another script than ASCII and Chinese: no words of a call stand in the text, and no alarm. */
const MAY_SAY =
  /sos|panic|help|emergency|mayday|nurse|fall|down|alarm|alert|button|key|press|long|short|single|double|[a-z]\.[a-z]|[求呼救紧帮来跌摔报告按]|[^\s\x20-\x7e\u2e80-\u9fff\uac00-\ud7ff]/i;

/** Words as somebody reads them: full-width letters are letters, `S.O.S.` is one word, `isFall` and `SOSAlarm` are two. */
export const wordsOf = (text: string): string[] => (MAY_SAY.test(text) ? allWordsOf(text) : []);

/** The same of a text in which none may call: it may take back what stands elsewhere. */
export function allWordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replace(/(\p{Ll})(\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$3 $2')
    .toLowerCase()
    .replace(/nurse[ _-]?call/g, 'nursecall')
    .replace(/\b(?:[a-z]\.){2,8}/g, (letters) => `${letters.replaceAll('.', '')} `)
    .split(/[^a-z0-9\p{Script=Han}]+|(?<=[a-z0-9])(?=\p{Script=Han})|(?<=\p{Script=Han})(?=[a-z0-9])/u)
    .filter((word) => word !== '');
}

export const isTakenBack = (word: string): boolean => TAKEN_BACK.has(word) || TAKEN_BACK_ZH.test(word);
export const isBeside = (word: string): boolean => BESIDE.has(word);
export const isNumber = (word: string): boolean => /^\d{1,16}$/.test(word);

/** @param beside what else may stand beside a call */
export function callOf(
  words: readonly string[],
  { isWorn = false }: Look = {},
  beside: (word: string) => boolean = () => false,
): Call | undefined {
  // It is what a thing answers, and what it is asked, all over the world.
  if (!isWorn && words.length === 1 && words[0] === 'help') return undefined;
  let call: Call | undefined;
  for (const [i, word] of words.entries()) {
    if (isTakenBack(word)) return undefined;
    if (FALL.has(word) || FALL_ZH.test(word) || (word === 'down' && words[i - 1] === 'man')) call = 'fall';
    else if (SOS.has(word) || SOS_ZH.test(word)) call ??= 'sos';
    else if (!BESIDE.has(word) && !beside(word) && !isPart(words, i) && !/\p{Script=Han}/u.test(word))
      return undefined;
  }
  return call;
}

/** `man` and `down` around each other or a fall. */
const isPart = (words: readonly string[], i: number): boolean =>
  (words[i] === 'man' && words[i + 1] === 'down') || (words[i] === 'down' && words[i - 1] === 'fall');

export const isBareAlarm = (words: readonly string[]): boolean =>
  words.some(isOfAlarm) && words.every((word) => isOfAlarm(word) || BESIDE_ALARM.has(word));

const isOfAlarm = (word: string): boolean => BARE_ALARM.has(word) || BARE_ALARM_ZH.test(word);

/** `alarm`, but not `press` or `single`: of those a model knows which are calls. */
export const isOfAlarmAlone = (words: readonly string[]): boolean =>
  isBareAlarm(words) && words.some((word) => /^(?:alarms?|alerts?|.*[报告]警)$/u.test(word));

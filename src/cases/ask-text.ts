import type { Case } from '../model/case.ts';
import type { CaseTarget } from '../model/case-targets.ts';
import type { Text } from '../model/text.ts';
import { duration } from './texts.ts';

const text = (zh: string, en: string): Text => ({ zh, en });

/** What is owed next of a case that somebody has. */
const OWED = {
  contact: text('联系到老人', 'the person is to be reached'),
  onSite: text('到达现场', 'somebody is to be there'),
  resolve: text('处置', 'to be resolved'),
} as const;

const SIGN_IN = text('详情请登录查看。', 'Sign in for details.');

/** The same for those of the home: they have no account. The link leads them to their page. */
export const withoutSignIn = ({ zh, en }: Text): Text =>
  text(zh.replace(SIGN_IN.zh, ''), en.replace(` ${SIGN_IN.en}`, ''));

/** Nothing is asked. */
export const newsText = ({ zh, en }: Text): Text => text(`${zh}。${SIGN_IN.zh}`, `${en}. ${SIGN_IN.en}`);

/** What to do, and by when. No measured value: groups are leaky, details stand behind the login. */
export function askText(current: Case, news: Text | undefined, withinMs: number, next?: CaseTarget): Text {
  const within = duration(withinMs);
  const first = news ? text(`${news.zh}。`, `${news.en}. `) : text('', '');
  if (current.status === 'resolved')
    return asked(text(`${first.zh}请回访。`, `${first.en}Please call back.`));
  if (current.status === 'acknowledged') {
    const by = current.acknowledgedBy ?? '';
    const owed = OWED[next === 'contact' || next === 'onSite' ? next : 'resolve'];
    const when = text(
      withinMs < 60_000 ? '请立即' : `请在 ${within.zh}内`,
      withinMs < 60_000 ? 'now' : `within ${within.en}`,
    );
    return asked(
      text(
        `${first.zh}${by} 已接手，${when.zh}${owed.zh}。`,
        `${first.en}${by} has taken it on; ${owed.en} ${when.en}.`,
      ),
    );
  }
  if (withinMs < 60_000) return asked(text(`${first.zh}请立即接手。`, `${first.en}Please acknowledge now.`));
  return asked(
    text(`${first.zh}请在 ${within.zh}内接手。`, `${first.en}Please acknowledge within ${within.en}.`),
  );
}

const asked = ({ zh, en }: Text): Text => text(`${zh}${SIGN_IN.zh}`, `${en} ${SIGN_IN.en}`);

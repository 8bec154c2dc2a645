import { shortLocal } from '../lib/local-time.ts';
import type { Priority } from '../model/alert.ts';
import type { Text } from '../model/text.ts';
import type { Episode, PressureLimits } from './blood-pressure-course.ts';
import type { Finding } from './define.ts';
import type { LetPass } from './let-pass.ts';

export const SIDE_TITLES: Readonly<Record<PressureLimits['side'], Text>> = {
  high: { zh: '血压过高', en: 'Blood pressure too high' },
  low: { zh: '血压过低', en: 'Blood pressure too low' },
};

/** An episode as people read it, with what they are to do about it. */
export function findingOf(
  context: { readonly now: number; readonly timeZone: string },
  { side, limit }: PressureLimits,
  episode: Episode,
  graveness: Priority,
): Finding {
  const { last } = episode;
  const isMean = episode.mean !== undefined;
  const shown = episode.mean ?? last;
  const what = `${shown.systolic ?? '–'}/${shown.diastolic ?? '–'} mmHg`;
  const at = `${limit.systolic ?? '–'}/${limit.diastolic ?? '–'}`;
  const sign = side === 'high' ? ['≥', 'at or above'] : ['≤', 'at or below'];
  const by = last.cuff ? ['血压计测得', 'Cuff'] : ['手环测得', 'Band'];
  const mean = isMean ? ['（末两次平均）', ' (mean of the last two)'] : ['', ''];
  const when = shortLocal(last.at, context.timeZone);
  const ask = ADVICE[episode.confirmedBy ?? 'nothing'];
  const dizzy = side === 'low' ? DIZZY : { zh: '', en: '' };
  return {
    since: episode.since,
    at: last.at,
    priority: graveness,
    title: SIDE_TITLES[side],
    evidence: {
      text: {
        zh: `${by[0]} ${what}${mean[0]}（阈值 ${sign[0]} ${at}），${when}，越限 ${episode.overs.length} 次。${ask.zh}${dizzy.zh}`,
        en: `${by[1]}: ${what}${mean[1]} (limit: ${sign[1]} ${at}) at ${when}, ${episode.overs.length} beyond it. ${ask.en}${dizzy.en}`,
      },
      readings: episode.overs
        .slice(-3)
        .flatMap(({ device, at: measured, receivedAt, systolic, diastolic }) => [
          ...(systolic === undefined
            ? []
            : [{ device, metric: 'systolic_mmhg', value: systolic, at: measured, receivedAt } as const]),
          ...(diastolic === undefined
            ? []
            : [{ device, metric: 'diastolic_mmhg', value: diastolic, at: measured, receivedAt } as const]),
        ]),
      freshnessMs: Math.max(0, context.now - last.at),
      values: {
        ...(limit.systolic === undefined ? {} : { limitSystolic: limit.systolic }),
        ...(limit.diastolic === undefined ? {} : { limitDiastolic: limit.diastolic }),
        confirmedBy: episode.confirmedBy ?? 'nothing',
        count: episode.overs.length,
      },
    },
  };
}

const ADVICE: Readonly<Record<'nothing' | 'band' | 'cuff', Text>> = {
  nothing: {
    zh: '尚未复测确认：请联系老人静坐 5 分钟后用血压计复测。',
    en: 'Not confirmed by a second reading: ask the resident to rest 5 minutes and measure with a cuff.',
  },
  band: {
    zh: '手环血压仅作提示：请电话询问，并用袖带血压计确认。',
    en: "A band's pressure is a hint: call, and have it confirmed with a cuff.",
  },
  cuff: {
    zh: '已由血压计确认：请立即联系老人，询问有无胸痛、气短、头痛、肢体无力、言语不清；有则拨打 120。',
    en: 'Confirmed by a cuff: call at once, ask for chest pain, short breath, headache, weakness, slurred speech; if so call 120.',
  },
};
const DIZZY: Text = {
  zh: '请询问是否头晕、出冷汗、站立不稳。',
  en: ' Ask for dizziness, cold sweat, unsteadiness.',
};

/** A crisis, of which somebody is to hear at once: grade 3 of the Chinese guideline of 2024. See docs/rules.md. */
const CRISIS = { systolic: 180, diastolic: 110 } as const;
const BOUNDS = {
  systolic: { zh: '收缩压', en: 'systolic' },
  diastolic: { zh: '舒张压', en: 'diastolic' },
} as const;

/** @param limit reached by either of the two */
export const crisisLetPass = (limit: {
  readonly systolic?: number | undefined;
  readonly diastolic?: number | undefined;
}): LetPass[] =>
  (['systolic', 'diastolic'] as const).flatMap((what) => {
    const at = limit[what];
    if (at !== undefined && at <= CRISIS[what]) return [];
    const { zh, en } = BOUNDS[what];
    return [
      {
        what,
        text: {
          zh: `${zh} ${CRISIS[what]} mmHg 不会被发现（${at === undefined ? `没有 limit.${what}` : `limit.${what} 为 ${at}`}）`,
          en: `a ${en} pressure of ${CRISIS[what]} mmHg is not found (${at === undefined ? `no limit.${what}` : `limit.${what} is ${at}`})`,
        },
      },
    ];
  });

import { duration } from '../cases/texts.ts';
import { emptySteps, type NotifyPolicy, untoldPriorities } from '../model/notify-policy.ts';
import { lateFirst, neverCalledAgain, slowTimes, toldToEverybody } from '../model/slow-policy.ts';
import type { Text } from '../model/text.ts';

/** What notify.yaml says of safety cases that is in order, and leaves them for so long that it can hardly be meant. */
export function lateSpots(policy: NotifyPolicy): Text[] {
  const alone = neverCalledAgain(policy);
  const unnamed = untoldPriorities(policy);
  const loud = toldToEverybody(policy).filter((priority) => !unnamed.includes(priority));
  return [
    ...(loud.length > 0
      ? [
          {
            zh: `routes 没有 ${loud.join('、')} 安全事项的条目：没有写明先叫谁，只好同时通知该户以上的所有人员与后备渠道`,
            en: `no route is for ${loud.join(', ')} of safety: nobody is named to be called at once, and everybody above the home and the fallback channels are told instead`,
          },
        ]
      : []),
    ...lateFirst(policy).map(({ priority, ms }) => ({
      zh: `${priority} 安全事项在 routes 中没有写明通知谁：${duration(ms).zh}后才由 escalation 通知第一个人`,
      en: `no route names anybody for ${priority} of safety: nobody hears of it before the escalation does, after ${duration(ms).en}`,
    })),
    ...(alone.length > 0
      ? [
          {
            zh: `escalation 没有 ${alone.join('、')} 安全事项的条目：无人接手时不会再通知任何人`,
            en: `no line of escalation is for ${alone.join(', ')} of safety: while nobody takes such a case nobody else is called`,
          },
        ]
      : []),
    ...slowTimes(policy).map(({ path, priority, ms, longestMs }) => ({
      zh: `${path} 对 ${priority} 安全事项长达 ${duration(ms).zh}（通常不超过${duration(longestMs).zh}）`,
      en: `${path} is ${duration(ms).en} for ${priority} of safety, which is longer than ${duration(longestMs).en}`,
    })),
    ...emptySteps(policy).map(([list, line, , step]) => ({
      zh: `${list}[${line}].steps[${step}] 不通知任何人：到这一步等于又等一段，末步则一再空等`,
      en: `${list}[${line}].steps[${step}] calls nobody: it is one more wait, and as the last step one without end`,
    })),
  ];
}

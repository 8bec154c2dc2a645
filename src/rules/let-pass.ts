import { METRICS, type MetricName } from '../model/metrics.ts';
import type { Text } from '../model/text.ts';

/** What a rule should find, and lets pass with the limits that it has. */
export interface LetPass {
  /** By which it is seen whether another rule finds it. */
  readonly what: string;
  readonly text: Text;
}

/** Less than the cistern or an appliance of somebody draws who lies on the floor. */
const ONE_DRAW_LITRES = 1;

export const drawLetPass = (belowLitres: number): LetPass[] =>
  belowLitres >= ONE_DRAW_LITRES
    ? []
    : [
        {
          what: 'draw',
          text: {
            zh: `水箱或电器用掉 ${ONE_DRAW_LITRES} 升水，有人倒下就不会被发现（belowLitres 为 ${belowLitres}）`,
            en: `${ONE_DRAW_LITRES} L that a cistern or an appliance draws hides that somebody lies there (belowLitres is ${belowLitres})`,
          },
        },
      ];

interface OfReadings {
  readonly metric: MetricName;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** A value beyond what can be true is refused: no reading ever reaches such a limit. */
export const beyondLetPass = (limits: readonly OfReadings[]): LetPass[] =>
  limits.flatMap(({ metric, above, below }) => {
    const { min, max } = METRICS[metric];
    const [side, at] = above === undefined ? (['below', below] as const) : (['above', above] as const);
    if (at === undefined || (side === 'above' ? at <= max : at >= min)) return [];
    return [
      {
        what: `${metric} ${side}`,
        text: {
          zh: `没有读数能达到 ${metric} ${side} ${at}（可采信的读数在 ${min} 至 ${max} 之间）`,
          en: `no reading reaches ${metric} ${side} ${at} (those that are taken lie between ${min} and ${max})`,
        },
      },
    ];
  });

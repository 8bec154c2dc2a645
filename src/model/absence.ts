import { DAY } from '../lib/clock.ts';
import { LIMITS } from './limits.ts';
import type { AwayPeriod } from './registry.ts';

/** Does it reach further than whoever acts for people may register by himself? */
export const isLongAbsence = ({ from, until }: Pick<AwayPeriod, 'from' | 'until'>, now: number): boolean =>
  until - Math.max(from, now) > LIMITS.awayDaysMax * DAY;

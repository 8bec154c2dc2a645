import { AWAY_TITLES } from '../../model/away-kinds.ts';
import { dayTime } from '../format/time.ts';
import { awayAt } from '../homes/away-now.ts';
import type { HomeDetail } from '../state/answers.ts';
import { serviceNow } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';

/** Somebody has registered that the person is away, perhaps since the case was opened: whoever is to go there reads it first. */
export function AwayBadge({ home, zone }: { home: HomeDetail | undefined; zone: string }) {
  const period = awayAt(home?.home.away, serviceNow());
  if (!period) return null;
  const until = dayTime(period.until, serviceNow(), zone);
  return (
    <span class="state state-away">{t('list.away', { kind: pick(AWAY_TITLES[period.kind]), until })}</span>
  );
}

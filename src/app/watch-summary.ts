import { IdSet } from '../model/id-set.ts';
import { type HomeWatchSummary, NO_RULE, NOBODY_TO_TELL, type WatchReason } from '../ports/watch-summary.ts';
import type { RuleKinds } from '../rules/compile.ts';
import type { RuleDevice } from '../rules/instance.ts';
import { blindness, isMuteInPart, type RuleWatch, type WatchState } from '../rules/watch.ts';

/** Why a rule would find nothing, the reason that matters most first. The others are as they should be. */
const REASONS: readonly WatchState[] = [
  'no-device',
  'not-enrolled-yet',
  'never-reported',
  'gateway-silent',
  'device-silent',
  'not-measuring',
  'failed',
  'away',
  'not-worn',
  'charging',
  'resolved',
  'not-armed',
  'too-coarse',
  'exit-unseen',
  'switched-off',
];
const UNHEARD: ReadonlySet<WatchState> = new Set(['never-reported', 'gateway-silent', 'device-silent']);
/** Nobody can see the home at all. */
const BLIND: ReadonlySet<WatchState> = new Set([
  'no-device',
  'never-reported',
  'gateway-silent',
  'device-silent',
  'not-enrolled-yet',
  'not-measuring',
]);

/**
 * How well a home is watched, of all that its rules say. A rule for which no device hangs there counts only where no
 * device hangs there at all: most homes have no smoke detector. Rules in shadow look after nobody.
 *
 * @param unjudged devices of which no rule judges what they measure
 */
export function watchSummary(
  watches: readonly RuleWatch[],
  devices: readonly RuleDevice[],
  now: number,
  isAway: boolean,
  kinds: RuleKinds,
  unjudged: readonly RuleDevice[] = [],
): HomeWatchSummary {
  const found = new Map<
    WatchState,
    { rules: Set<string>; devices: Set<string>; until: number | undefined }
  >();
  let seesPerson = false;
  for (const { rule, kind, about, device, state, until, shadow } of watches) {
    if (shadow) continue;
    // A rule over other rules sees nothing by itself.
    const looks = about === 'person' && !kinds.get(kind)?.onFindings;
    if (looks && (state === 'watching' || state === 'open')) seesPerson = true;
    if (!REASONS.includes(state) || (state === 'no-device' && devices.length > 0)) continue;
    const known = found.get(state) ?? { rules: new Set(), devices: new Set(), until: undefined };
    known.rules.add(rule);
    if (device !== undefined) known.devices.add(device);
    if (until !== undefined) known.until = Math.min(known.until ?? until, until);
    found.set(state, known);
  }
  // What somebody decided for this home is as it should be, as long as something else looks after who lives there.
  if (seesPerson) found.delete('switched-off');
  const reasons = REASONS.flatMap((state): WatchReason[] => {
    const known = found.get(state);
    if (!known) return [];
    const { until } = known;
    // A rule about the home as a whole names no device: those that bring nothing are named here.
    const dark = devices.filter((each) => isDark(each, state, now));
    const named = dark.length > 0 ? dark.map(({ id }) => id) : [...known.devices];
    const since = UNHEARD.has(state) && dark.length > 0 ? Math.min(...dark.map(lastSign)) : undefined;
    return [
      {
        state,
        rules: [...known.rules],
        devices: named,
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      },
    ];
  });
  if (unjudged.length > 0) {
    const first = reasons.findIndex(({ state }) => !BLIND.has(state as WatchState));
    const reason = { state: NO_RULE, rules: [], devices: unjudged.map(({ id }) => id) };
    reasons.splice(first < 0 ? reasons.length : first, 0, reason);
  }
  if (reasons.length === 0) return { level: 'full', reasons };
  if (!seesPerson && (isBlind({ reasons }) || !isAway)) return { level: 'unwatched', reasons };
  return { level: isAway ? 'away' : 'partly', reasons };
}

/** Of what the home does nothing comes that a rule could judge. */
export const isBlind = ({ reasons }: Pick<HomeWatchSummary, 'reasons'>): boolean =>
  reasons.some(({ state }) => BLIND.has(state as WatchState));

/** What of a device was heard last, or, where nothing ever was, since when something could be. */
const lastSign = ({ state, enrolledAt }: RuleDevice): number =>
  state.heardAt === 0 ? enrolledAt : state.heardAt;

const isDark = (device: RuleDevice, state: WatchState, now: number): boolean =>
  blindness([device], now, IdSet.all) === state || (state === 'not-measuring' && isMuteInPart(device, now));

/** However much is seen, nobody would hear of it: whoever lives there is as much alone as where nothing is seen. */
export const withNobodyToTell = ({ reasons }: HomeWatchSummary): HomeWatchSummary => ({
  level: 'unwatched',
  reasons: [{ state: NOBODY_TO_TELL, rules: [], devices: [] }, ...reasons],
});

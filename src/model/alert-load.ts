/**
 * Whether people can keep up with their alerts: the marks that stand beside the figures. EEMUA 191 (3rd ed., 2013), ISA-18.2-2016
 * and IEC 62682:2022 give them for operators of plants; decision 0110 says what of them holds here.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LOAD_MARKS = {
  /** Alerts in an hour of one desk: very likely acceptable, and the most that can be managed. */
  perHourAcceptable: 6,
  perHourMax: 12,
  /** So many within so long are a flood, and it should be one for less than this share of the time. */
  floodAlerts: 10,
  floodWithinMs: 10 * MINUTE,
  floodShareMax: 0.01,
  /** Who stands longer than that stands still; fewer than so many of them at a desk. */
  staleMs: DAY,
  staleMax: 5,
  /** So many changes of one source within so long: as for sensors that speak every second… */
  chatterChanges: 3,
  chatterWithinMs: MINUTE,
  /** …and raised so often within so long, for ours, which speak every hour or once a day. */
  repeatsRaised: 3,
  repeatsWithinMs: DAY,
  topSources: 10,
  topShareMax: 0.05,
  /** High (P1), medium (P2), low (P3, P4). */
  mix: { high: 0.05, medium: 0.15, low: 0.8 },
} as const;

/** Ten of fewer than these are more than the mark allows, wherever they come from. */
export const TOP_SHARE_MEANS_FROM = LOAD_MARKS.topSources / LOAD_MARKS.topShareMax;

/** Of fewer than this a quantile or a share says next to nothing, which stands beside it. */
export const FEW = 10;

/** Before somebody was found in need, so long ago at most something must have been raised, or it was missed. */
export const MISSED_WITHIN_MS = DAY;

/** Who counts as one operator: whoever, in turns, gets all alerts of this. */
export const DESKS = ['community', 'grid', 'area'] as const;
export type Desk = (typeof DESKS)[number];

export const LOAD_ABOUTS = ['all', 'people', 'things'] as const;
export type LoadAbout = (typeof LOAD_ABOUTS)[number];

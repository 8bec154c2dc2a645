import type { RuleExample } from './define.ts';

const DAY = 24;

/** The stories of `visit-overdue`. */
export const VISIT_EXAMPLES: readonly RuleExample[] = [
  {
    name: 'must not fire: a home of which nobody has said anything, whatever is met there in passing',
    inputs: [],
    people: [{ at: 30, visit: 'seen', inCase: true }],
    until: 400 * DAY,
    expect: [],
  },
  {
    name: 'a high-risk home without a visit for a week, and another week after one',
    visitClass: 'high',
    inputs: [],
    people: [{ at: 8 * DAY, visit: 'seen' }],
    until: 16 * DAY,
    expect: [
      {
        raised: 7 * DAY,
        since: 7 * DAY,
        cleared: 8 * DAY,
        reason: 'recovered',
        priority: 'P4',
      },
      { raised: 15 * DAY, since: 15 * DAY },
    ],
  },
  {
    name: 'a key home within a month, by a visit in which somebody spoke to the person',
    visitClass: 'key',
    inputs: [],
    people: [{ at: 20 * DAY, visit: 'spoken' }],
    until: 51 * DAY,
    expect: [{ raised: 50 * DAY }],
  },
  {
    name: 'a home without a class is visited like all others from its first visit on',
    inputs: [],
    people: [{ at: 10 * DAY, visit: 'seen' }],
    until: 101 * DAY,
    expect: [{ raised: 100 * DAY }],
  },
  {
    name: 'who was not met has not been visited',
    visitClass: 'high',
    inputs: [],
    people: [
      { at: 5 * DAY, visit: 'not-met' },
      { at: 9 * DAY, visit: 'not-met' },
    ],
    until: 10 * DAY,
    expect: [{ raised: 7 * DAY }],
  },
  {
    name: 'a visit that is told late counts from when it was: it never was overdue',
    visitClass: 'high',
    inputs: [],
    people: [{ at: 6 * DAY, told: 8 * DAY, visit: 'seen' }],
    until: 14 * DAY,
    expect: [
      { raised: 7 * DAY, cleared: 8 * DAY, reason: 'late-data' },
      { raised: 13 * DAY, since: 13 * DAY },
    ],
  },
  {
    name: 'must not fire: an older visit that is told later takes nothing back',
    visitClass: 'high',
    inputs: [],
    people: [
      { at: 6 * DAY, visit: 'seen' },
      { at: 2 * DAY, told: 7 * DAY, visit: 'seen' },
    ],
    until: 12 * DAY,
    expect: [],
  },
  {
    name: 'somebody was seen while a case was handled: that is a visit',
    visitClass: 'high',
    inputs: [],
    people: [{ at: 5 * DAY, visit: 'seen', inCase: true }],
    until: 13 * DAY,
    expect: [{ raised: 12 * DAY }],
  },
  {
    name: 'a day after a major change, until somebody comes',
    inputs: [],
    people: [
      { at: 50, change: 'discharge' },
      { at: 80, visit: 'seen' },
    ],
    until: 100,
    expect: [{ raised: 74, since: 74, cleared: 80, reason: 'recovered' }],
  },
  {
    name: 'of several changes that nobody came for the oldest counts, and a later one ends nothing',
    inputs: [],
    people: [
      { at: 24, change: 'discharge' },
      { at: 44, change: 'illness' },
      { at: 64, change: 'fall' },
      { at: 120, change: 'fall' },
      { at: 150, told: 152, visit: 'seen' },
    ],
    until: 200,
    expect: [{ raised: 48, since: 48, cleared: 152, reason: 'recovered' }],
  },
  {
    name: 'a visit between two changes answers the first alone',
    inputs: [],
    people: [
      { at: 24, change: 'discharge' },
      { at: 50, change: 'fall' },
      { at: 40, told: 60, visit: 'seen' },
    ],
    until: 100,
    expect: [
      { raised: 48, since: 48, cleared: 60, reason: 'late-data' },
      { raised: 74, since: 74 },
    ],
  },
  {
    name: 'an absence that is told late shows that no visit was due',
    visitClass: 'high',
    inputs: [],
    people: [{ at: 6 * DAY, told: 7.5 * DAY, away: 'travel', until: 9 * DAY }],
    until: 11 * DAY,
    expect: [{ raised: 7 * DAY, cleared: 7.5 * DAY, reason: 'late-data' }, { raised: 10 * DAY }],
  },
  {
    name: 'must not fire: somebody came after the change, before it was told',
    inputs: [],
    people: [
      { at: 60, visit: 'seen' },
      { at: 50, told: 70, change: 'bereavement' },
    ],
    until: 100,
    expect: [],
  },
  {
    name: 'a stay in hospital stops the days, and ends what was raised',
    visitClass: 'high',
    inputs: [],
    people: [
      { at: 3 * DAY, away: 'hospital', until: 13 * DAY },
      { at: 18 * DAY, away: 'hospital', until: 20 * DAY },
    ],
    until: 21 * DAY,
    expect: [
      { raised: 17 * DAY, since: 17 * DAY, cleared: 18 * DAY, reason: 'recovered' },
      { raised: 20 * DAY },
    ],
  },
  {
    name: 'an absence that was registered ahead ends what is open when it begins',
    visitClass: 'high',
    inputs: [],
    people: [{ at: 8 * DAY, told: DAY, away: 'travel', until: 9 * DAY }],
    until: 8.5 * DAY,
    expect: [{ raised: 7 * DAY, cleared: 8 * DAY }],
  },
  {
    name: 'must not fire: who died or moved out is not visited',
    visitClass: 'high',
    inputs: [],
    people: [
      { at: 2 * DAY, away: 'moved', until: 92 * DAY },
      { at: 92 * DAY, told: 91 * DAY, away: 'deceased', until: 182 * DAY },
    ],
    until: 188 * DAY,
    expect: [],
  },
];

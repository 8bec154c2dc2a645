import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { isCall } from '../../model/call-for-help.ts';
import type { DeviceEvent } from '../../model/message.ts';
import { EVENT_NAMES, EVENTS, type EventName } from '../../model/metrics.ts';
import { joined, type Text } from '../../model/text.ts';
import { mayHaveWaited } from '../after-absence.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';

const eventName = z.enum(EVENT_NAMES as [EventName, ...EventName[]]);
const params = z.strictObject({
  events: z.array(eventName).min(1).meta({ title: 'Events' }),
  cancelledBy: eventName
    .optional()
    .meta({ title: 'Cancelled by', description: 'the wearer says that all is well' }),
  about: z.enum(['person', 'home', 'device']).default('person').meta({
    title: 'Concerns',
    description: 'a person who may need help, the home (a burst pipe), or the device itself',
  }),
  devices: z.enum(['all', 'wearable', 'other']).default('all').meta({
    title: 'Devices',
    description: 'wearable: whose model can also tell of an SOS or a fall; other: all but these',
  }),
  cancelWindowSeconds: z
    .number()
    .min(0)
    .max(600)
    .default(0)
    .meta({ title: 'Time to cancel', unit: 's', description: 'the alert waits this long for the wearer' }),
});
type Params = z.output<typeof params>;
/** What waits for the wearer, and when it happened; and the last that happened since, which an "all is well" of in between does not mean. */
interface State {
  readonly pending: EventName;
  readonly pendingAt: number;
  readonly again?: { readonly event: EventName; readonly at: number };
  /** The service had been deaf, and the device gave no time: it may have happened at any time since then. */
  readonly waitedFrom?: number;
}

/** SOS, fall and the like: what a device says has happened. Never ends by itself; presses while it is open are counted. */
export default defineRule<Params, State>({
  kind: 'event',
  title: { zh: '设备报警', en: 'Device alarm' },
  titleFor: ({ events }) => joined(events.map((event) => EVENTS[event].title)),
  summary: {
    zh: '设备报告的事件（紧急呼叫、跌倒等）。可设取消时间；不会自动解除，重复按下计数。',
    en: 'What a device reports as having happened (SOS, fall). May wait for the wearer to cancel; does not end by itself; repeats are counted.',
  },
  about: 'person',
  aboutFor: ({ about }) => about,
  priority: 'P1',
  scope: 'device',
  // A flag of a meter stays set for weeks: what people resolved is not said again with each report. Who presses once more does.
  momentary: ({ about, events }) => about === 'person' || events.some(isCall),
  cancelled: ({ cancelledBy, cancelWindowSeconds }) => ({ by: cancelledBy, withinS: cancelWindowSeconds }),
  params,
  reads: ({ events, cancelledBy }) => ({ events: cancelledBy ? [...events, cancelledBy] : events }),
  hears: ({ events }, { devices }) => concerns(events, devices),
  onReport(context, report) {
    if (!concerns(context.device?.events ?? [], context.params.devices)) return;
    // In the order in which they happened: a device may send what waited in any other.
    const inOrder = [...report.events].sort((a, b) => a.at - b.at);
    inOrder.forEach(({ event, at }, place) => {
      if (event === context.params.cancelledBy) cancel(context, at);
      else if (!context.params.events.includes(event)) return;
      else if (!isTakenBack(context, at, inOrder.slice(place + 1)))
        happened(context, event, at, mayHaveWaited(context, report));
    });
  },
  onTimer: tellPending,
  // Whoever fell did so in this home, under this rule; and their "all is well" would be heard by nobody.
  onLeave: tellPending,
  milder: 'no-limit',
  examples: [
    {
      name: 'an SOS raises at once',
      model: 'wristband',
      params: { events: ['sos'] },
      inputs: [{ at: 1, event: 'sos' }],
      until: 2,
      expect: [{ raised: 1, since: 1, priority: 'P1', count: 1 }],
    },
    {
      name: 'two presses are one alert that counts two',
      model: 'wristband',
      params: { events: ['sos'] },
      inputs: [
        { at: 1, event: 'sos' },
        { at: 1.01, event: 'sos' },
      ],
      until: 2,
      expect: [{ raised: 1, count: 2 }],
    },
    {
      name: 'a fall waits for the wearer, then raises',
      model: 'wristband',
      params: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 36 },
      inputs: [{ at: 1, event: 'fall' }],
      until: 2,
      expect: [{ raised: 1.01, since: 1 }],
    },
    {
      name: 'must not fire: the wearer cancels in time',
      model: 'wristband',
      params: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 36 },
      inputs: [
        { at: 1, event: 'fall' },
        { at: 1.005, event: 'fall_cancelled' },
      ],
      until: 2,
      expect: [],
    },
    {
      name: 'an SOS that arrives hours late still raises',
      model: 'wristband',
      params: { events: ['sos'] },
      inputs: [{ at: 1, receivedAt: 5, event: 'sos' }],
      until: 6,
      expect: [{ raised: 5, since: 1 }],
    },
    {
      name: "a meter's flag ends when the meter takes it back",
      params: { events: ['leak'], cancelledBy: 'leak_cleared', about: 'home' },
      inputs: [
        { at: 1, event: 'leak' },
        { at: 5, event: 'leak_cleared' },
      ],
      until: 6,
      expect: [{ raised: 1, cleared: 5, reason: 'cancelled' }],
    },
    {
      name: 'an alarm without a name, from something that is worn',
      model: 'watch-3g',
      params: { events: ['general_alarm'], devices: 'wearable' },
      inputs: [{ at: 1, event: 'general_alarm' }],
      until: 2,
      expect: [{ raised: 1, since: 1 }],
    },
    {
      name: 'must not fire: the same from something that hangs on a wall',
      model: 'wmbusmeters',
      params: { events: ['general_alarm'], devices: 'wearable' },
      inputs: [{ at: 1, event: 'general_alarm' }],
      until: 2,
      expect: [],
    },
    {
      name: 'must not fire: another event',
      model: 'wristband',
      params: { events: ['sos'] },
      inputs: [{ at: 1, event: 'removed' }],
      until: 2,
      expect: [],
    },
  ],
});

/** An alarm without a name from what somebody wears may be a call for help; from a meter it is a fault. */
function concerns(events: readonly EventName[], devices: Params['devices']): boolean {
  if (devices === 'all') return true;
  const isWearable = events.includes('sos') || events.includes('fall');
  return isWearable === (devices === 'wearable');
}

function happened(
  context: RuleContext<Params, State>,
  event: EventName,
  at: number,
  waitedFrom: number | undefined,
): void {
  const waitMs = context.params.cancelWindowSeconds * SECOND;
  if (context.open) {
    context.again(finding(context, event, at, waitedFrom));
  } else if (waitMs === 0 || at + waitMs <= context.now) {
    // It lies so far back that nobody is waiting to cancel it.
    context.state = undefined;
    context.wakeAt(0);
    context.raise(finding(context, event, at, waitedFrom));
  } else if (!context.state) waits(context, event, at, waitedFrom);
  else if (at > (context.state.again?.at ?? context.state.pendingAt))
    context.state = { ...context.state, again: { event, at } };
}

function waits(context: RuleContext<Params, State>, event: EventName, at: number, waitedFrom?: number): void {
  context.state = { pending: event, pendingAt: at, ...(waitedFrom === undefined ? {} : { waitedFrom }) };
  // By our clock: one of a device that is fast must not make people wait.
  context.wakeAt(Math.min(at, context.now) + context.params.cancelWindowSeconds * SECOND);
}

/**
 * A history after an outage holds what happened and, in the same message, that the wearer took it back in time: had both
 * come at once, nobody would have been told. By two messages it is not known whether one clock dates them.
 */
function isTakenBack(
  { params: { cancelledBy, cancelWindowSeconds }, now, open }: RuleContext<Params, State>,
  at: number,
  later: readonly DeviceEvent[],
): boolean {
  const until = at + cancelWindowSeconds * SECOND;
  if (open || cancelWindowSeconds === 0 || until > now) return false;
  return later.some((one) => one.event === cancelledBy && one.at <= until);
}

function tellPending(context: RuleContext<Params, State>): void {
  const { state } = context;
  if (!state) return;
  context.state = undefined;
  context.raise(finding(context, state.pending, state.pendingAt, state.waitedFrom));
  if (state.again) context.again(finding(context, state.again.event, state.again.at));
}

function cancel(context: RuleContext<Params, State>, at: number): void {
  const { state, open } = context;
  // A word from before the fall that comes late says nothing about it.
  if (at < (state?.pendingAt ?? open?.at ?? at)) return;
  if (state?.again && at < state.again.at) {
    // It was about the first of them alone.
    waits(context, state.again.event, state.again.at);
    return;
  }
  context.state = undefined;
  context.wakeAt(0);
  if (open) context.clear('cancelled');
}

/** Longer than this on its way, an event says more about the clock of its device. */
const CLOCK_IN_DOUBT_MS = 10 * MINUTE;

/** Nothing has happened later than it arrived; and what was long on its way, or has a wrong clock, is told with its arrival. */
function whenOf(
  { now, timeZone }: RuleContext<Params, State>,
  at: number,
  waitedFrom: number | undefined,
): Text {
  const arrived = shortLocal(now, timeZone);
  if (waitedFrom !== undefined) {
    const from = shortLocal(waitedFrom, timeZone);
    return {
      zh: `${arrived} 收到（服务自 ${from} 起中断过，设备未注明时间：可能发生在其间任何时候）`,
      en: `received at ${arrived}, without a time of its own: it may have happened at any time since ${from}, for the service was away`,
    };
  }
  if (at >= now) return { zh: arrived, en: `at ${arrived}` };
  const when = shortLocal(at, timeZone);
  if (now - at <= CLOCK_IN_DOUBT_MS) return { zh: when, en: `at ${when}` };
  return {
    zh: `${arrived} 收到（设备时间 ${when}，若不符则设备时钟有误）`,
    en: `received at ${arrived}, dated ${when} by the device, whose clock may be wrong`,
  };
}

function finding(
  context: RuleContext<Params, State>,
  event: EventName,
  at: number,
  waitedFrom?: number,
): Finding {
  const { zh, en } = EVENTS[event].title;
  const device = context.device?.state.id ?? '';
  const when = whenOf(context, at, waitedFrom);
  return {
    since: at,
    at,
    title: EVENTS[event].title,
    about: context.params.about,
    evidence: {
      text: { zh: `${when.zh} ${zh}（设备 ${device}）`, en: `${en} ${when.en} (device ${device})` },
      readings: [],
      freshnessMs: Math.max(0, context.now - at),
      values: { event, ...(waitedFrom === undefined ? {} : { waitedFrom }) },
    },
  };
}

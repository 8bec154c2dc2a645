import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { EVENT_NAMES, EVENTS, type EventName } from '../../model/metrics.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { figureOf } from '../milder.ts';

const params = z.strictObject({
  events: z
    .array(z.enum(EVENT_NAMES as [EventName, ...EventName[]]))
    .min(1)
    .meta({ title: 'Events' }),
  moreThan: z.number().int().min(1).max(20).default(3).meta({ title: 'More than so many' }),
  withinHours: z.number().min(1).max(168).default(24).meta({ title: 'Within', unit: 'h' }),
});
type Params = z.output<typeof params>;

/** When it happened, in order of time. */
interface State {
  times: number[];
}

const TIMES_MAX = 32;

/**
 * An event that comes too often to be believed, or too often to be well: somebody should look at the device and at how
 * its wearer is. It holds nothing back: the alerts about each event are another rule's.
 */
export default defineRule<Params, State>({
  kind: 'frequent-event',
  title: { zh: '同类事件过多', en: 'Event too often' },
  summary: {
    zh: '同一设备在规定时间内的同类事件过多（如一天跌倒报警超过 3 次）：生成复核任务，检查设备与老人情况。不影响每次事件自身的告警，不会漏掉真正的跌倒。',
    en: 'The same event too often on one device (more than three falls in a day): a task to review the device and its wearer. The alert of each event stays as it is: no real fall is held back.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'device',
  params,
  reads: ({ events }) => ({ events }),
  onReport(context, report) {
    const happened = report.events.filter(({ event }) => context.params.events.includes(event));
    if (happened.length === 0) return;
    const times = withThose(
      context.state?.times ?? [],
      happened.map(({ at }) => at),
    );
    context.state = { times: times.slice(-TIMES_MAX) };
    judge(context);
  },
  onTimer: (context) => judge(context),
  looksAnew: true,
  milder: [
    {
      param: 'moreThan',
      title: { zh: '次数多于', en: 'More than so many' },
      toward: 'up',
      step: 1,
      measured: (alert) => figureOf(alert, 'count'),
    },
  ],
  examples: [
    {
      name: 'the fourth fall of a day asks for a review',
      model: 'wristband',
      params: { events: ['fall'] },
      inputs: [{ at: 1, every: 2, until: 8, event: 'fall' }],
      until: 10,
      expect: [{ raised: 7, since: 1, priority: 'P4' }],
    },
    {
      name: 'it ends when it has become quiet',
      model: 'wristband',
      params: { events: ['fall'] },
      inputs: [{ at: 1, every: 2, until: 8, event: 'fall' }],
      until: 50,
      expect: [{ raised: 7, cleared: 25, reason: 'recovered' }],
    },
    {
      name: 'must not fire: three falls in a day',
      model: 'wristband',
      params: { events: ['fall'] },
      inputs: [{ at: 1, every: 2, until: 6, event: 'fall' }],
      until: 10,
      expect: [],
    },
    {
      name: 'must not fire: four falls in four days',
      model: 'wristband',
      params: { events: ['fall'] },
      inputs: [{ at: 1, every: 24, until: 90, event: 'fall' }],
      until: 100,
      expect: [],
    },
  ],
});

/**
 * One that a device brings again, with all that it has kept, is no further one. As many as one message has of one instant are as
 * many: a device without a clock dates all that it has kept by its arrival.
 */
function withThose(known: readonly number[], brought: readonly number[]): number[] {
  const times = [...known];
  for (const at of new Set(brought)) {
    const timesIn = (list: readonly number[]): number => list.filter((one) => one === at).length;
    for (let more = timesIn(brought) - timesIn(known); more > 0; more--) times.push(at);
  }
  return times.sort((a, b) => a - b);
}

function judge(context: RuleContext<Params, State>): void {
  const { moreThan, withinHours } = context.params;
  const spanMs = withinHours * HOUR;
  const times = (context.state?.times ?? []).filter((at) => at > context.now - spanMs);
  context.state = times.length > 0 ? { times } : undefined;
  if (times.length > moreThan) {
    context.raise(finding(context, times));
    // The first moment at which there are few enough, if nothing more happens.
    context.wakeAt((times[times.length - moreThan - 1] as number) + spanMs);
  } else {
    context.wakeAt(0);
    context.clear('recovered');
  }
}

function finding(context: RuleContext<Params, State>, times: readonly number[]): Finding {
  const { events, withinHours } = context.params;
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const { zh, en } = EVENTS[events[0] as EventName].title;
  const id = context.device?.state.id ?? '';
  const when = shortLocal(last, context.timeZone);
  return {
    since: first,
    at: last,
    title: { zh: `${zh}过于频繁`, en: `${en} too often` },
    evidence: {
      text: {
        zh: `设备 ${id} 在 ${withinHours} 小时内报告${zh} ${times.length} 次（最近 ${when}）：请复核设备佩戴与灵敏度，并了解老人近况`,
        en: `Device ${id} has reported ${en} ${times.length} times within ${withinHours} h (last ${when}): review how it is worn and set, and ask how its wearer is`,
      },
      readings: [],
      freshnessMs: Math.max(0, context.now - last),
      values: { count: times.length, withinHours },
    },
  };
}

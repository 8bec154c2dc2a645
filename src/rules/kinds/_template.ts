import { z } from 'zod';
import { shortLocal } from '../../lib/local-time.ts';
import { defineRule } from '../define.ts';

/** What an operator may set in config/rules.yaml. Each has a title, a unit, a range and a default. */
const params = z.strictObject({
  below: z.number().default(0).meta({ title: 'Alert below', unit: '(unit)' }),
});
type Params = z.output<typeof params>;

/** What it remembers of one device between reports: plain data, because it is stored as JSON. `never`: nothing. */
interface State {
  readonly since: number;
}

/** (Which question it answers, and what it cannot know.) */
export default defineRule<Params, State>({
  kind: '__name__',
  title: { zh: '（中文名称）', en: '(what people call it)' },
  summary: { zh: '（何时告警，何时解除）', en: '(when it raises, and when that ends)' },
  about: 'person',
  priority: 'P3',
  scope: 'device',
  params,
  // Reports with none of these do not reach it.
  reads: () => ({ metrics: ['battery_pct'] }),
  // Pure: no clock but context.now, no timer but context.wakeAt. Late and repeated readings come here as well.
  onReport(context, report) {
    for (const { metric, value, at } of report.readings) {
      if (metric !== 'battery_pct') continue;
      if (value >= context.params.below) {
        context.state = undefined;
        context.clear('recovered');
        continue;
      }
      context.state ??= { since: at };
      const when = shortLocal(at, context.timeZone);
      context.raise({
        since: context.state.since,
        at,
        evidence: {
          // One sentence that a volunteer believes: the numbers, the threshold, how fresh.
          text: {
            zh: `${when} 读数 ${value}，低于 ${context.params.below}`,
            en: `${value} at ${when}, below ${context.params.below}`,
          },
          readings: [],
          freshnessMs: context.now - at,
          values: { value, below: context.params.below },
        },
      });
    }
  },
  // The limits that may be made milder in a home where it cries wolf (see morning-start.ts), or why there is none.
  milder: 'no-limit',
  // Hours since the device was enrolled, at midnight in Shanghai. A test plays each, and again restarted after every step.
  // One about a device of another model says `model: 'acme-meter'`.
  examples: [
    {
      name: 'raises when it should',
      inputs: [{ at: 1, values: { battery_pct: 5 } }],
      until: 2,
      expect: [{ raised: 1, since: 1 }],
    },
    {
      name: 'must not fire: an ordinary day',
      inputs: [{ at: 0, every: 1, until: 24, values: { battery_pct: 90 } }],
      until: 24,
      expect: [],
    },
  ],
});

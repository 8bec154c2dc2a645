import { z } from 'zod';
import { HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { defineRule } from '../define.ts';
import { hoursBeyond } from '../milder.ts';

const params = z.strictObject({
  graceHours: z.number().min(1).max(720).default(24).meta({
    title: 'Grace',
    unit: 'h',
    description: 'between the home in the registry and the first device on its wall',
  }),
});
type Params = z.output<typeof params>;

/** Nothing tells a home that nobody has equipped from one that is fine: whether a device came is looked up each hour. */
const RECHECK_MS = HOUR;

/** A home that nobody can see is itself a finding. Where devices hang and are silent, the rule on silence says so. */
export default defineRule<Params, never>({
  kind: 'unmonitored',
  title: { zh: '住户无设备', en: 'Home without a device' },
  summary: {
    zh: '登记在册的住户没有任何（启用的）设备，超过宽限时间即提醒：该户实际无人看护。装上设备后解除。',
    en: 'Raises when a home of the registry has no device (or none that is switched on) for longer than the grace: nobody watches over it. Ends when it gets one.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'home',
  seeks: () => ['silence'],
  params,
  reads: () => ({}),
  emptyHomeDeadline: (unwatchedSince, { graceHours }) => unwatchedSince + graceHours * HOUR,
  onTimer(context) {
    const { unwatchedSince, now, timeZone } = context;
    if (unwatchedSince === undefined) {
      context.clear('recovered');
      return;
    }
    const since = unwatchedSince + context.params.graceHours * HOUR;
    if (now < since) return;
    const from = shortLocal(unwatchedSince, timeZone);
    context.raise({
      since,
      at: since,
      evidence: {
        text: {
          zh: `${from} 起该户没有任何设备，没有在看护住户`,
          en: `No device has hung in this home since ${from}: nobody watches over it`,
        },
        readings: [],
        coverage: 'never-reported',
        values: { graceHours: context.params.graceHours },
      },
    });
    context.wakeAt(now + RECHECK_MS);
  },
  milder: [
    {
      param: 'graceHours',
      title: { zh: '登记后多久仍无设备才提醒', en: 'Grace after the home was registered' },
      toward: 'up',
      step: 12,
      measured: (alert, { graceHours }) => {
        const beyond = hoursBeyond(alert);
        return beyond === undefined ? undefined : graceHours + beyond;
      },
    },
  ],
  examples: [
    {
      name: 'a home without a device is found after a day',
      empty: true,
      inputs: [],
      until: 30,
      expect: [{ raised: 24, since: 24, priority: 'P4' }],
    },
    {
      name: 'must not fire: a device that hangs there, silent or not',
      inputs: [],
      until: 60,
      expect: [],
    },
  ],
});

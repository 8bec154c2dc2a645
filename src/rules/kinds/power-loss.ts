import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { heldSince, LAST_GASP_MS } from '../../model/held-word.ts';
import { type DeviceView, defineRule, type RuleContext } from '../define.ts';
import { lengthInTheEnd } from '../milder.ts';
import { noteWord, type SwitchLog, type SwitchView, type SwitchWords, viewOf } from '../sensor-log.ts';

const params = z.strictObject({
  minutes: z.number().min(0).max(1440).default(30).meta({ title: 'Without power', unit: 'min' }),
});
type Params = z.output<typeof params>;
/** What the meter said about its supply. */
type State = SwitchLog | SwitchWords;
type Context = RuleContext<Params, State>;

/**
 * The supply of one home is off: a breaker that tripped, a prepaid meter that is empty, or somebody who lies beside the
 * fuse box. Rests on what the meter says of its supply; a meter that merely falls silent is another rule's finding.
 */
export default defineRule<Params, State>({
  kind: 'power-loss',
  title: { zh: '住户停电', en: 'Home without power' },
  summary: {
    zh: '电表报告供电中断并持续达到规定时间时告警，来电即解除。只是不上报的电表不作判断；整栋楼停电时由区域规则告警，本规则等候。',
    en: 'Raises when the meter says that its supply is off for so long, and ends when it is back. A meter that is merely silent: no claim. Where the whole building is dark, the rule about areas tells it and this one waits.',
  },
  about: 'person',
  priority: 'P3',
  scope: 'device',
  supply: 'power',
  params,
  reads: () => ({ metrics: ['mains_power_bool', 'power_w'] }),
  // Also of a meter that went dark before this rule was on: it says nothing any more.
  deadline: (watched, { minutes }) => {
    const since = 'state' in watched ? darkSince(watched) : undefined;
    return since === undefined ? undefined : since + minutes * MINUTE;
  },
  onReport(context, report) {
    let log = context.state;
    for (const { metric, value, at } of report.readings) {
      if (metric === 'mains_power_bool') log = noteWord(log, at, value);
      else if (metric === 'power_w' && value > 0 && isOffBefore(at - LAST_GASP_MS, log))
        log = noteWord(log, at, 1);
    }
    // What is on is remembered as well: word of an outage may come after word of its end.
    if (log === undefined) return;
    context.state = log;
    judge(context);
  },
  onTimer: (context) => judge(context),
  looksAnew: true,
  milder: [
    {
      param: 'minutes',
      title: { zh: '停电多久', en: 'Without power for' },
      toward: 'up',
      step: 5,
      measured: (alert) => lengthInTheEnd(alert, 'minutes', MINUTE),
    },
  ],
  examples: [
    {
      name: 'half an hour without power',
      model: 'electricity-meter',
      inputs: [
        { at: 1, values: { mains_power_bool: 1 } },
        { at: 2, values: { mains_power_bool: 0 } },
      ],
      until: 4,
      expect: [{ raised: 2.5, since: 2.5, priority: 'P3' }],
    },
    {
      name: 'the power is back, and it ends',
      model: 'electricity-meter',
      inputs: [
        { at: 2, values: { mains_power_bool: 0 } },
        { at: 3, values: { mains_power_bool: 1 } },
      ],
      until: 4,
      expect: [{ raised: 2.5, cleared: 3, reason: 'recovered' }],
    },
    {
      name: 'the word that it is back was lost, but the meter measures power',
      model: 'electricity-meter',
      inputs: [
        { at: 2, values: { mains_power_bool: 0, power_w: 80 } },
        { at: 3, values: { power_w: 64 } },
      ],
      until: 4,
      expect: [{ raised: 2.5, cleared: 3, reason: 'recovered' }],
    },
    {
      name: 'must not fire: off for a few minutes',
      model: 'electricity-meter',
      inputs: [
        { at: 2, values: { mains_power_bool: 0 } },
        { at: 2.4, values: { mains_power_bool: 1 } },
      ],
      until: 5,
      expect: [],
    },
    {
      name: 'must not fire: a meter that falls silent does not say that the power is off',
      model: 'electricity-meter',
      inputs: [{ at: 2, values: { mains_power_bool: 1, energy_index_kwh: 5 } }],
      until: 30,
      expect: [],
    },
    {
      name: 'must not fire: a whole outage that is told afterwards, the end first',
      model: 'electricity-meter',
      inputs: [
        { at: 4, receivedAt: 4.1, values: { mains_power_bool: 1 } },
        { at: 2, receivedAt: 4.2, values: { mains_power_bool: 0 } },
      ],
      until: 6,
      expect: [],
    },
    {
      name: 'an end that is told late withdraws it',
      model: 'electricity-meter',
      inputs: [
        { at: 2, values: { mains_power_bool: 0 } },
        { at: 2.2, receivedAt: 3, values: { mains_power_bool: 1 } },
      ],
      until: 4,
      expect: [{ raised: 2.5, cleared: 3, reason: 'late-data' }],
    },
  ],
});

const darkSince = ({ state: { mains } }: DeviceView): number | undefined =>
  mains?.value === 0 ? heldSince(mains) : undefined;

function isOffBefore(at: number, log: State | undefined): boolean {
  const view = viewOf(log);
  return view !== undefined && view.value === 0 && view.since <= at;
}

function judge(context: Context): void {
  const since = context.device && darkSince(context.device);
  if (since !== undefined) context.state ??= noteWord(undefined, since, 0);
  const view = context.state && viewOf(context.state);
  if (!view) return;
  if (view.value !== 0) {
    context.clear(context.open && view.since <= context.open.since ? 'late-data' : 'recovered');
    context.wakeAt(since === undefined ? 0 : context.now + HOUR);
    return;
  }
  const due = view.since + context.params.minutes * MINUTE;
  if (due > context.now) {
    context.wakeAt(due);
    return;
  }
  raise(context, view, due);
  // While it holds it is looked at again: people may resolve it, and a meter without power says nothing.
  context.wakeAt(context.now + HOUR);
}

function raise(context: Context, view: SwitchView, due: number): void {
  const when = shortLocal(view.since, context.timeZone);
  const device = context.device?.state.id ?? '';
  context.raise({
    since: due,
    at: due,
    from: view.since,
    evidence: {
      text: {
        zh: `电表 ${device} 报告自 ${when} 起停电，至今没有恢复`,
        en: `Meter ${device} says that the power has been off since ${when}, and not that it is back`,
      },
      readings: [],
      freshnessMs: context.now - view.since,
      values: { minutes: context.params.minutes },
    },
  });
}

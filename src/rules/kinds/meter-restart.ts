import { z } from 'zod';
import { DAY } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { EvidenceReading } from '../../model/alert.ts';
import { restartedAt } from '../../model/counter-block.ts';

import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { readingsAt } from '../water-flow.ts';

const params = z.strictObject({});
type Params = z.output<typeof params>;

/** An exchange that was registered explains a new beginning within this time around it. */
const EXPLAINED_MS = 2 * DAY;

/**
 * The register went back, or jumped further than any pipe carries, and two readings agree about it: the meter was
 * exchanged and nobody said so, or it lost its count. Until somebody has looked, its windows of use begin anew.
 */
export default defineRule<Params, never>({
  kind: 'meter-restart',
  title: { zh: '水表读数回退或跳变', en: 'Meter reading went back or jumped' },
  summary: {
    zh: '累计读数回退或跳变，且连续两次读数相互吻合、又没有登记换表时告警：请核实是否换表并登记。不会自动解除。',
    en: 'Raises when the register went back or jumped and two readings agree about it, while no exchange was registered: find out what happened, and register it. Does not end by itself.',
  },
  about: 'device',
  priority: 'P4',
  scope: 'device',
  momentary: () => true,
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  onReport(context, report) {
    const { device } = context;
    const history = device?.state.water;
    const at = history ? restartedAt(history) : 0;
    if (!device || at === 0) return;
    // Only the report that brought it: later ones know of it for as long as the history does.
    if (!report.readings.some((reading) => reading.at === at)) return;
    if (isExplained(device.counter?.exchangedAt, at)) return;
    const found = finding(context, at, readingsAt(device, [at]));
    if (context.open) context.again(found);
    else context.raise(found);
  },
  milder: 'no-limit',
  examples: [
    {
      name: 'a register that begins anew raises when the second reading agrees',
      inputs: [
        { at: 0, every: 1, until: 10, values: { water_index_m3: 500 }, step: { water_index_m3: 0.01 } },
        { at: 10, every: 1, until: 14, values: { water_index_m3: 0.01 }, step: { water_index_m3: 0.01 } },
      ],
      until: 15,
      expect: [{ raised: 11, since: 10, priority: 'P4', count: 1 }],
    },
    {
      name: 'must not fire: one reading that went back, and then was right again',
      inputs: [
        { at: 0, every: 1, until: 10, values: { water_index_m3: 500 }, step: { water_index_m3: 0.01 } },
        { at: 10, values: { water_index_m3: 3 } },
        { at: 11, every: 1, until: 14, values: { water_index_m3: 500.11 }, step: { water_index_m3: 0.01 } },
      ],
      until: 15,
      expect: [],
    },
    {
      name: 'must not fire: it counts on',
      inputs: [{ at: 0, every: 1, until: 48, values: { water_index_m3: 5 }, step: { water_index_m3: 0.01 } }],
      until: 48,
      expect: [],
    },
  ],
});

const isExplained = (exchangedAt: number | undefined, at: number): boolean =>
  exchangedAt !== undefined && Math.abs(exchangedAt - at) <= EXPLAINED_MS;

function finding(context: RuleContext<Params, never>, at: number, readings: EvidenceReading[]): Finding {
  const id = context.device?.state.id ?? '';
  const when = shortLocal(at, context.timeZone);
  const shown = readings[0]?.value;
  const zhShown = shown === undefined ? '' : `，当时读数 ${shown} m³`;
  const enShown = shown === undefined ? '' : `; it showed ${shown} m³ then`;
  return {
    since: at,
    at,
    evidence: {
      text: {
        zh: `水表 ${id} 自 ${when} 起读数重新开始${zhShown}，没有登记换表`,
        en: `The register of meter ${id} began anew at ${when}${enShown}; no exchange is registered`,
      },
      readings,
      freshnessMs: Math.max(0, context.now - at),
      values: shown === undefined ? {} : { shownM3: shown },
    },
  };
}

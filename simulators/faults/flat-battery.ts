import { DAY } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';
import type { Span } from '../people/day.ts';

const YEAR = 365 * DAY;
/** A battery that is about to die sinks for so long before it does. */
const SINKS_FOR = 5 * DAY;

export default defineFault({
  fault: 'flat-battery',
  title: { zh: '电量耗尽', en: 'Flat battery' },
  summary: {
    zh: '电量几天内降到零，设备沉默，直到有人换电池。',
    en: 'The charge sinks to nothing within days, and the device is silent until somebody changes the battery.',
  },
  stage: 'device',
  rateOf: { zh: '每台设备每年耗尽的次数', en: 'times that a device’s battery goes flat in a year' },
  isShare: false,
  rate: 0.3,
  silences: true,
  sinks: { metric: 'battery_pct', forMs: SINKS_FOR },
  start({ rate, random, from, to }) {
    const outages: Span[] = [];
    let at = from;
    while (rate > 0) {
      at += SINKS_FOR + random.exponential(YEAR / rate);
      if (at >= to) break;
      const changed = Math.round(at + random.between(1, 7) * DAY);
      outages.push({ from: Math.round(at), to: changed });
      at = changed;
    }
    let next = 0;
    return {
      outages,
      pass(report, send) {
        while (outages[next] && report.at >= outages[next]!.to) next++;
        const outage = outages[next];
        if (outage && report.at >= outage.from) return;
        if (outage && report.at >= outage.from - SINKS_FOR) {
          const left = Math.max(2, Math.round((60 * (outage.from - report.at)) / SINKS_FOR));
          for (const entry of report.entries)
            if (typeof entry['battery_pct'] === 'number')
              entry['battery_pct'] = Math.min(entry['battery_pct'], left);
        }
        send(report);
      },
    };
  },
});

import { HOUR } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';
import type { DeviceReport } from '../report.ts';

export default defineFault({
  fault: 'burst',
  title: { zh: '补传', en: 'Late batch' },
  summary: {
    zh: '线路中断几小时，设备把读数存下，恢复后一次补传。',
    en: 'The line is down for hours; the device keeps its readings and sends them all at once when it is back.',
  },
  stage: 'line',
  rateOf: { zh: '引起中断的报文所占比例', en: 'share of messages at which the line breaks' },
  isShare: true,
  rate: 0.001,
  silences: false,
  start({ rate, random }) {
    let batch: DeviceReport | undefined;
    return {
      pass(report, send) {
        if (batch && report.at < batch.at) {
          // The batch has not left yet: it grows until it does.
          batch.entries.push(...report.entries);
          return;
        }
        batch = undefined;
        if (random.chance(rate)) {
          batch = report;
          report.at += Math.round(random.between(1, 12) * HOUR);
        }
        send(report);
      },
    };
  },
});

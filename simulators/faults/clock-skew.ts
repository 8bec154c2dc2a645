import { MINUTE } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';

export default defineFault({
  fault: 'clock-skew',
  title: { zh: '时钟偏差', en: 'Clock skew' },
  summary: {
    zh: '设备时钟不准：快几分钟，或慢几小时。',
    en: 'The clock of a device is wrong: minutes ahead, or up to hours behind.',
  },
  stage: 'device',
  rateOf: { zh: '时钟不准的设备所占比例', en: 'share of devices whose clock is wrong' },
  isShare: true,
  rate: 0.02,
  silences: false,
  start({ rate, random }) {
    const wrong = random.chance(rate);
    const skew = wrong ? random.integer(random.chance(0.5) ? -180 : 1, 30) * MINUTE : 0;
    return {
      pass(report, send) {
        if (skew !== 0)
          for (const entry of report.entries) if (typeof entry.at === 'number') entry.at += skew;
        send(report);
      },
    };
  },
});

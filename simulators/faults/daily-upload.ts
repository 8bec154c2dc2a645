import { DAY, HOUR } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';
import type { DeviceReport } from '../report.ts';

export default defineFault({
  fault: 'daily-upload',
  title: { zh: '每日上传', en: 'Daily upload' },
  summary: {
    zh: '水表把读数存下，每天在自己的时刻上传一次；登记信息仍以为它每小时上报。',
    en: 'A meter keeps its readings and uploads them once a day, at its own time; the registry still expects one an hour.',
  },
  stage: 'line',
  rateOf: { zh: '每日上传的水表所占比例', en: 'share of meters that upload once a day' },
  isShare: true,
  rate: 0.02,
  silences: false,
  start({ rate, random, device, from }) {
    const daily = device === 'water-meter' && random.chance(rate);
    const offset = Math.round(random.between(0, 24) * HOUR);
    let upload: DeviceReport | undefined;
    return {
      pass(report, send) {
        if (!daily) return send(report);
        if (upload && report.at < upload.at) {
          // Not uploaded yet: it grows until it is.
          upload.entries.push(...report.entries);
          return;
        }
        upload = report;
        const passed = Math.ceil((report.at - from - offset) / DAY);
        report.at = from + offset + Math.max(0, passed) * DAY;
        send(report);
      },
    };
  },
});

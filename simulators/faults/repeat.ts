import { SECOND } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';

export default defineFault({
  fault: 'repeat',
  title: { zh: '重复', en: 'Repeat' },
  summary: {
    zh: '同一报文被发送两次：没等到确认，或被两个网关听到。',
    en: 'A message is sent twice: its acknowledgement was lost, or two gateways heard it.',
  },
  stage: 'line',
  rateOf: { zh: '重复的报文所占比例', en: 'share of messages that come twice' },
  isShare: true,
  rate: 0.01,
  silences: false,
  start: ({ rate, random }) => ({
    pass(report, send) {
      send(report);
      if (random.chance(rate)) send({ ...report, at: report.at + random.integer(1, 90) * SECOND });
    },
  }),
});

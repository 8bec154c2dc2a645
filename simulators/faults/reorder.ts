import { MINUTE } from '../../src/lib/clock.ts';
import { defineFault } from '../fault.ts';

export default defineFault({
  fault: 'reorder',
  title: { zh: '乱序', en: 'Reorder' },
  summary: {
    zh: '报文在途中耽搁，比后发的报文更晚到达。',
    en: 'A message is held up on its way and comes after later ones.',
  },
  stage: 'line',
  rateOf: { zh: '被耽搁的报文所占比例', en: 'share of messages that are held up' },
  isShare: true,
  rate: 0.01,
  silences: false,
  start: ({ rate, random }) => ({
    pass(report, send) {
      // Long enough for a meter's next hourly report to overtake it.
      if (random.chance(rate)) report.at += random.integer(11, 150) * MINUTE;
      send(report);
    },
  }),
});

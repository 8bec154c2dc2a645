import { defineFault } from '../fault.ts';

export default defineFault({
  fault: 'loss',
  title: { zh: '丢包', en: 'Loss' },
  summary: { zh: '报文在途中丢失，不再重发。', en: 'A message is lost on its way and never sent again.' },
  stage: 'line',
  rateOf: { zh: '丢失的报文所占比例', en: 'share of messages that are lost' },
  isShare: true,
  rate: 0.01,
  silences: false,
  start: ({ rate, random }) => ({
    pass(report, send) {
      if (!random.chance(rate)) send(report);
    },
  }),
});

import { defineFault } from '../fault.ts';

/** Copy this file under the name of the fault. */
export default defineFault({
  fault: '__name__',
  title: { zh: '（中文名称）', en: '(what people call it)' },
  summary: { zh: '（出了什么问题）', en: '(what goes wrong)' },
  stage: 'line',
  rateOf: { zh: '报文所占比例', en: 'share of messages' },
  isShare: true,
  rate: 0.01,
  silences: false,
  start: ({ rate, random }) => ({
    // Send on what is left of the report: nothing, once, twice, later (never earlier), or changed.
    pass(report, send) {
      if (!random.chance(rate)) send(report);
    },
  }),
});

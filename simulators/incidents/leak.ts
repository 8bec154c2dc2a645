import { DAY } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'leak',
  title: { zh: '漏水', en: 'Leak' },
  summary: {
    zh: '马桶或水管持续漏水，小到滴漏，大到爆管；老人照常生活，漏水会掩盖“无人用水”。',
    en: 'A cistern or pipe runs without a pause, from a drip to a burst; the person lives on as before, and the leak hides it if they do not.',
  },
  about: 'home',
  needs: 'water-meter',
  perYear: 0.5,
  hours: [0, 24],
  lasts: (random) => random.between(1.5, 8) * DAY,
  // Most leaks are small: litres an hour spread evenly over powers of ten, from 0.8 to 40; one in twenty is a burst.
  happen: ({ random }) => ({
    leakLitresAnHour: random.chance(0.05) ? random.between(150, 600) : 10 ** random.between(-0.1, 1.6),
  }),
  shows: { meterMessages: 'some', litres: 'more-than-usual', events: ['leak'] },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'leak',
    note: {
      zh: '马桶水箱漏水，已关角阀并联系水工',
      en: 'The cistern leaks; its valve is shut and a plumber is called',
    },
  },
});

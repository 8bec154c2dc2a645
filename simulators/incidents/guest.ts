import { DAY } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'guest',
  title: { zh: '亲友来访', en: 'Guests' },
  summary: {
    zh: '子女或亲友住上几天，用水明显增多。',
    en: 'Family or friends stay for some days, and more water is used.',
  },
  about: 'nothing',
  needs: 'water-meter',
  perYear: 4,
  hours: [9, 19],
  lasts: (random) => random.between(1, 4) * DAY,
  happen: ({ random }) => ({ guests: random.chance(0.6) ? 1 : 2 }),
  shows: { meterMessages: 'some', litres: 'more-than-usual' },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'other',
    note: {
      zh: '老人平安，家里来了亲友小住，用水多了',
      en: 'They are well; family is staying with them and uses more water',
    },
  },
});

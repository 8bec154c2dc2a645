import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'band-off',
  title: { zh: '手环长期未戴', en: 'Band not worn' },
  summary: {
    zh: '手环摘下后放在一边，仍在上报但测不到任何体征。',
    en: 'The band is taken off and lies about: it goes on reporting, and measures nobody.',
  },
  about: 'device',
  needs: 'wristband',
  perYear: 3,
  hours: [8, 21],
  lasts: (random) => random.between(14, 72) * HOUR,
  happen: () => ({ bandWorn: false }),
  shows: { bandMessages: 'some', worn: 0 },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'done',
    note: {
      zh: '老人平安，手环放在床头没戴；已帮忙戴好',
      en: 'They are well, the band lay by the bed; it is back on the wrist',
    },
  },
});

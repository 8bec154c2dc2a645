import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'power-cut',
  title: { zh: '单户停电', en: 'Power cut in one home' },
  summary: {
    zh: '跳闸或预付费用完，这一户没有电；电表发出最后一条报文后沉默，来电后恢复。',
    en: 'A breaker trips or the credit is used up: this home has no power. The meter sends a last word, and speaks again when the power is back.',
  },
  about: 'home',
  needs: 'electricity-meter',
  perYear: 0.5,
  hours: [0, 24],
  lasts: (random) => random.between(1, 14) * HOUR,
  happen: () => ({ powerOff: true }),
  shows: { supply: 'off' },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'true-need',
    note: {
      zh: '老人平安；家里跳闸停电，已请电工处理',
      en: 'They are well; a breaker had tripped, the electrician is called',
    },
  },
});

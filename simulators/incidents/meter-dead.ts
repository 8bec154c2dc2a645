import { DAY } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'meter-dead',
  title: { zh: '水表失联', en: 'Meter dead' },
  summary: {
    zh: '水表的通信模块坏了，不再上报；管道里的水照常流，修好后读数接着走。',
    en: 'The meter’s radio fails and it reports no more; water runs as before, and once repaired the index has moved on.',
  },
  about: 'device',
  needs: 'water-meter',
  perYear: 0.3,
  hours: [0, 24],
  lasts: (random) => random.between(1, 8) * DAY,
  happen: () => ({ meterDead: true }),
  shows: { meterMessages: 'none' },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'device',
    note: {
      zh: '老人平安；水表通信模块不亮，已报自来水公司更换',
      en: 'They are well; the meter’s radio is dead, the water company will exchange it',
    },
  },
});

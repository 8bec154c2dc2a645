import { MINUTE } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'smoke',
  title: { zh: '烟雾', en: 'Smoke' },
  summary: {
    zh: '锅烧干了，烟雾报警器响起，不久后解除。',
    en: 'A pan boils dry: the smoke detector sounds, and is back to normal a while later.',
  },
  about: 'person',
  needs: 'smoke-detector',
  perYear: 0.2,
  hours: [6, 21],
  lasts: (random) => random.between(5, 40) * MINUTE,
  happen: ({ from, to }) => ({
    smokeEvents: [
      { at: from, event: 'smoke' },
      { at: to - 1000, event: 'alarm_cleared' },
    ],
  }),
  shows: { events: ['smoke', 'alarm_cleared'] },
});

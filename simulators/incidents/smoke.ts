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
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'true-need',
    note: {
      zh: '锅烧干冒烟，已关火通风，老人无不适',
      en: 'A pan had boiled dry; the stove is off, windows open, they feel well',
    },
  },
});

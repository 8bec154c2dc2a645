import { MINUTE } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'gas-leak',
  title: { zh: '燃气泄漏', en: 'Gas leak' },
  summary: {
    zh: '灶火熄了，燃气报警器响起，关阀通风后解除。',
    en: 'The flame goes out and gas leaks: the detector sounds until somebody shuts the valve.',
  },
  about: 'person',
  needs: 'gas-detector',
  perYear: 0.1,
  hours: [6, 21],
  lasts: (random) => random.between(5, 40) * MINUTE,
  happen: ({ from, to }) => ({
    gasEvents: [
      { at: from, event: 'gas' },
      { at: to - 1000, event: 'alarm_cleared' },
    ],
  }),
  shows: { events: ['gas', 'alarm_cleared'] },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'true-emergency',
    note: {
      zh: '灶火被汤水浇灭，燃气外泄；已关阀开窗，老人无不适',
      en: 'The flame had gone out and gas leaked; valve shut, windows opened, they feel well',
    },
  },
});

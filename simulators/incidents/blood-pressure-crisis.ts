import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'blood-pressure-crisis',
  title: { zh: '血压危象', en: 'Blood pressure crisis' },
  summary: {
    zh: '血压升到 185/115 以上并持续数小时；老人不适，手环每十分钟测一次。',
    en: 'The pressure rises above 185/115 and stays there for hours; the person feels unwell, and the band measures every ten minutes.',
  },
  about: 'person',
  needs: 'wristband',
  perYear: 0.5,
  hours: [6, 20],
  lasts: (random) => random.between(1.5, 5) * HOUR,
  happen: ({ random }) => ({
    bandWorn: true,
    liesStill: true,
    bloodPressure: {
      systolic: random.between(198, 215),
      diastolic: random.between(118, 128),
      pulse: random.between(88, 100),
      everyMs: 10 * MINUTE,
    },
  }),
  shows: { bandMessages: 'some', systolicAtLeast: 180 },
  found: {
    phone: 'needs-help',
    seen: true,
    outcome: 'true-need',
    note: {
      zh: '老人头晕，血压复测仍很高；已联系家庭医生，陪同就诊',
      en: 'Dizzy, and the pressure is still very high; the doctor was called, and somebody went along',
    },
  },
});

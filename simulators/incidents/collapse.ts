import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'collapse',
  title: { zh: '突然倒下', en: 'Collapse' },
  summary: {
    zh: '老人在家中倒下，无法起身也无法呼救：一切用水停止，水表和手环照常上报，直到被人发现。',
    en: 'The person collapses at home and can neither get up nor call: all use stops, meter and band report as before, until somebody finds them.',
  },
  about: 'person',
  needs: 'water-meter',
  perYear: 0.3,
  hours: [0, 24],
  lasts: (random) => random.between(36, 72) * HOUR,
  happen: () => ({ usesNoWater: true, liesStill: true }),
  shows: { meterMessages: 'some', litres: 'none', stepsStandStill: true, nobodyMoves: true },
  found: {
    phone: 'no-answer',
    seen: true,
    outcome: 'true-emergency',
    note: {
      zh: '敲门无应，取备用钥匙入户，老人倒在地上，神志清醒；已呼叫 120 送医院，已通知家属',
      en: 'No answer at the door; opened with the spare key, found on the floor and conscious. Taken to hospital by ambulance, the family knows',
    },
    absence: 'hospital',
  },
});

import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'fall',
  title: { zh: '跌倒', en: 'Fall' },
  summary: {
    zh: '老人在家中跌倒，手环上报跌倒事件；躺在地上无法起身，直到有人来扶。',
    en: 'The person falls at home and the band reports it; they lie on the floor and cannot get up until somebody comes.',
  },
  about: 'person',
  needs: 'wristband',
  perYear: 0.7,
  hours: [5, 23],
  lasts: (random) => random.between(0.7, 6) * HOUR,
  happen: ({ from }) => ({
    bandWorn: true,
    liesStill: true,
    usesNoWater: true,
    bandEvents: [{ at: from, event: 'fall' }],
  }),
  shows: { bandMessages: 'some', events: ['fall'], stepsStandStill: true },
  found: {
    phone: 'needs-help',
    seen: true,
    outcome: 'true-need',
    note: {
      zh: '老人跌倒后坐在地上起不来；扶起检查无外伤，休息后能自己走动',
      en: 'On the floor and could not get up; helped up, no injury seen, walks again after a rest',
    },
  },
  sometimes: {
    inHundred: 25,
    found: {
      phone: 'needs-help',
      seen: true,
      outcome: 'hospital',
      note: {
        zh: '老人跌倒后髋部疼痛，不能站立；已呼叫 120 送医院，家属赶去陪护',
        en: 'A fall, with pain in the hip, and could not stand; taken to hospital by ambulance, the family is on its way there',
      },
      absence: 'hospital',
    },
  },
});

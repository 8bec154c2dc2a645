import { DAY } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'away',
  title: { zh: '外出未告知', en: 'Away without notice' },
  summary: {
    zh: '老人去子女家或旅行，没有告诉任何人：家中无人用水，但人是平安的。',
    en: 'The person stays with family or travels and told nobody: no water is used at home, and nothing is wrong.',
  },
  about: 'nothing',
  needs: 'water-meter',
  perYear: 4,
  hours: [8, 17],
  lasts: (random) => random.between(1, 6) * DAY,
  happen: () => ({ usesNoWater: true, nobodyHome: true }),
  shows: { meterMessages: 'some', litres: 'none', nobodyMoves: true },
  found: {
    phone: 'no-answer',
    seen: false,
    outcome: 'away',
    note: {
      zh: '电话无人接听，到户敲门无应；联系上家属，老人在子女家小住，一切平安',
      en: 'Nobody answered telephone or door; the family was reached: they are staying with them and are well',
    },
    absence: 'travel',
  },
});

import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'sos',
  title: { zh: '紧急呼叫', en: 'SOS' },
  summary: {
    zh: '老人感到不适，按下手环的求助键，常常连按几次。',
    en: 'The person feels unwell and presses the band’s button, often more than once.',
  },
  about: 'person',
  needs: 'wristband',
  perYear: 0.6,
  hours: [0, 24],
  lasts: (random) => random.between(20, 90) * MINUTE,
  happen: ({ from, random }) => {
    const again = random.integer(0, 2);
    const bandEvents = [{ at: from, event: 'sos' as const }];
    for (let i = 1; i <= again; i++)
      bandEvents.push({ at: from + i * random.integer(20, 50) * SECOND, event: 'sos' });
    return { bandWorn: true, liesStill: true, bandEvents: bandEvents.sort((a, b) => a.at - b.at) };
  },
  shows: { bandMessages: 'some', events: ['sos'] },
  found: {
    phone: 'needs-help',
    seen: true,
    outcome: 'true-need',
    note: {
      zh: '老人胸闷不适按了求助键；陪同休息，量血压后好转，已告知家属',
      en: 'They felt unwell and pressed the button; somebody stayed until it was better, the family knows',
    },
  },
  sometimes: {
    inHundred: 30,
    found: {
      phone: 'fine',
      seen: true,
      outcome: 'pressed-by-mistake',
      note: {
        zh: '老人洗漱时碰到了求助键，人没事；已再教一遍怎么取消',
        en: 'They touched the button while washing and are well; were shown once more how to cancel a call',
      },
    },
  },
});

import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

/** `npm run new incident <name>` copies this file. Its example fails until what happens agrees with what it shows. */
export default defineIncident({
  kind: '__name__',
  title: { zh: '（中文名称）', en: '(what people call it)' },
  summary: {
    zh: '（发生了什么）',
    en: '(what happens, in the words of somebody who was there)',
  },
  about: 'person',
  needs: 'wristband',
  perYear: 1,
  hours: [0, 24],
  lasts: (random) => random.between(1, 4) * HOUR,
  // What is different in the home while it lasts: see Disturbance in ../incident.ts for everything that can be. What depends
  // on when it happens takes it from what is handed in: ({ from, to, random }) => ({ bandEvents: [{ at: from, event: 'sos' }] }).
  happen: () => ({}),
  // What can be seen of it from outside: a test plays the incident and looks for this.
  shows: { events: ['sos'], systolicAtLeast: 180 },
  // What somebody meets who telephones, and then stands at the door: the simulated staff of the demo know it from here.
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'recovered',
    note: {
      zh: '（敲开门的人看到什么）',
      en: '(what somebody at the door sees)',
    },
  },
});

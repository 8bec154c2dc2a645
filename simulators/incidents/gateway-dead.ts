import { HOUR } from '../../src/lib/clock.ts';
import { defineIncident } from '../incident.ts';

export default defineIncident({
  kind: 'gateway-dead',
  title: { zh: '网关失联', en: 'Gateway dead' },
  summary: {
    zh: '楼栋网关断电或断网，其后的所有设备同时沉默。',
    en: 'A building’s gateway loses power or its uplink, and all devices behind it fall silent together.',
  },
  about: 'area',
  needs: 'gateway',
  perYear: 2,
  hours: [0, 24],
  lasts: (random) => random.between(8, 48) * HOUR,
  happen: () => ({ gatewayDead: true }),
  shows: { meterMessages: 'none' },
  found: {
    phone: 'fine',
    seen: true,
    outcome: 'device',
    note: {
      zh: '楼道网关断电，已报修并留意断网期间各户情况',
      en: 'The gateway has no power; repair is asked for, the homes behind it are looked after meanwhile',
    },
  },
});

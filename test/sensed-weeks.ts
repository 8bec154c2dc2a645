import type { Core } from '../src/app/core.ts';
import { step } from '../src/app/pipeline.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { MetricName } from '../src/model/metrics.ts';
import { community, coreOf, T0 } from './core.ts';

/** Weeks of a home with a meter and sensors; each hour follows from its number alone. */
const HOMES = {
  h1: [
    { id: 'm', model: 'water-meter' },
    { id: 'door', model: 'door-contact' },
    { id: 'hall', model: 'motion-sensor', place: 'hall' },
    { id: 'bath', model: 'motion-sensor', place: 'bathroom' },
    { id: 'power', model: 'electricity-meter' },
  ],
};
const RULES = [
  { id: 'W0', kind: 'personal-routine', params: { historyDays: 14 } },
  { id: 'D1', kind: 'not-gone-out', params: { hours: 24 } },
  { id: 'I1', kind: 'no-movement' },
  { id: 'I2', kind: 'long-bathroom-stay' },
  { id: 'E2', kind: 'power-loss' },
];

export function sensedCore(): Core {
  const core = coreOf(community(HOMES), RULES);
  step(core, { kind: 'tick', receivedAt: T0, listeningSince: T0 });
  return core;
}

/** Lives until the bathroom, at half past nine of the day on which it ends. Returns what is raised and ended. */
export function live(core: Core, from: number, until: number, ends = Number.POSITIVE_INFINITY): string[] {
  const told: string[] = [];
  const say = (device: string, hour: number, metric: MetricName, value: number, late = 0): void => {
    const at = Math.round(T0 + hour * HOUR);
    const { effects } = step(core, {
      kind: 'report',
      receivedAt: at + 1000 + late * HOUR,
      device,
      clock: 'device',
      readings: [{ metric, value, at }],
      events: [],
    });
    for (const effect of effects)
      if (effect.type === 'alert' && effect.change !== 'updated')
        told.push(`${effect.change} ${effect.alert.rule} ${(effect.alert.since - T0) / HOUR}`);
  };
  for (let hour = from; hour < until; hour++) {
    const ofDay = hour % 24;
    const isUp = ofDay >= 7 && ofDay < 22;
    const drawn = Math.min(hour, ends);
    say(
      'm',
      hour,
      'water_index_m3',
      10 + 0.075 * Math.floor(drawn / 24) + 0.005 * Math.min(15, Math.max(0, (drawn % 24) - 7)),
    );
    if (ofDay % 6 === 2) say('power', hour + 0.005, 'mains_power_bool', ofDay === 14 && hour > ends ? 0 : 1);
    if (ofDay % 4 === 1) say('door', hour + 0.01, 'door_open_bool', 0);
    for (const room of ['hall', 'bath']) say(room, hour + 0.02, 'motion_bool', 0);
    if (hour > ends) continue;
    if (isUp) say('hall', hour + 0.3, 'motion_bool', 1);
    if (ofDay === 8 || ofDay === 14) {
      say('door', hour + 0.4, 'door_open_bool', 1);
      say('door', hour + 0.41, 'door_open_bool', 0);
      if (ofDay === 14) say('hall', hour + 0.35, 'motion_bool', 1, 0.1);
    }
    if (ofDay === 9 || ofDay === 20) {
      say('hall', hour + 0.48, 'motion_bool', 1);
      say('bath', hour + 0.5, 'motion_bool', 1);
      if (hour + 1 > ends) continue;
      say('bath', hour + 0.54, 'motion_bool', 0);
      say('hall', hour + 0.56, 'motion_bool', 1);
    }
  }
  step(core, { kind: 'tick', receivedAt: T0 + until * HOUR + MINUTE, listeningSince: T0 });
  return told;
}

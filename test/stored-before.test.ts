import { expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { step } from '../src/app/pipeline.ts';
import { restoreSubject, type Subject, storeSubject } from '../src/app/subject.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { MetricName } from '../src/model/metrics.ts';
import { community, coreOf, T0 } from './core.ts';

/**
 * What an earlier version stored of a home after 60 hours: each rule on blood pressure kept readings of its own, the
 * counter's points stood in full, and the water book in two rings of 70 days.
 */
const BEFORE =
  '{"v":1,"n":1,"r":{"V1/blood-pressure":{"s":{"":{"readings":[{"at":1772499601000,"device":"b","cuff":false,"receivedAt":1772499602000,"systolic":120,"diastolic":80},{"at":1772503201000,"device":"b","cuff":false,"receivedAt":1772503202000,"systolic":120,"diastolic":80},{"at":1772506801000,"device":"b","cuff":false,"receivedAt":1772506802000,"systolic":186,"diastolic":80}],"asked":1772506801000}},"d":1772508602000},"V3/blood-pressure":{"s":{"":{"readings":[{"at":1772503201000,"device":"b","cuff":false,"receivedAt":1772503202000,"systolic":120,"diastolic":80},{"at":1772506801000,"device":"b","cuff":false,"receivedAt":1772506802000,"systolic":186,"diastolic":80}],"asked":0}}}},"d":[{"state":{"id":"b","heardAt":1772506802000,"measuredAt":1772506801000,"knownAt":1772294400000,"recent":[3,1772499601000,24,680,1772503201000,24,680,1772506801000,24,878]}},{"state":{"id":"m","waterBook":{"newest":20515,"since":492303,"hours":[0,0,280375476224000,281474971118250,281474962729642,117440512,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"totals":[0,0,100040001,100160001,100270001,100270001,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]},"heardAt":1772506801000,"measuredAt":1772506800000,"knownAt":1772294400000,"recent":[],"water":{"at":[1772294400000,1772298000000,1772301600000,1772305200000,1772308800000,1772312400000,1772316000000,1772319600000,1772323200000,1772326800000,1772330400000,1772334000000,1772337600000,1772341200000,1772344800000,1772348400000,1772352000000,1772355600000,1772359200000,1772362800000,1772366400000,1772370000000,1772373600000,1772377200000,1772380800000,1772384400000,1772388000000,1772391600000,1772395200000,1772398800000,1772402400000,1772406000000,1772409600000,1772413200000,1772416800000,1772420400000,1772424000000,1772427600000,1772431200000,1772434800000,1772438400000,1772442000000,1772445600000,1772449200000,1772452800000,1772456400000,1772460000000,1772463600000,1772467200000,1772470800000,1772474400000,1772478000000,1772481600000,1772485200000,1772488800000,1772492400000,1772496000000,1772499600000,1772503200000,1772506800000],"total":[100000000,100000000,100010000,100010000,100020000,100020000,100030000,100030000,100040000,100040000,100050000,100050000,100060000,100060000,100070000,100070000,100080000,100080000,100090000,100090000,100100000,100100000,100110000,100110000,100120000,100120000,100130000,100130000,100140000,100140000,100150000,100150000,100160000,100160000,100170000,100170000,100180000,100180000,100190000,100190000,100200000,100200000,100210000,100210000,100220000,100220000,100230000,100230000,100240000,100240000,100250000,100250000,100260000,100260000,100270000,100270000,100270000,100270000,100270000,100270000],"epochs":[{"from":0,"offset":0}],"floor":[20512,5000,20513,5000,20514,5000,20515,0]}}}]}';

const RULES = [
  { id: 'W1', kind: 'low-consumption', params: { leakCorrected: false } },
  {
    id: 'V1',
    kind: 'blood-pressure',
    params: { limit: { systolic: 180 }, ifUnconfirmed: 'P3' },
  },
  { id: 'V3', kind: 'blood-pressure', params: { side: 'low', limit: { systolic: 90 } } },
];

const HOMES = {
  h1: [
    { id: 'm', model: 'water-meter' },
    { id: 'b', model: 'wristband' },
  ],
};

function start(): Core {
  const core = coreOf(community(HOMES), RULES);
  step(core, { kind: 'tick', receivedAt: T0, listeningSince: T0 });
  return core;
}

const homeOf = (core: Core): Subject => core.subjects.get('h1') as Subject;

/** What is raised by these reports. */
function play(core: Core, from: number, until: number): string[] {
  const raised: string[] = [];
  const say = (device: string, at: number, receivedAt: number, values: [MetricName, number][]): void => {
    const readings = values.map(([metric, value]) => ({ metric, value, at }));
    const { effects } = step(core, {
      kind: 'report',
      receivedAt,
      device,
      clock: 'device',
      readings,
      events: [],
    });
    for (const effect of effects)
      if (effect.type === 'alert')
        raised.push(`${effect.change} ${effect.alert.rule} ${effect.alert.evidence.text.en}`);
  };
  for (let hour = from; hour < until; hour++) {
    const at = T0 + hour * HOUR;
    say('m', at, at + 1000, [['water_index_m3', 100 + Math.floor(Math.min(hour, 54) / 2) * 0.01]]);
    const systolic = hour === 59 || hour === 60 ? 186 : 120;
    if (hour > 56)
      say('b', at + 1000 - (hour === 60 ? 40 * MINUTE : 0), at + 2000, [
        ['systolic_mmhg', systolic],
        ['diastolic_mmhg', 80],
      ]);
  }
  return raised;
}

test('a home goes on from what an earlier version stored as if nothing had changed', () => {
  const whole = start();
  expect(play(whole, 0, 60)).toEqual([]);
  const upgraded = start();
  restoreSubject(homeOf(upgraded), BEFORE, upgraded.rules);
  upgraded.now = whole.now;
  for (const core of [whole, upgraded]) core.file(homeOf(core));
  const told = play(whole, 60, 90);
  expect(told.map((line) => line.slice(0, 10))).toEqual([
    'raised V1 ',
    'updated V1',
    'cleared V1',
    'raised W1 ',
  ]);
  expect(play(upgraded, 60, 90)).toEqual(told);
  expect(storeSubject(homeOf(upgraded), upgraded.rules)).toEqual(storeSubject(homeOf(whole), whole.rules));
});

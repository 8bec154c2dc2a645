import { expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { step } from '../src/app/pipeline.ts';
import { restoreSubject, type Subject, storeSubject } from '../src/app/subject.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { MetricName } from '../src/model/metrics.ts';
import { community, coreOf, T0 } from './core.ts';
import { atLength } from './runs.ts';
import { live, sensedCore } from './sensed-weeks.ts';

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

test('a press that an earlier version took is no second one when the network repeats it over the upgrade', () => {
  const core = coreOf(community({ h1: [{ id: 'b', model: 'wristband' }] }), [
    { id: 'B1', kind: 'event', params: { events: ['sos'] } },
  ]);
  const at = T0 + HOUR;
  const recent = `[1,${at},4294967328,${70 * 5 + at * 3}]`;
  const state = `{"id":"b","heardAt":${at},"measuredAt":${at},"knownAt":${T0},"recent":${recent}}`;
  restoreSubject(homeOf(core), `{"v":1,"n":1,"d":[{"state":${state}}]}`, core.rules);
  const press = (pulse: number) =>
    step(core, {
      kind: 'report',
      receivedAt: at + MINUTE,
      device: 'b',
      clock: 'device',
      readings: [{ metric: 'pulse_bpm', value: pulse, at }],
      events: [{ event: 'sos', at }],
    });
  expect(press(70).refusals.map(({ reason }) => reason)).toEqual(['duplicate']);
  expect(press(71).refusals).toEqual([]);
});

/**
 * … and of a home with sensors after twenty days: what each rule remembers of them stood in lists of numbers under their ids,
 * what is usual in lists of tenths of an hour, each point of the meter with its time, each day of its book as two numbers.
 */
const SENSED_BEFORE =
  '{"v":1,"n":1,"r":{"W0/personal-routine":{"s":{"day":20531,"usual":{"atHour":[50,60,70,80,90,100,100,100,10,10,10,10,10,10,10,10,10,10,10,10,10,20,30,40],"fromHour":[-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,100,100,100,-1],"lively":0.616},"sensors":{"heard":{"hall":[1772294472000,1774059480000],"bath":[1772294472000,1774058472000],"door":[1772298036000,1774054836000]},"doors":{"door":{"words":[1773987876000,0,1773997236000,0,1774011636000,0,1774026036000,0,1774040436000,0,1774052640000,1,1774052676000,0,1774054836000,0],"before":{"value":1,"since":1773987840000,"changed":1773987840000,"rose":1773987840000}}},"moved":1774059480000,"book":{"newest":20533,"since":492305,"days":[8388608,16646144,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,1098924031,16777215,16777223,3]}},"usualSigns":{"inside":{"atHour":[50,60,70,80,90,100,100,100,10,10,10,10,10,10,10,10,10,10,10,10,10,20,30,40],"fromHour":[-1,-1,-1,-1,-1,-1,10,10,10,10,10,10,10,10,10,10,10,10,10,10,100,100,100,-1],"lively":0.617},"outside":{"atHour":[-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1],"fromHour":[-1,-1,-1,-1,-1,-1,-1,10,10,10,-1,-1,-1,10,10,10,-1,-1,-1,-1,-1,-1,-1,-1],"lively":0.617}}}},"D1/not-gone-out":{"s":{"heard":{"door":[1772298036000,1774054836000]},"doors":{"door":{"words":[1773987876000,0,1773997236000,0,1774011636000,0,1774026036000,0,1774040436000,0,1774052640000,1,1774052676000,0,1774054836000,0],"before":{"value":1,"since":1773987840000,"changed":1773987840000,"rose":1773987840000}}}},"d":1774224000000},"I1/no-movement":{"s":{"moved":1774059480000,"heard":{"hall":[1772294472000,1774059480000],"bath":[1772294472000,1774058472000],"door":[1772298036000,1774054836000]},"doors":{"door":{"words":[1773987876000,0,1773997236000,0,1774011636000,0,1774026036000,0,1774040436000,0,1774052640000,1,1774052676000,0,1774054836000,0],"before":{"value":1,"since":1773987840000,"changed":1773987840000,"rose":1773987840000}}}},"d":1774109880000},"I2/long-bathroom-stay":{"s":{"inside":[],"elsewhere":1774059480000,"motion":{"hall":{"words":[1774051272000,0,1774052280000,1,1774054872000,0,1774055880000,1,1774056528000,1,1774056816000,1,1774058472000,0,1774059480000,1],"before":{"value":1,"since":1774048680000,"changed":1774048680000,"rose":1774048680000}},"bath":{"words":[1774040472000,0,1774044072000,0,1774047672000,0,1774051272000,0,1774054872000,0,1774056600000,1,1774056744000,0,1774058472000,0],"before":{"value":0,"since":1774009944000,"changed":1774009944000,"rose":1774009800000}}},"heard":{"hall":[1772294472000,1774059480000],"bath":[1772294472000,1774058472000],"door":[1772298036000,1774054836000]},"doors":{"door":{"words":[1773987876000,0,1773997236000,0,1774011636000,0,1774026036000,0,1774040436000,0,1774052640000,1,1774052676000,0,1774054836000,0],"before":{"value":1,"since":1773987840000,"changed":1773987840000,"rose":1773987840000}}}}}},"d":[{"state":{"id":"bath","heardAt":1774058473000,"measuredAt":1774058472000,"knownAt":1772294400000,"recent":[3,1774056600000,32768,15,1774056744000,32768,0,1774058472000,32768,0,1774047672000,32768,0,1774051272000,32768,0,1774054872000,32768,0],"movedAt":1774056600000}},{"state":{"id":"door","heardAt":1774054837000,"measuredAt":1774054836000,"knownAt":1772294400000,"recent":[1,1774054836000,16384,0,1774011636000,16384,0,1774026036000,16384,0,1774040436000,16384,0,1774052640000,16384,14,1774052676000,16384,0],"openedAt":1774052640000}},{"state":{"id":"hall","heardAt":1774059481000,"measuredAt":1774059480000,"knownAt":1772294400000,"recent":[3,1774056816000,32768,15,1774058472000,32768,0,1774059480000,32768,15,1774054872000,32768,0,1774055880000,32768,15,1774056528000,32768,15],"movedAt":1774059480000}},{"state":{"id":"m","heardAt":1774058401000,"measuredAt":1774058400000,"knownAt":1772294400000,"recent":[],"water":{"points":[1773849600000,11350000,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,5000,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,0,3600000,5000,3600000,5000,3600000,5000],"epochs":[{"from":0,"offset":0}],"floor":[20517,0,20518,0,20519,0,20520,0,20521,0,20522,0,20523,0,20524,0,20525,0,20526,0,20527,0,20528,0,20529,0,20530,0,20531,0,20532,0,20533,1250]},"waterBook":{"newest":20533,"since":492303,"lines":[-280375473471489,10005001,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,8404991,75000,-50331652,10000]}}},{"state":{"id":"power","heardAt":1774051219000,"measuredAt":1774051218000,"knownAt":1772294400000,"recent":[4,1773986418000,262144,18,1774008018000,262144,18,1774029618000,262144,18,1774051218000,262144,18,1773943218000,262144,18,1773964818000,262144,18],"mains":{"value":1,"at":1774051218000,"changes":[{"value":1,"at":1772301618000}]}},"r":{"E2/power-loss":{"s":{"words":[1773900018000,1,1773921618000,1,1773943218000,1,1773964818000,1,1773986418000,1,1774008018000,1,1774029618000,1,1774051218000,1],"before":{"value":1,"since":1772301618000,"changed":0,"rose":0}}}}}]}';

atLength(
  'a home with sensors goes on as well: the routine that was learned, doors, movements and the meter',
  () => {
    const [stored, ends] = [20 * 24 + 11, 22 * 24 + 9.6];
    const [whole, upgraded] = [sensedCore(), sensedCore()];
    expect(live(whole, 0, stored)).toEqual([]);
    restoreSubject(homeOf(upgraded), SENSED_BEFORE, upgraded.rules);
    upgraded.now = whole.now;
    for (const core of [whole, upgraded]) core.file(homeOf(core));
    const told = live(whole, stored, 25 * 24, ends);
    expect(told.filter((line) => !line.includes('E2'))).toEqual([
      'raised I2 538.5',
      'raised W0 546',
      'raised I1 549.5',
      'raised D1 584',
    ]);
    expect(live(upgraded, stored, 25 * 24, ends)).toEqual(told);
    expect(storeSubject(homeOf(upgraded), upgraded.rules)).toEqual(storeSubject(homeOf(whole), whole.rules));
  },
);

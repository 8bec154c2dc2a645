import { clockChange } from '../../config/clock-change.ts';
import { parseInstant } from '../../config/instants.ts';
import type { FurtherProblem } from '../../config/yaml-file.ts';
import type { DeviceDefinition } from '../../devices/define.ts';
import type { DeviceModels } from '../../devices/match.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isTimeZone } from '../../lib/local-time.ts';
import type { RulesTest, RulesTestFile, Series } from './schema.ts';
import { REPORTS_MAX, SeriesPlan } from './series.ts';
import { durationOf, TestTimes } from './times.ts';

type Path = (string | number)[];
type Time = number | string;
type Devices = RulesTestFile['devices'];
type Say = (path: Path, message: string) => void;

/** A story as it is looked through: all that its parts are held against. */
interface Story {
  readonly test: RulesTest;
  readonly times: TestTimes;
  readonly devices: Devices;
  readonly homes: readonly string[];
  readonly models: DeviceModels;
  /** Says what is wrong at a place of the test. */
  readonly say: Say;
}

/** The homes in which the devices of a test hang. */
export const homesOf = (devices: Devices, home: string): Set<string> =>
  new Set(devices.map((device) => device.home ?? home));

export const timesOf = ({ start, timeZone }: RulesTestFile, test: RulesTest): TestTimes =>
  new TestTimes(parseInstant(test.start ?? start, timeZone) ?? 0, timeZone);

/**
 * What the schema cannot see: names of devices, homes and models, times, and what nobody can mean. A story that sends
 * nothing, or only after its end, passes every "must not fire": it is a mistake, and no success.
 */
export function furtherProblems(content: RulesTestFile, models: DeviceModels): FurtherProblem[] {
  const problems: FurtherProblem[] = [];
  const say: Say = (path, message) => void problems.push({ path, message });
  if (!isTimeZone(content.timeZone)) {
    say(['timeZone'], `"${content.timeZone}" is no IANA time zone, such as Asia/Shanghai`);
    return problems;
  }
  checkStart(content.start, content.timeZone, ['start'], say);
  checkDevices(content.devices, models, ['devices'], say);
  content.tests.forEach((test, index) => {
    const sayOf: Say = (path, message) => say(['tests', index, ...path], message);
    if (test.start !== undefined) checkStart(test.start, content.timeZone, ['start'], sayOf);
    if (test.devices) checkDevices(test.devices, models, ['devices'], sayOf);
    const devices = test.devices ?? content.devices;
    const homes = [...homesOf(devices, content.home)];
    checkStory({ test, times: timesOf(content, test), devices, homes, models, say: sayOf });
  });
  return problems;
}

function checkStart(start: string, timeZone: string, path: Path, say: Say): void {
  if (parseInstant(start, timeZone) === undefined)
    say(path, `"${start}" is no time such as 2026-03-01 or 2026-03-01 08:00`);
  const change = clockChange(start, timeZone);
  if (change !== undefined) say(path, `"${start}" ${change}`);
}

function checkDevices(devices: Devices, models: DeviceModels, path: Path, say: Say): void {
  devices.forEach(({ model, expectedInterval }, index) => {
    if (models.get(model) === undefined) {
      const known = models.all().map((definition) => definition.model);
      say([...path, index, 'model'], none('device model', model, known));
    }
    if (expectedInterval !== undefined)
      checkSpan(expectedInterval, [...path, index, 'expectedInterval'], say);
  });
}

function checkStory(story: Story): void {
  const { test, times, say } = story;
  const until = checkTime(story, test.until, ['until']);
  if (until !== undefined && until <= times.start)
    say(['until'], `"${test.until}" is not after the start of the story`);
  checkAway(story);
  checkVisits(story);
  checkExpected(story);
  test.series.forEach((series, index) => {
    checkSeries(story, series, ['series', index]);
  });
}

function checkAway(story: Story): void {
  story.test.away.forEach(({ home, from, until }, n) => {
    checkPeriod(story, from, until, ['away', n, 'from'], ['away', n, 'until']);
    checkWithin(story, from, ['away', n, 'from'], 'end');
    checkWithin(story, until, ['away', n, 'until'], 'begin');
    checkHome(story, home, ['away', n, 'home']);
  });
}

function checkVisits(story: Story): void {
  const { test, times, say } = story;
  test.visits.forEach(({ home, at: when, told = when, result, change }, n) => {
    const toldAt: Path = ['visits', n, test.visits[n]?.told === undefined ? 'at' : 'told'];
    const was = checkTime(story, when, ['visits', n, 'at']);
    const said = told === when ? was : checkTime(story, told, toldAt);
    if (was !== undefined && said !== undefined && said < was) say(toldAt, 'lies before the visit itself');
    // What was before the story is part of it where somebody tells of it meanwhile.
    else if (times.instant(told) !== undefined) checkWithin(story, told, toldAt);
    if ((result === undefined) === (change === undefined))
      say(['visits', n], 'wants either a result or a change');
    checkHome(story, home, ['visits', n, 'home']);
  });
}

function checkExpected(story: Story): void {
  const { test, times, say } = story;
  test.expect.forEach((expected, n) => {
    checkTime(story, expected.since, ['expect', n, 'since']);
    for (const key of ['raised', 'cleared'] as const) {
      const time = expected[key];
      if (time !== undefined && checkTime(story, time, ['expect', n, key]) !== undefined)
        checkWithin(story, time, ['expect', n, key]);
    }
    if (test.only?.includes(expected.rule) === false)
      say(['expect', n, 'rule'], `rule "${expected.rule}" is not among those in "only"`);
    const raised = times.instant(expected.raised);
    const cleared = expected.cleared === undefined ? undefined : times.instant(expected.cleared);
    if (raised !== undefined && cleared !== undefined && cleared < raised)
      say(['expect', n, 'cleared'], `"${expected.cleared}" lies before it is raised`);
    if (expected.reason !== undefined && expected.cleared === undefined)
      say(['expect', n, 'reason'], 'goes with "cleared": an alert that is open has none');
    checkHome(story, expected.home, ['expect', n, 'home']);
    checkDevice(story, expected.device, ['expect', n, 'device']);
  });
}

function checkSeries(story: Story, series: Series, path: Path): void {
  const { devices, models, say } = story;
  const at = (...rest: Path): Path => [...path, ...rest];
  if (series.device === undefined && devices.length > 1)
    say(path, `which device? there are ${devices.map(({ id }) => id).join(', ')}`);
  checkDevice(story, series.device, at('device'));
  const device =
    devices.find(({ id }) => id === series.device) ?? (devices.length === 1 ? devices[0] : undefined);
  const model = device && models.get(device.model);
  if (model && (series.device === undefined || series.device === device.id))
    checkSaid(series, model, path, say);
  if (Object.keys(series.values).length === 0 && series.event === undefined)
    say(path, 'neither values nor an event');
  else if (checkSeriesTimes(story, series, path)) checkSent(story, series, path);
}

/** What no device of this model says proves nothing about one that hangs in a home. */
function checkSaid(series: Series, model: DeviceDefinition, path: Path, say: Say): void {
  const has = (names: readonly string[]): string =>
    names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  for (const metric of Object.keys(series.values))
    if (!(model.metrics as readonly string[]).includes(metric))
      say([...path, 'values', metric], `a ${model.model} has no metric "${metric}"; ${has(model.metrics)}`);
  const { event } = series;
  if (event !== undefined && !(model.events as readonly string[]).includes(event))
    say([...path, 'event'], `a ${model.model} has no event "${event}"; ${has(model.events)}`);
}

/** Whether all its times can be read, and lie as they must. */
function checkSeriesTimes(story: Story, series: Series, path: Path): boolean {
  const { say } = story;
  let fine = true;
  const counted: Story = {
    ...story,
    say: (...problem) => {
      fine = false;
      say(...problem);
    },
  };
  const { at, until, received, every, absent, values } = series;
  if (until === undefined) checkTime(counted, at, [...path, 'at']);
  else checkPeriod(counted, at, until, [...path, 'at'], [...path, 'until']);
  if (received !== undefined) checkReceived(counted, at, received, path);
  else if (fine) checkWithin(counted, at, [...path, 'at']);
  absent.forEach(([begin, end], n) => {
    checkPeriod(counted, begin, end, [...path, 'absent', n, 0], [...path, 'absent', n, 1]);
  });
  if (every !== undefined) {
    checkSpan(every, [...path, 'every'], counted.say);
    if (until === undefined && !Object.values(values).some(Array.isArray))
      counted.say(path, 'a series with "every" needs "until", or a list of values');
  }
  return fine;
}

function checkReceived(story: Story, at: Time, received: Time, path: Path): void {
  const came = checkTime(story, received, [...path, 'received']);
  const from = story.times.instant(at);
  if (came === undefined || from === undefined) return;
  if (came < from) story.say([...path, 'received'], `"${received}" lies before what is measured`);
  else checkWithin(story, received, [...path, 'received']);
}

/** A series that sends nothing, or a gap in which it would send nothing anyway. */
function checkSent({ times, say }: Story, series: Series, path: Path): void {
  const plan = new SeriesPlan(series, times);
  if (plan.count > REPORTS_MAX) {
    say(
      path,
      `${plan.count} reports are more than ${REPORTS_MAX} in one series: look at "every" and "until"`,
    );
    return;
  }
  if (plan.isEmpty()) say(path, 'sends nothing: every value of it is absent');
  else
    series.absent.forEach((_gap, n) => {
      if (!plan.hasInGap(n)) say([...path, 'absent', n], 'takes nothing away: nothing would be sent then');
    });
}

const NO_TIME =
  'is no time; write hours since the start (30, "30h", "1d 6h") or a local time (2026-03-02 06:00)';

/** The instant, or undefined where none is written or what is written is none. */
function checkTime({ times, say }: Story, value: Time | undefined, path: Path): number | undefined {
  if (value === undefined) return undefined;
  const at = times.instant(value);
  const problem = at === undefined ? NO_TIME : clockChange(value, times.timeZone);
  if (problem === undefined) return at;
  say(path, `"${value}" ${problem}`);
  return undefined;
}

function checkPeriod(story: Story, from: Time, until: Time, fromPath: Path, untilPath: Path): void {
  const [begin, end] = [checkTime(story, from, fromPath), checkTime(story, until, untilPath)];
  if (begin !== undefined && end !== undefined && end <= begin)
    story.say(untilPath, `"${until}" is not after "${from}"`);
}

/** What lies outside the story is never played. */
function checkWithin({ test, times, say }: Story, value: Time, path: Path, edge?: 'begin' | 'end'): void {
  const [at, until] = [times.instant(value), times.instant(test.until)];
  if (at === undefined) return;
  if (edge !== 'end' && at < times.start) say(path, `"${value}" lies before the story begins`);
  if (edge !== 'begin' && until !== undefined && at > until && until > times.start)
    say(path, `"${value}" lies after the story ends ("${test.until}")`);
}

function checkSpan(span: Time, path: Path, say: Say): void {
  if (durationOf(span) === undefined) say(path, `"${span}" is no duration such as 15min, 1h or 1d`);
}

function checkHome({ homes, say }: Story, home: string | undefined, path: Path): void {
  if (home !== undefined && !homes.includes(home)) say(path, none('home', home, homes));
}

function checkDevice({ devices, say }: Story, device: string | undefined, path: Path): void {
  const names = devices.map(({ id }) => id);
  if (device !== undefined && !names.includes(device)) say(path, none('device', device, names));
}

/** That a name is not there, with the one that was probably meant, or all that are. */
export function none(what: string, name: string, known: readonly string[], where = ''): string {
  const close = didYouMean(name, known);
  const hint = close === undefined ? `there are ${known.join(', ')}` : `did you mean "${close}"?`;
  return `no ${what} "${name}"${where}; ${hint}`;
}

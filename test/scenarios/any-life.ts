import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Refusal } from '../../src/model/effect.ts';
import { T0 } from '../core.ts';
import { LifeCallTests } from './life-call-tests.ts';
import {
  chosen,
  HAPPENINGS,
  type Happening,
  HOMES,
  type Life,
  type Of,
  type OwnOf,
  oneOf,
} from './life-happenings.ts';
import { LifeMeters } from './life-meters.ts';
import { LifeOracle } from './life-oracle.ts';
import {
  asksFor,
  changesPeople,
  commanded,
  endsTechnical,
  NOTIFY,
  NOTIFY_BY_ROSTER,
  ROSTERS,
  STAFF,
  tellsOfNotices,
  works,
} from './life-people.ts';
import { LifeRobot } from './life-robot.ts';
import { type Setting, Story, timeText } from './story.ts';

const gateway = (id: string) => ({ noun: 'gateway' as const, id, parent: 'haitang/g1/b1', enrolledAt: T0 });

const SETTING: Setting = {
  homes: { h1: ['meter', 'band'], h2: ['meter', 'band'], h3: ['meter', 'band'] },
  entries: [
    ...STAFF,
    { noun: 'node', path: 'haitang/g1/b2', level: 'building', name: '2号楼' },
    ...['gw1', 'gw2'].map(gateway),
  ],
  notify: NOTIFY,
  rosters: ROSTERS,
  channels: ['robot', 'terminal', 'mqtt'],
};

/**
 * Some days of three homes in which anything may happen, in any order: people press, fall and stop drawing water; staff
 * take, hand on, resolve and reopen; homes, bands and meters come, move and go; gateways and whole buildings fail; clocks
 * lie, histories come late; rules change; the service is away. What must hold all the while is looked at after every
 * minute in which somebody waits: whoever calls is heard, whoever is silent is missed, and no case is forgotten.
 */
export class AnyLife {
  readonly #story: Story;
  readonly #oracle: LifeOracle;
  #asleep = false;
  readonly #bandIn = new Map<string, string>(HOMES.map((home) => [home, home]));
  /** Bands that are switched off in the registry, and the gateways behind which others stand. */
  readonly #bandOff = new Set<string>();
  readonly #bandBehind = new Map<string, string>();
  /** When a band came to the home that it is in, from another. */
  readonly #bandCameAt = new Map<string, number>();
  /** Pressed while the service was down: a band keeps it, and sends it again. */
  #kept: { readonly band: string; readonly sign: 'press' | 'fall'; readonly at: number }[] = [];
  /** What a band said last. */
  readonly #said = new Map<string, object>();
  /** Nobody knew whose band it was when it called. */
  readonly #strangers = new Set<string>();
  #gateways = ['gw1', 'gw2'];
  readonly #meters: LifeMeters;
  readonly #callTests: LifeCallTests;
  readonly #robot: LifeRobot;
  readonly log: string[] = [];

  constructor({ beginning, restartsEvery }: Pick<Life, 'beginning' | 'restartsEvery'>) {
    const setting = beginning === 'by roster' ? { ...SETTING, notify: NOTIFY_BY_ROSTER } : SETTING;
    this.#story = new Story(setting, (inputs) => restartsEvery > 0 && inputs % restartsEvery === 0);
    this.#oracle = new LifeOracle(this.#story, HOMES);
    const around = () => ({ asleep: this.#asleep, gateways: this.#gateways });
    this.#meters = new LifeMeters(this.#story, this.#oracle, around);
    this.#callTests = new LifeCallTests(this.#story);
    this.#robot = new LifeRobot(this.#story);
    HOMES.forEach((home, index) => {
      if (beginning === 'behind one gateway') this.#meters.rehome(home, 'gw1');
      else if (beginning === 'behind two') this.#meters.rehome(home, this.#gateways[index % 2]);
    });
    if (beginning === 'long known') this.#story.until('day 8 10:00');
    this.#oracle.wakes();
  }

  get #truth(): LifeOracle['truth'] {
    return this.#oracle.truth;
  }

  get story(): Story {
    return this.#story;
  }

  /** @throws what must not be, with all that had happened until then. */
  live(happenings: readonly Happening[]): void {
    for (const _ of this.lived(happenings));
  }

  /** The same, one happening after the other. */
  *lived(happenings: readonly Happening[]): Generator<Happening> {
    this.#pass(30 * MINUTE);
    try {
      for (const happening of happenings) {
        this.#log(happening, this.#happen(happening));
        this.#settle();
        this.#pass(SECOND);
        yield happening;
      }
      if (this.#asleep) this.#wake();
      this.#settle();
      this.#pass(45 * MINUTE);
    } catch (error) {
      if (error instanceof Error) error.message += `\n${this.log.join('\n')}`;
      throw error;
    }
  }

  #settle(): void {
    const worn = [...this.#bandIn].filter(([band]) => !this.#bandOff.has(band)).map(([, home]) => home);
    this.#truth.settle((home) => worn.includes(home));
  }

  #log({ what, home, pick }: Happening, answer: string): void {
    this.log.push(`${timeText(this.#story.now)} ${what} ${home} ${pick} ${answer}`);
  }

  #pass(ms: number): void {
    const story = this.#story;
    const to = story.now + ms;
    while (story.now < to) {
      const next = Math.min(this.#oracle.isAwaited ? MINUTE : 30 * MINUTE, to - story.now);
      story.after(next);
      if (this.#asleep) continue;
      const untold = this.#robot.sends();
      if (untold !== undefined) this.#oracle.fail(`nobody was told of ${untold} over another channel`);
      this.#oracle.look(next);
    }
  }

  /** What came of it, for whoever reads the log. */
  #happen(happening: Happening): string {
    const { what, home, pick } = happening;
    if (what === 'seconds') this.#pass(chosen([1, 5, 20, 40] as const, pick) * SECOND);
    else if (what === 'minutes') this.#pass(chosen([1, 3, 6, 20, 50] as const, pick) * MINUTE);
    else if (what === 'hours') this.#pass(chosen([2, 5, 13, 30] as const, pick) * HOUR);
    else if (what === 'days') this.#pass(chosen([2, 3] as const, pick) * DAY);
    else if (oneOf(HAPPENINGS.calls, what)) return this.#calls(what, happening);
    else if (oneOf(HAPPENINGS.water, what)) return this.#meters.water(what, home, pick);
    else if (oneOf(HAPPENINGS.building, what)) this.#meters.building(what, home, pick);
    else if (what === 'gatewayDies' || what === 'gatewayReturns') return this.#power(what, happening);
    else if (what === 'wake') return this.#wake();
    else if (this.#asleep) return 'asleep';
    else if (oneOf(HAPPENINGS.oddCalls, what)) return this.#oddCall(what, happening);
    else if (oneOf(HAPPENINGS.work, what)) return this.#work(what, happening);
    else if (oneOf(HAPPENINGS.home, what)) return this.#ofHome(what, happening);
    else if (oneOf(HAPPENINGS.bands, what)) return this.#ofBands(what, happening);
    else if (oneOf(HAPPENINGS.meters, what)) return this.#meters.devices(what, home, pick);
    else if (oneOf(HAPPENINGS.callTests, what)) return this.#ofCallTests(what, happening);
    else if (oneOf(HAPPENINGS.silences, what)) return this.#oracle.silences.happens(what, home, pick);
    else if (oneOf(HAPPENINGS.registry, what)) return this.#ofRegistry(what, happening);
    else if (oneOf(HAPPENINGS.gateways, what)) return this.#ofGateways(what, happening);
    else if (oneOf(HAPPENINGS.people, what)) return this.#ofPeople(what, happening);
    else return this.#ofService(what as OwnOf<'service'>, happening);
    return '';
  }

  #calls(what: Of<'calls'>, { home }: Happening): string {
    const { band } = this.#story.home(home);
    if (what === 'calm') band.measures(125, 80, band.now - behindMs(home));
    else if (what === 'cancel') this.#cancels(home);
    else if (what === 'crisis') return this.#crisis(home);
    else if (what === 'words') return this.#saysInWords(home);
    else return this.#call(home, what, this.#story.now);
    return '';
  }

  #oddCall(what: Of<'oddCalls'>, { home, pick }: Happening): string {
    const { now } = this.#story;
    if (what === 'pressInTheFuture') return this.#call(home, 'press', now + 9999 * HOUR);
    // A clock that stands still, one that lost a day, one that begins anew.
    if (what === 'pressLongAgo')
      return this.#call(home, 'press', chosen([T0 - 300 * HOUR, now - 26 * HOUR, 0], pick));
    if (what === 'pressUndated') return this.#says(home, 'press', { event: 'sos' });
    if (what === 'again') return this.#saysAgain(home);
    return this.#overGateway(home, chosen(this.#gateways, pick), what === 'inWordsOverGateway');
  }

  #call(band: string, sign: 'press' | 'fall', at: number): string {
    if (!this.#asleep) return this.#says(band, sign, { at, event: sign === 'press' ? 'sos' : 'fall' });
    this.#kept.push({ band, sign, at });
    return 'kept';
  }

  #says(
    band: string,
    sign: 'press' | 'fall',
    said: { readonly at?: number; readonly event: string },
  ): string {
    this.#said.set(band, said);
    const isOff = this.#bandOff.has(band);
    const isTest = !isOff && this.#answersTest(band, sign, said.at);
    if (!isTest) this.#waits(band, isOff ? 'off' : sign);
    const refused = this.#story.hear(`shouwang/${band}-band/telemetry`, said);
    if (!isOff && !isTest) this.#lookForUnruled(band, sign);
    this.#tell(refused, `${band}-band`, band);
    this.#story.tick();
    return isTest ? 'as a test' : '';
  }

  #answersTest(band: string, call: 'press' | 'fall', at: number | undefined): boolean {
    const home = this.#bandIn.get(band);
    return this.#callTests.answers(band, home, { call, at }, this.#oracle.wokeAt);
  }

  #ofCallTests(what: OwnOf<'callTests'>, { home: some, pick }: Happening): string {
    const band = (what === 'testReal' ? this.#callTests.heardLast : undefined) ?? some;
    const home = this.#bandIn.get(band);
    if (what === 'isTested') return this.#isTested(band, home, pick);
    return this.#callTests.happens(what, band, home, pick, () => this.#waits(band, 'tested'));
  }

  /** As it mostly goes: it is begun, and pressed. */
  #isTested(band: string, home: string | undefined, pick: number): string {
    const begun = this.#callTests.begins(band, home, 'press', pick);
    return begun.endsWith('ok') ? `${begun} ${this.#call(band, 'press', this.#story.now)}` : begun;
  }

  /** A network brings it twice. */
  #saysAgain(band: string): string {
    const said = this.#said.get(band);
    if (said === undefined) return 'none';
    this.#tell(this.#story.hear(`shouwang/${band}-band/telemetry`, said), `${band}-band`, band);
    return '';
  }

  /** A gateway brings the call of a band: of one behind it, of another, of one that nobody knows. */
  #overGateway(band: string, gateway: string, inWords: boolean): string {
    if (!this.#truth.speaks(gateway)) return 'lost';
    const id = `${band}-band`;
    const isIts = this.#bandBehind.get(band) === gateway;
    const isOff = this.#bandOff.has(band);
    const isTest = isIts && !isOff && this.#answersTest(band, 'press', inWords ? undefined : this.#story.now);
    if (!isTest) this.#waits(band, isOff ? 'off' : !isIts ? 'foreign' : inWords ? 'words' : 'press');
    const sos = { [id]: [{ ts: this.#story.now, values: { event: 'sos' } }] };
    const refused = inWords
      ? this.#story.hear(`${gateway}/alarm`, { device: id, sos: true }, gateway)
      : this.#story.hear('v1/gateway/telemetry', sos, gateway);
    this.#tell(refused, gateway, band);
    if (isIts && !isOff && !inWords && !isTest) this.#lookForUnruled(band, 'press');
    return gateway;
  }

  /** What was not taken, and calls for help: the shell hands it to the core. */
  #tell(refused: readonly Refusal[], from: string, band: string): void {
    const told = { at: this.#story.now, from, topic: '', sent: '' };
    for (const { reason, detail, calls = [], strangers = [] } of refused) {
      for (const { device, call, why } of calls)
        commanded(this.#story, { type: 'device.called', device, call, why, ...told }, 'system');
      for (const { address, call } of strangers) this.#stranger(address, call, told);
      if (reason === 'unknown-device') this.#stranger(detail, 'sos', told);
      if (!this.#bandIn.has(band)) this.#strangers.add(band);
    }
  }

  #stranger(address: string, call: string, told: { readonly from: string }): void {
    const by = this.#gateways.includes(told.from) ? { gateway: told.from } : {};
    commanded(this.#story, { type: 'stranger.called', address, call, ...told, ...by }, 'system');
  }

  /** Where no rule takes such calls, the home has a case all the same, in the very step. */
  #lookForUnruled(band: string, sign: 'press' | 'fall'): void {
    const home = this.#bandIn.get(band);
    if (home === undefined || !this.#oracle.rules.leavesOut(sign, home) || this.#oracle.rules.byDay) return;
    if (!this.#story.open(home).includes('calls-no-rule-takes'))
      this.#oracle.fail(`no case of ${home} for a ${sign} that no rule takes`);
  }

  #crisis(band: string): string {
    const it = this.#story.home(band).band;
    it.measures(195, 118, it.now - behindMs(band));
    this.#pass(70 * SECOND);
    it.measures(197, 119, it.now - behindMs(band));
    if (this.#asleep || this.#bandOff.has(band)) return '';
    // By its own clock it was elsewhere then: nobody knows whose pressure that is, so that it is refused by name.
    if (it.now - behindMs(band) - 70 * SECOND < (this.#bandCameAt.get(band) ?? 0)) return 'elsewhere';
    this.#waits(band, 'crisis');
    return '';
  }

  /** What no model reads, on its own way: the shell hands it to the core as a command. */
  #saysInWords(band: string): string {
    if (this.#asleep) return 'asleep';
    const device = `${band}-band`;
    const call = { device, call: 'sos', why: 'in-words', at: this.#story.now, from: device };
    if (!this.#answersTest(band, 'press', this.#story.now)) this.#waits(band, 'words');
    return commanded(this.#story, { type: 'device.called', ...call, topic: '', sent: '救命' }, 'system');
  }

  #waits(band: string, sign: Parameters<LifeOracle['waits']>[1]): void {
    const home = this.#bandIn.get(band);
    if (home === undefined) return;
    // Each call in earnest ends the tests of its home.
    if (sign !== 'crisis') this.#callTests.called(home);
    this.#oracle.waits(home, sign);
  }

  #cancels(band: string): void {
    this.#story.home(band).band.cancels();
    if (!this.#asleep && !this.#bandOff.has(band)) this.#oracle.cancels(this.#bandIn.get(band));
  }

  #power(what: 'gatewayDies' | 'gatewayReturns', { pick }: Happening): string {
    const id = chosen(this.#gateways, pick);
    this.#truth.gateway(id, what === 'gatewayDies' ? 'dies' : 'returns');
    return id;
  }

  #ofGateways(what: Exclude<Of<'gateways'>, 'gatewayDies' | 'gatewayReturns'>, { pick }: Happening): string {
    const story = this.#story;
    const id = chosen(this.#gateways, pick);
    if (what !== 'replaceGateway') {
      const answer = story.register([{ ...gateway(id), disabled: what === 'gatewayOff' }]);
      if (answer === 'ok') this.#truth.gateway(id, what === 'gatewayOff' ? 'off' : 'on');
      return `${id} ${answer}`;
    }
    const next = `gw${Number(id.slice(2)) + 2}`;
    const behind = [...story.core.registry.behind(id)].map((device) => ({
      ...story.core.registry.device(device),
      gateway: next,
    }));
    const answer = story.register([gateway(next), ...behind], [{ noun: 'gateway', key: id }]);
    if (answer !== 'ok') return `${id} ${answer}`;
    this.#gateways = this.#gateways.map((one) => (one === id ? next : one));
    for (const [band, by] of this.#bandBehind) if (by === id) this.#bandBehind.set(band, next);
    for (const [home, truth] of this.#truth.each)
      if (truth.gateway === id) {
        this.#truth.goesThrough(home, next);
        this.#truth.anew(truth);
      }
    return `${id} ${next}`;
  }

  #work(what: Of<'work'>, { home, pick }: Happening): string {
    const before = this.#story.openCase(home);
    const answer =
      what === 'technical' ? endsTechnical(this.#story, pick) : works(this.#story, what, home, pick);
    if (what === 'resolve' && answer === 'ok') this.#noteSeen(home, before);
    this.#lookForNobodys(home, before, what === 'giveBack' && answer === 'ok');
    // Somebody looked after whoever called, and is nobody of ours.
    if (what === 'technical' && answer.endsWith('ok')) this.#strangers.clear();
    return answer;
  }

  /** Whoever ends a case saw who lives there, unless they found that nobody is at home. */
  #noteSeen(home: string, id: string | undefined): void {
    const { outcome } = id === undefined ? {} : this.#story.case(id);
    if (outcome !== 'away' && outcome !== 'hospital') this.#oracle.absences.seen(home, this.#story.now);
  }

  /** Whoever had the case has it no more: others hear of that. */
  #lookForNobodys(home: string, id: string | undefined, isGivenBack: boolean): void {
    if (isGivenBack && id !== undefined && this.#story.case(id).priority <= 'P2')
      this.#oracle.waits(home, 'anew');
  }

  #ofHome(what: Of<'home'>, { home, pick }: Happening): string {
    const story = this.#story;
    const { now } = story;
    const entry = story.core.registry.home(home);
    const truth = this.#truth.of(home);
    switch (what) {
      case 'away':
        // They may be gone before they say so, and not come back when they said.
        this.#meters.water(pick % 2 ? 'still' : 'draws', home, pick);
        return this.#oracle.absences.happens(what, home, pick);
      case 'back':
      case 'answer':
      case 'visit':
        return this.#oracle.absences.happens(what, home, pick);
      case 'change':
        return commanded(
          this.#story,
          { type: 'home.change', home, at: now, change: 'fall', source: 'console' },
          '周敏',
        );
      case 'visitClass':
        return commanded(
          this.#story,
          { type: 'home.visit-class', home, visitClass: chosen(['high', 'other', null], pick) },
          '周敏',
        );
      case 'moveHome': {
        if (!entry) return 'none';
        this.#truth.anew(truth);
        return story.register([{ ...entry, parent: pick % 2 ? 'haitang/g1/b2' : 'haitang/g1/b1/u1' }]);
      }
      case 'drill':
      case 'help':
      case 'request':
        return asksFor(this.#story, what, home, pick);
    }
  }

  #ofBands(what: Of<'bands'>, { home, pick }: Happening): string {
    const story = this.#story;
    switch (what) {
      case 'moveBand': {
        const to = chosen(HOMES, pick);
        return `${to} ${this.#enrols(home, { home: to })}`;
      }
      case 'bandOff':
        return this.#bandIn.has(home) ? this.#enrols(home, { disabled: pick % 2 === 0 }) : 'none';
      case 'bandBehind':
        return this.#bandIn.has(home)
          ? this.#enrols(home, { gateway: pick % 3 ? chosen(this.#gateways, pick) : undefined })
          : 'none';
      case 'removeBand': {
        const answer = story.register([], [{ noun: 'device', key: `${home}-band` }]);
        if (answer === 'ok') this.#bandLeaves(home);
        return answer;
      }
    }
  }

  /** The entry of a band as it is, with this changed. */
  #enrols(band: string, change: { home?: string; disabled?: boolean; gateway?: string | undefined }): string {
    const before = {
      home: this.#bandIn.get(band) ?? band,
      disabled: this.#bandOff.has(band),
      gateway: this.#bandBehind.get(band),
    };
    const after = { ...before, ...change };
    const entry = { noun: 'device', id: `${band}-band`, model: 'wristband', enrolledAt: T0, ...after };
    const answer = this.#story.register([entry]);
    if (answer !== 'ok') return answer;
    if (this.#strangers.delete(band)) this.#oracle.waits(after.home, 'words');
    if (this.#bandIn.get(band) !== after.home) this.#bandCameAt.set(band, this.#story.now);
    this.#bandIn.set(band, after.home);
    if (after.disabled) this.#bandOff.add(band);
    else this.#bandOff.delete(band);
    if (after.gateway === undefined) this.#bandBehind.delete(band);
    else this.#bandBehind.set(band, after.gateway);
    return answer;
  }

  #bandLeaves(band: string): void {
    this.#bandIn.delete(band);
    this.#bandOff.delete(band);
    this.#bandBehind.delete(band);
  }

  #ofRegistry(what: Of<'registry'>, { home }: Happening): string {
    const story = this.#story;
    const { registry } = story.core;
    const resident = { noun: 'resident', id: `${home}-r`, home, name: '王秀英' };
    switch (what) {
      case 'removeHome': {
        const devices = [...registry.devices(home)].map(({ id }) => ({ noun: 'device' as const, key: id }));
        const people = [...registry.residents(home)].map(({ id }) => ({
          noun: 'resident' as const,
          key: id,
        }));
        const answer = story.register([], [...devices, ...people, { noun: 'home', key: home }]);
        if (answer !== 'ok') return answer;
        this.#oracle.lets(home);
        this.#oracle.absences.forget(home);
        this.#callTests.called(home);
        this.#meters.leaves(home);
        for (const [band, at] of this.#bandIn) if (at === home) this.#bandLeaves(band);
        return answer;
      }
      case 'returnHome': {
        if (registry.home(home)) return 'there';
        const answer = story.register([
          { noun: 'home', id: home, parent: 'haitang/g1/b1/u1', name: home },
          resident,
        ]);
        const meter = answer === 'ok' ? this.#meters.rehome(home, this.#truth.of(home).gateway) : '';
        const band = answer === 'ok' && !this.#bandIn.has(home) ? this.#enrols(home, { home }) : '';
        return `${answer} ${meter} ${band}`;
      }
      case 'removeResident':
        return story.register([], [{ noun: 'resident', key: `${home}-r` }]);
      case 'returnResident':
        return story.register([resident]);
    }
  }

  #ofPeople(what: OwnOf<'people'>, { home, pick }: Happening): string {
    const of = this.#story.openCase(home);
    const isTaken = of !== undefined && this.#story.case(of).status === 'acknowledged';
    const answer = changesPeople(this.#story, what, home, pick);
    this.#lookForNobodys(home, of, what === 'accountGoes' && isTaken && answer === 'ok');
    return answer;
  }

  #ofService(what: OwnOf<'service'>, { home, pick }: Happening): string {
    const story = this.#story;
    switch (what) {
      case 'sleep':
        story.serviceStops();
        this.#asleep = true;
        return '';
      case 'restart':
        story.restart();
        return '';
      case 'noticesFail':
      case 'noticesArrive':
        return tellsOfNotices(story, what === 'noticesFail', pick);
      case 'rules':
        return this.#rules(home, pick);
      default:
        this.#robot.fails(what === 'robotFails');
        return '';
    }
  }

  #rules(home: string, pick: number): string {
    const { answer, isOther } = this.#oracle.rules.change(home, pick);
    if (isOther) this.#truth.allAnew();
    return answer;
  }

  #wake(): string {
    if (!this.#asleep) return 'awake';
    this.#story.serviceStarts();
    this.#asleep = false;
    this.#oracle.wakes();
    const kept = this.#kept;
    this.#kept = [];
    for (const { band, sign, at } of kept) this.#call(band, sign, at);
    return '';
  }
}

/** The clock of the third band is that of another time zone. */
const behindMs = (band: string): number => (band === 'h3' ? 8 * HOUR : 0);

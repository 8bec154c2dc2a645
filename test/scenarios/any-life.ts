import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Refusal } from '../../src/model/effect.ts';
import { T0 } from '../core.ts';
import { chosen, HAPPENINGS, type Happening, HOMES, type Life, type Of, oneOf } from './life-happenings.ts';
import { LifeOracle, type Sign } from './life-oracle.ts';
import {
  asksFor,
  changed,
  commanded,
  endsTechnical,
  NOTIFY,
  OF_RULE,
  RULE_CHANGES,
  STAFF,
  tellsOfNotices,
  works,
} from './life-people.ts';
import { productRules, type Setting, Story, timeText } from './story.ts';

const gateway = (id: string) => ({ noun: 'gateway' as const, id, parent: 'haitang/g1/b1', enrolledAt: T0 });

const SETTING: Setting = {
  homes: { h1: ['meter', 'band'], h2: ['meter', 'band'], h3: ['meter', 'band'] },
  entries: [
    ...STAFF,
    { noun: 'node', path: 'haitang/g1/b2', level: 'building', name: '2号楼' },
    ...['gw1', 'gw2'].map(gateway),
  ],
  notify: NOTIFY,
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
  /** Pressed while the service was down: a band keeps it, and sends it again. */
  #kept: { readonly band: string; readonly sign: 'press' | 'fall'; readonly at: number }[] = [];
  /** What a band said last. */
  readonly #said = new Map<string, object>();
  /** Nobody knew whose band it was when it called. */
  readonly #strangers = new Set<string>();
  #gateways = ['gw1', 'gw2'];
  #silences = 0;
  /** The rule that was changed last speaks by day alone. */
  #byDay = false;
  readonly log: string[] = [];

  constructor({ beginning, restartsEvery }: Pick<Life, 'beginning' | 'restartsEvery'>) {
    this.#story = new Story(SETTING, (inputs) => restartsEvery > 0 && inputs % restartsEvery === 0);
    this.#oracle = new LifeOracle(this.#story, HOMES);
    HOMES.forEach((home, index) => {
      if (beginning === 'behind one gateway') this.#rehome(home, 'gw1');
      else if (beginning === 'behind two') this.#rehome(home, this.#gateways[index % 2]);
    });
    if (beginning === 'long known') this.#story.until('day 8 10:00');
    this.#oracle.wakes();
  }

  get #truth(): LifeOracle['truth'] {
    return this.#oracle.truth;
  }

  /** @throws what must not be, with all that had happened until then. */
  live(happenings: readonly Happening[]): void {
    this.#pass(30 * MINUTE);
    try {
      for (const happening of happenings) {
        this.#log(happening, this.#happen(happening));
        this.#settle();
        this.#pass(SECOND);
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
      if (!this.#asleep) this.#oracle.look(next);
    }
  }

  /** What came of it, for whoever reads the log. */
  #happen(happening: Happening): string {
    const { what, pick } = happening;
    if (what === 'seconds') this.#pass(chosen([1, 5, 20, 40] as const, pick) * SECOND);
    else if (what === 'minutes') this.#pass(chosen([1, 3, 6, 20, 50] as const, pick) * MINUTE);
    else if (what === 'hours') this.#pass(chosen([2, 5, 13, 30] as const, pick) * HOUR);
    else if (what === 'days') this.#pass(chosen([2, 3] as const, pick) * DAY);
    else if (oneOf(HAPPENINGS.calls, what)) return this.#calls(what, happening);
    else if (oneOf(HAPPENINGS.water, what)) return this.#water(what, happening);
    else if (oneOf(HAPPENINGS.building, what)) return this.#ofBuilding(what, happening);
    else if (what === 'gatewayDies' || what === 'gatewayReturns') return this.#power(what, happening);
    else if (what === 'wake') return this.#wake();
    else if (this.#asleep) return 'asleep';
    else if (oneOf(HAPPENINGS.oddCalls, what)) return this.#oddCall(what, happening);
    else if (oneOf(HAPPENINGS.work, what)) return this.#work(what, happening);
    else if (oneOf(HAPPENINGS.home, what)) return this.#ofHome(what, happening);
    else if (oneOf(HAPPENINGS.devices, what)) return this.#ofDevices(what, happening);
    else if (oneOf(HAPPENINGS.registry, what)) return this.#ofRegistry(what, happening);
    else if (oneOf(HAPPENINGS.gateways, what)) return this.#ofGateways(what, happening);
    else if (oneOf(HAPPENINGS.people, what)) return this.#ofPeople(what, happening);
    else return this.#ofService(what as Of<'service'>, happening);
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

  #says(band: string, sign: 'press' | 'fall', said: object): string {
    this.#said.set(band, said);
    const isOff = this.#bandOff.has(band);
    this.#waits(band, isOff ? 'off' : sign);
    const refused = this.#story.hear(`shouwang/${band}-band/telemetry`, said);
    if (!isOff) this.#lookForUnruled(band, sign);
    this.#tell(refused, `${band}-band`, band);
    this.#story.tick();
    return '';
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
    this.#waits(band, isOff ? 'off' : !isIts ? 'foreign' : inWords ? 'words' : 'press');
    const sos = { [id]: [{ ts: this.#story.now, values: { event: 'sos' } }] };
    const refused = inWords
      ? this.#story.hear(`${gateway}/alarm`, { device: id, sos: true }, gateway)
      : this.#story.hear('v1/gateway/telemetry', sos, gateway);
    this.#tell(refused, gateway, band);
    if (isIts && !isOff && !inWords) this.#lookForUnruled(band, 'press');
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
    if (home === undefined || !this.#oracle.off.has(sign) || this.#byDay) return;
    if (!this.#story.open(home).includes('calls-no-rule-takes'))
      this.#oracle.fail(`no case of ${home} for a ${sign} that no rule takes`);
  }

  #crisis(band: string): string {
    const it = this.#story.home(band).band;
    it.measures(195, 118, it.now - behindMs(band));
    this.#pass(70 * SECOND);
    it.measures(197, 119, it.now - behindMs(band));
    if (!this.#asleep && !this.#bandOff.has(band)) this.#waits(band, 'crisis');
    return '';
  }

  /** What no model reads, on its own way: the shell hands it to the core as a command. */
  #saysInWords(band: string): string {
    if (this.#asleep) return 'asleep';
    const device = `${band}-band`;
    const call = { device, call: 'sos', why: 'in-words', at: this.#story.now, from: device };
    this.#waits(band, 'words');
    return commanded(this.#story, { type: 'device.called', ...call, topic: '', sent: '救命' }, 'system');
  }

  #waits(band: string, sign: Sign): void {
    const home = this.#bandIn.get(band);
    if (home !== undefined) this.#oracle.waits(home, sign);
  }

  #cancels(band: string): void {
    this.#story.home(band).band.cancels();
    if (!this.#asleep && !this.#bandOff.has(band)) this.#oracle.cancels(this.#bandIn.get(band));
  }

  #water(what: Of<'water'>, { home, pick }: Happening): string {
    const { meter } = this.#story.home(home);
    const truth = this.#truth.of(home);
    switch (what) {
      case 'still':
        meter.standsStill();
        truth.still ??= this.#story.now;
        return '';
      case 'draws':
        meter.lives();
        truth.still = undefined;
        return '';
      case 'mute':
        meter.dies();
        truth.dead = true;
        truth.keptFrom = undefined;
        return '';
      case 'speaks':
        meter.revives();
        truth.dead = false;
        return '';
      case 'keeps':
        meter.keeps();
        if (!truth.keeps && !truth.dead && !truth.lies) truth.keptFrom = this.#story.now;
        truth.keeps = true;
        return '';
      case 'brings':
      case 'bringsUnordered':
        return this.#brings(home, what === 'bringsUnordered');
      case 'lies':
        meter.clockIsBehind(chosen([-3, 3, 8, 30] as const, pick) * HOUR);
        truth.lies = true;
        truth.keptFrom = undefined;
        return '';
      case 'isRight':
        meter.clockIsBehind(0);
        truth.lies = false;
        return '';
      case 'newRegister':
        meter.litres = 1_000;
        this.#truth.anew(truth);
        return '';
    }
  }

  /** It reaches somebody again, with all that it measured since. */
  #brings(home: string, unordered: boolean): string {
    const truth = this.#truth.of(home);
    if (!truth.keeps) return 'none';
    truth.keeps = false;
    const { gateway: by, unheard = this.#story.now, keptFrom = Number.POSITIVE_INFINITY } = truth;
    const isWhole = keptFrom <= unheard && !this.#asleep && (by === undefined || this.#truth.speaks(by));
    this.#story.home(home).meter.sendsKept(unordered);
    if (isWhole) truth.broughtAt = this.#story.now;
    return isWhole ? 'all' : 'lost';
  }

  /** The power or the water of the whole building fails, and comes back. */
  #ofBuilding(what: Of<'building'>, happening: Happening): string {
    const { home: here } = happening;
    const effect = {
      outage: 'mute',
      outageEnds: 'speaks',
      outageEndsButHere: 'speaks',
      cut: 'still',
      cutEnds: 'draws',
      cutEndsButHere: 'draws',
    } as const;
    for (const home of HOMES)
      if (home !== here || !what.endsWith('ButHere')) this.#water(effect[what], { ...happening, home });
    return '';
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
    const answer =
      what === 'technical' ? endsTechnical(this.#story, pick) : works(this.#story, what, home, pick);
    // Somebody looked after whoever called, and is nobody of ours.
    if (what === 'technical' && answer.endsWith('ok')) this.#strangers.clear();
    return answer;
  }

  #ofHome(what: Of<'home'>, { home, pick }: Happening): string {
    const story = this.#story;
    const { now } = story;
    const entry = story.core.registry.home(home);
    const truth = this.#truth.of(home);
    switch (what) {
      case 'away': {
        story.home(home).meter.lives();
        truth.still = undefined;
        const period = { from: now - (pick % 3) * HOUR, until: now + (1 + (pick % 60)) * HOUR };
        const kind = chosen(['hospital', 'travel', 'visitors'] as const, pick);
        return commanded(this.#story, { type: 'home.away', home, period: { ...period, kind } }, '周敏');
      }
      case 'back': {
        const from = entry?.away?.at(-1)?.from;
        return from === undefined
          ? 'none'
          : commanded(this.#story, { type: 'home.back', home, from, at: now }, '周敏');
      }
      case 'answer':
        return commanded(
          this.#story,
          { type: 'home.answer', home, answer: pick % 3 ? 'back' : 'extend', days: 1 },
          '周敏',
        );
      case 'visit': {
        const result = chosen(['seen', 'spoken', 'not-met'] as const, pick);
        const visit = { home, at: now - (pick % 40) * HOUR, by: '周敏', result };
        return commanded(this.#story, { type: 'home.visits', visits: [visit], source: 'console' }, '周敏');
      }
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

  #ofDevices(what: Of<'devices'>, { home, pick }: Happening): string {
    const story = this.#story;
    const { now } = story;
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
      case 'exchange':
        this.#truth.anew(this.#truth.of(home));
        if (pick % 2) story.home(home).meter.litres = 1_000;
        return commanded(this.#story, { type: 'device.exchange', device: `${home}-meter`, at: now }, '周敏');
      case 'removeMeter': {
        const answer = story.register([], [{ noun: 'device', key: `${home}-meter` }]);
        if (answer === 'ok') this.#meterLeaves(home);
        return answer;
      }
      case 'returnMeter':
        return this.#truth.of(home).gone ? this.#rehome(home, this.#truth.of(home).gateway) : 'there';
      case 'rehome':
        return this.#truth.of(home).gone
          ? 'gone'
          : this.#rehome(home, chosen([undefined, ...this.#gateways], pick));
    }
  }

  /** The meter of a home is put behind a gateway, or by itself; there as well as in the registry. */
  #rehome(home: string, to: string | undefined): string {
    const behind = to === undefined || !this.#gateways.includes(to) ? {} : { gateway: to };
    const meter = { noun: 'device', id: `${home}-meter`, model: 'water-meter', home, enrolledAt: T0 };
    const answer = this.#story.register([{ ...meter, ...behind }]);
    if (answer !== 'ok') return answer;
    const truth = this.#truth.of(home);
    this.#truth.goesThrough(home, behind.gateway);
    truth.gone = false;
    this.#truth.anew(truth);
    return `${behind.gateway} ok`;
  }

  #meterLeaves(home: string): void {
    const truth = this.#truth.of(home);
    truth.gone = true;
    truth.keeps = false;
    this.#story.home(home).meter.sendsKept();
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
        this.#meterLeaves(home);
        for (const [band, at] of this.#bandIn) if (at === home) this.#bandLeaves(band);
        return answer;
      }
      case 'returnHome': {
        if (registry.home(home)) return 'there';
        const answer = story.register([
          { noun: 'home', id: home, parent: 'haitang/g1/b1/u1', name: home },
          resident,
        ]);
        const meter = answer === 'ok' ? this.#rehome(home, this.#truth.of(home).gateway) : '';
        const band = answer === 'ok' && !this.#bandIn.has(home) ? this.#enrols(home, { home }) : '';
        return `${answer} ${meter} ${band}`;
      }
      case 'removeResident':
        return story.register([], [{ noun: 'resident', key: `${home}-r` }]);
      case 'returnResident':
        return story.register([resident]);
    }
  }

  #ofPeople(what: Of<'people'>, { pick }: Happening): string {
    const story = this.#story;
    const one = chosen(STAFF, pick);
    if (what === 'addStaff') return story.register([one]);
    // One of them always stays: that nobody is there at all is told elsewhere.
    const other = chosen(STAFF.slice(0, 2), pick);
    if (what === 'removeStaff') return story.register([], [{ noun: 'staff', key: other.id }]);
    const { now } = story;
    return story.duty({ type: 'roster.leave', staff: one.id, from: now, until: now + 20 * HOUR, note: '' });
  }

  #ofService(what: Of<'service'>, { home, pick }: Happening): string {
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
        return this.#rules(pick);
      default: {
        const scopes = [{ home }, { node: 'haitang/g1' }, { rule: 'B1' }, { channel: 'robot' }];
        const id = `s${++this.#silences}`;
        this.#oracle.silences++;
        const silence = { id, until: story.now + 5 * HOUR, reason: '检修', ...scopes[pick % 4] };
        return commanded(this.#story, { type: 'silence.begin', ...silence }, '周敏');
      }
    }
  }

  #rules(pick: number): string {
    const id = chosen(Object.keys(OF_RULE) as (keyof typeof OF_RULE)[], pick);
    const how = chosen(RULE_CHANGES, pick >> 2);
    const rules = productRules.flatMap((rule) => (rule.id === id ? changed(rule, how) : [rule]));
    const answer = this.#story.replaceRules(rules);
    // Other rules rest on some of them.
    if (answer !== 'ok') return `${id} ${how} ${answer}`;
    this.#oracle.off.clear();
    this.#byDay = how === 'by-day';
    if (how === 'off' || how === 'shadow' || how === 'gone' || how === 'by-day')
      this.#oracle.off.add(OF_RULE[id]);
    this.#truth.allAnew();
    return `${id} ${how} ${answer}`;
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

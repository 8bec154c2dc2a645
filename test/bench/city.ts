import { gatewayPlans } from './community.ts';
import type { BenchContext } from './figure.ts';
import { meterOf } from './names.ts';
import { Publishers } from './publishers.ts';
import { HISTORY_HOURS, historyOf } from './readings.ts';
import { Site } from './site.ts';

const HOMES = 100_000;
export const CITY_CONNECTIONS = 1_000;

/** 100,000 homes with two devices each behind 1,000 connections: what several figures are measured on, enrolled once. */
export class City {
  readonly site: Site;
  readonly homes: number;
  readonly #context: BenchContext;
  #fed = false;

  private constructor(context: BenchContext, site: Site, homes: number) {
    this.#context = context;
    this.site = site;
    this.homes = homes;
  }

  static async build(context: BenchContext): Promise<City> {
    const homes = context.quick ? HOMES / 10 : HOMES;
    const site = await Site.prepare(context, { name: 'city', homes, gateways: CITY_CONNECTIONS });
    return new City(context, site, homes);
  }

  /**
   * Starts the service. At the first start every meter uploads its last 26 hours and every device speaks, so that all
   * rules have what they look at; later starts find it in the store.
   */
  async start(): Promise<void> {
    await this.site.start();
    if (this.#fed) return;
    this.#fed = true;
    this.#context.say(`${this.homes} meters upload ${HISTORY_HOURS} hours each …`);
    const load = await this.connect();
    const now = Date.now();
    await load.eachHome(2_000, (home) => ({ device: meterOf(home), payload: historyOf(home, now) }));
    await load.everyDeviceSpeaks();
    await this.site.expectTaken(load.sent);
    await load.close();
    const alerts = (await this.site.counters()).get('shouwang_alerts_total') ?? 0;
    if (alerts > 0) throw new Error(`${alerts} alerts were raised where nobody is in need`);
  }

  connect({ timed = false } = {}): Promise<Publishers> {
    return Publishers.connect(
      { port: this.site.mqttPort, timed },
      gatewayPlans(this.homes, CITY_CONNECTIONS),
    );
  }
}

const cities = new WeakMap<BenchContext, Promise<City>>();

/** One city for all figures of a run. */
export function cityOf(context: BenchContext): Promise<City> {
  const known = cities.get(context) ?? City.build(context);
  cities.set(context, known);
  return known;
}

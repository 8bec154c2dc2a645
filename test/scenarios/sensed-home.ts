import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { instant, type Setting, type Story } from './story.ts';

/** One home, h1, with these devices: what each is called, and its model. A motion sensor hangs where its name says. */
export function sensedHome(devices: Readonly<Record<string, string>>, rules: readonly unknown[]): Setting {
  return {
    homes: { h1: [] },
    rules,
    entries: Object.entries(devices).map(([id, model]) => ({
      noun: 'device',
      id,
      model,
      home: 'h1',
      enrolledAt: T0,
      ...(model === 'motion-sensor' ? { place: id } : {}),
    })),
  };
}

/** The registry says from now on that this home is lived in otherwise than usual. */
export function goesAway(story: Story, from: string, until: string, kind = 'travel'): void {
  const away = [{ from: instant(from), until: instant(until), kind }];
  story.register([{ noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '101', away }]);
}

/** Hours of which each uses so much: kWh by day (6 to 22) and by night. */
interface Use {
  readonly day: number;
  readonly night: number;
}
export const LIVED_IN: Use = { day: 0.3, night: 0.06 };
export const STANDBY: Use = { day: 0.06, night: 0.06 };
/** The refrigerator is switched off. */
export const EMPTY: Use = { day: 0.02, night: 0.02 };

const LITRES_AN_HOUR = 6;

/** What the devices of the home send. */
export class SensedHome {
  readonly #story: Story;
  readonly #hasMeter: boolean;
  #kwh = 100;
  #litres = 1000;
  /** Something moves in the hall at any hour, whoever is in. */
  hasCat = false;

  constructor(story: Story, { meter = false }: { readonly meter?: boolean } = {}) {
    this.#story = story;
    this.#hasMeter = meter;
  }

  /** Time passes, hour by hour. `lives`: somebody moves, draws water and goes in and out by day. */
  until(when: string, use: Use, lives: boolean): void {
    const story = this.#story;
    for (let at = story.now + HOUR; at <= instant(when); at += HOUR) {
      story.after(at - story.now);
      const hour = ((at - T0) / HOUR) % 24;
      const byDay = hour >= 6 && hour < 22;
      this.#kwh += byDay ? use.day : use.night;
      if (lives && byDay) this.#litres += LITRES_AN_HOUR;
      story.publish('power', { at, energy_index_kwh: Number(this.#kwh.toFixed(3)) });
      if (this.#hasMeter) story.publish('meter', { at, water_index_m3: this.#litres / 1000 });
      this.#door(at - 10 * MINUTE, lives && hour === 10);
      story.publish('hall', { at, motion_bool: (lives && byDay) || this.hasCat ? 1 : 0 });
    }
  }

  /** Somebody goes out or comes in. */
  door(): void {
    this.#story.after(MINUTE);
    this.#door(this.#story.now, true);
    this.#story.after(59 * MINUTE);
  }

  #door(at: number, opens: boolean): void {
    this.#story.publish('door', { at, door_open_bool: opens });
    this.#story.publish('door', { at: at + MINUTE, door_open_bool: false });
  }
}

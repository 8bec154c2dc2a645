import { DueHeap } from '../src/lib/heap.ts';
import { type Random, seededRandom } from '../src/lib/random.ts';
import type { Calendar } from './calendar.ts';
import type { SimulatedDevice, SimulatedHome } from './community.ts';
import { Detector } from './devices/detector.ts';
import { DoorContact } from './devices/door-contact.ts';
import { ElectricityMeter } from './devices/electricity-meter.ts';
import type { Habit } from './devices/habit.ts';
import { MotionSensor } from './devices/motion-sensor.ts';
import { WaterMeter } from './devices/water-meter.ts';
import type { BandEvent } from './devices/wristband.ts';
import { Wristband } from './devices/wristband.ts';
import type { FaultDefinition, FaultRun, Send } from './fault.ts';
import { type Happening, Household } from './household.ts';
import type { DeviceReport } from './report.ts';

export interface ChosenFault {
  readonly definition: FaultDefinition;
  readonly rate: number;
}

export interface HomeProcessOptions {
  readonly home: SimulatedHome;
  readonly seed: number | string;
  readonly calendar: Calendar;
  readonly start: number;
  readonly until: number;
  readonly happenings: readonly Happening[];
  readonly faults: readonly ChosenFault[];
  readonly uploadDaily: boolean;
}

interface Line {
  readonly habit: Habit;
  readonly send: Send;
}

interface Waiting {
  readonly key: string;
  readonly report: DeviceReport;
}

/**
 * One home as a process: gives its messages one by one, in the order in which they are sent. Holds only what has been
 * measured and not yet sent.
 */
export class HomeProcess {
  /** The home's id: breaks ties between homes, so that the order of messages never depends on history. */
  readonly key: string;
  readonly #lines: Line[] = [];
  readonly #waiting = new DueHeap<Waiting>();
  readonly #until: number;
  #sequence = 0;
  #next: DeviceReport | undefined;

  constructor(options: HomeProcessOptions) {
    const { home, seed, start, until, happenings } = options;
    this.key = home.id;
    this.#until = until;
    const random = seededRandom(`${seed}/home/${home.id}`);
    const household = new Household({ home, random, calendar: options.calendar, start, happenings });
    const meter = new WaterMeter({
      meter: home.meter,
      household,
      random: random.fork('meter'),
      start,
      uploadDaily: options.uploadDaily,
    });
    this.#addLine(home.meter, meter, options);
    if (home.band) {
      const band = new Wristband({
        band: home.band,
        household,
        random: random.fork('band'),
        start,
        events: eventsOf(happenings, 'bandEvents'),
      });
      this.#addLine(home.band, band, options);
    }
    this.#addSensors(household, random, options);
    this.#prepare();
  }

  #addSensors(household: Household, random: Random, options: HomeProcessOptions): void {
    const { sensors } = options.home;
    if (!sensors) return;
    const { start, happenings } = options;
    const { door, motion, electricity, smoke, gas } = sensors;
    const common = { household, start };
    this.#addLine(door, new DoorContact({ ...common, door, random: random.fork('door-contact') }), options);
    for (const sensor of motion) {
      const own = random.fork(`motion/${sensor.place}`);
      this.#addLine(sensor, new MotionSensor({ ...common, sensor, random: own }), options);
    }
    const changes = happenings.flatMap(({ from, to, disturbance }) =>
      disturbance.powerOff
        ? [
            { at: from, on: false },
            { at: to, on: true },
          ]
        : [],
    );
    const power = { ...common, meter: electricity, random: random.fork('electricity'), changes };
    this.#addLine(electricity, new ElectricityMeter(power), options);
    for (const [detector, name] of [
      [smoke, 'smokeEvents'],
      [gas, 'gasEvents'],
    ] as const) {
      const events = eventsOf(happenings, name);
      const own = random.fork(`detector/${name}`);
      this.#addLine(detector, new Detector({ ...common, detector, random: own, events }), options);
    }
  }

  /** When the next message is sent; Infinity when none will be. */
  get nextAt(): number {
    return this.#next?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next message. */
  take(): DeviceReport | undefined {
    const report = this.#next;
    this.#prepare();
    return report;
  }

  #addLine(
    device: SimulatedDevice,
    habit: Habit,
    { home, faults, seed, start, until }: HomeProcessOptions,
  ): void {
    let send: Send = (report) => {
      // Keys of one width keep what is sent at the same instant in the order in which it was said.
      this.#waiting.push(report.at, { key: String(this.#sequence++).padStart(12, '0'), report });
    };
    for (const fault of inOrder(faults).reverse()) {
      const next = send;
      const run = startFault(fault, home, device, { seed, from: start, to: until });
      send = (report) => run.pass(report, next);
    }
    this.#lines.push({ habit, send });
  }

  /** Lets devices wake until it is certain which message is the next one. */
  #prepare(): void {
    for (;;) {
      const line = this.#earliest();
      const wakesAt = line?.habit.nextAt ?? Number.POSITIVE_INFINITY;
      if (line && wakesAt < this.#until && wakesAt < this.#waiting.nextDue) {
        const report = line.habit.wake();
        if (report) line.send(report);
        continue;
      }
      const next = this.#waiting.pop()?.report;
      this.#next = next && next.at < this.#until ? next : undefined;
      return;
    }
  }

  #earliest(): Line | undefined {
    let earliest = this.#lines[0];
    for (const line of this.#lines) if (line.habit.nextAt < earliest!.habit.nextAt) earliest = line;
    return earliest;
  }
}

/** The device's own faults first, then those of its line; by name among themselves. */
export function inOrder(faults: readonly ChosenFault[]): ChosenFault[] {
  const rank = ({ definition: { stage, fault } }: ChosenFault): string =>
    stage === 'device' ? `0${fault}` : `1${fault}`;
  return [...faults].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** One fault at work on one device, with random numbers of its own. */
export function startFault(
  { definition, rate }: ChosenFault,
  home: SimulatedHome,
  device: SimulatedDevice,
  { seed, from, to }: { readonly seed: number | string; readonly from: number; readonly to: number },
): FaultRun {
  const random = seededRandom(`${seed}/fault/${definition.fault}/${device.id}`);
  const kind = device === home.meter ? 'water-meter' : 'wristband';
  return definition.start({ rate, random, device: kind, from, to });
}

function eventsOf(
  happenings: readonly Happening[],
  of: 'bandEvents' | 'smokeEvents' | 'gasEvents',
): BandEvent[] {
  return happenings.flatMap(({ disturbance }) => disturbance[of] ?? []).sort((a, b) => a.at - b.at);
}

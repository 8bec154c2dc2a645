import { Counter, Gauge, Registry } from 'prom-client';

type By = Iterable<readonly [value: string, n: number]> | Readonly<Record<string, number>>;
type Add = (labels: Readonly<Record<string, string>>, n: number) => void;

/**
 * The metrics of the service, with its name in front. Values that stand somewhere already are read when they are asked
 * for, so that nothing is kept twice.
 */
export class MetricSet {
  readonly registry = new Registry();

  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const made = new Gauge({
      name: `shouwang_${name}`,
      help,
      registers: [this.registry],
      async collect() {
        made.set(await read());
      },
    });
  }

  gaugeBy(label: string, name: string, help: string, read: () => By | Promise<By>): void {
    const made = new Gauge({
      name: `shouwang_${name}`,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        const values = pairs(await read());
        made.reset();
        for (const [key, value] of values) made.set({ [label]: key }, value);
      },
    });
  }

  /** Counted elsewhere since the start of the process. */
  count(name: string, help: string, read: () => number): void {
    this.counts([], name, help, (add) => add({}, read()));
  }

  countBy(label: string, name: string, help: string, read: () => By): void {
    this.counts([label], name, help, (add) => {
      for (const [key, n] of pairs(read())) add({ [label]: key }, n);
    });
  }

  counts(labelNames: readonly string[], name: string, help: string, read: (add: Add) => void): void {
    const made = new Counter({
      name: `shouwang_${name}_total`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        made.reset();
        read((labels, n) => made.inc(labels, n));
      },
    });
  }

  /** Counted here, by whoever calls it. */
  counter(labelNames: readonly string[], name: string, help: string): Counter {
    return new Counter({ name: `shouwang_${name}_total`, help, labelNames, registers: [this.registry] });
  }
}

const pairs = (by: By): Iterable<readonly [string, number]> =>
  Symbol.iterator in by ? (by as Iterable<readonly [string, number]>) : Object.entries(by);

import pino from 'pino';
import { onTestFinished } from 'vitest';
import { SelfWatch } from '../../src/app/self-watch.ts';
import { storeSubject } from '../../src/app/subject.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { NotifyPolicy } from '../../src/model/notify-policy.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import type { RuleKinds } from '../../src/rules/compile.ts';
import { community, policy } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules } from './story.ts';

/** The product's rules, and these. */
export const withProductRules = (rules: readonly unknown[]) =>
  ruleSetSchema.parse({ version: 'faulty', rules: [...productRules, ...rules] });

/** Homes with a meter and a band each, and a service that looks after itself: what its rules do wrong it must find. */
export class WatchedLife {
  readonly bench: LoopBench;
  readonly watch: SelfWatch;

  protected constructor(bench: LoopBench) {
    this.bench = bench;
    this.watch = selfWatch(bench);
  }

  protected static async open(
    homes: readonly string[],
    rules: readonly unknown[],
    kinds: RuleKinds,
    notify: NotifyPolicy = policy,
  ): Promise<LoopBench> {
    const bench = new LoopBench(withProductRules(rules), undefined, undefined, notify, kinds);
    onTestFinished(() => bench.close());
    const devices = (id: string) => [
      { id: `${id}-meter`, model: 'water-meter' },
      { id: `${id}-band`, model: 'wristband' },
    ];
    await bench.open([...community(Object.fromEntries(homes.map((id) => [id, devices(id)])))]);
    return bench;
  }

  /** As a `kill -9` leaves it. */
  protected async afterKill(): Promise<LoopBench> {
    const next = await this.bench.afterKill();
    onTestFinished(() => next.close());
    return next;
  }

  /** Time passes, and the service looks after itself once a minute. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= MINUTE) {
      this.bench.clock.advance(Math.min(left, MINUTE));
      this.bench.loop.tick();
      await this.bench.loop.drained();
      this.watch.look();
      await this.bench.loop.drained();
    }
  }

  states(): string[] {
    const { subjects, groups, rules } = this.bench.core;
    return [...subjects.values(), ...groups.values()]
      .map((one) => `${one.id} ${storeSubject(one, rules)}`)
      .sort();
  }
}

const selfWatch = ({ core, clock, loop }: LoopBench): SelfWatch =>
  new SelfWatch({
    core,
    clock,
    logger: pino({ level: 'silent' }),
    audit: { lastFound: [] },
    caseAudit: { lastFound: [] },
    rosters: { factOf: () => undefined },
    reach: { factOf: () => undefined },
    channels: { down: () => undefined, failing: () => undefined, unproven: () => undefined },
    deafSince: () => undefined,
    submit: (command) => loop.submit(command, 'system'),
    brokerAwayMs: HOUR,
    behindMs: HOUR,
  });

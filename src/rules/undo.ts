import type { HeldCall } from './calls.ts';
import type { AlertChange, DeviceCommand, Instance, RuleSubject } from './instance.ts';

/** What handlers add to in a step. */
interface Gathered {
  changes: AlertChange[];
  commands: DeviceCommand[];
  heldCalls: HeldCall[];
  dueMoved: boolean;
}

type Lasting = Pick<Instance, 'open' | 'latchedUntil' | 'latchedAt' | 'held' | 'frozen'>;

interface Before extends Lasting {
  readonly draft: NonNullable<Instance['open']>['draft'] | undefined;
  readonly at: number;
  readonly gathered: Readonly<Record<'changes' | 'commands' | 'heldCalls', number>>;
  readonly dueMoved: boolean;
}

/**
 * What a handler changes of what stays, so that nothing of it is left where the handler fails half way. Noted when it first changes
 * something: most readings change nothing.
 */
export class Undo {
  #before: Before | undefined;
  /** What the rule remembered when it was asked. */
  remembered: unknown;

  begin(instance: Instance | undefined): void {
    this.#before = undefined;
    this.remembered = instance?.state;
  }

  /** Before something is changed. */
  keep(instance: Instance | undefined, { changes, commands, heldCalls, dueMoved }: Gathered): void {
    this.#before ??= {
      open: instance?.open,
      draft: instance?.open?.draft,
      at: instance?.open?.at ?? 0,
      latchedUntil: instance?.latchedUntil ?? 0,
      latchedAt: instance?.latchedAt,
      held: instance?.held,
      frozen: instance?.frozen,
      gathered: { changes: changes.length, commands: commands.length, heldCalls: heldCalls.length },
      dueMoved,
    };
  }

  takeBack(instance: Instance | undefined, gathered: Gathered, subject: RuleSubject): void {
    const before = this.#before;
    this.#before = undefined;
    if (!before) return;
    for (const { change } of gathered.changes.splice(before.gathered.changes))
      if (change === 'raised') subject.nextAlert--;
    gathered.commands.length = before.gathered.commands;
    gathered.heldCalls.length = before.gathered.heldCalls;
    gathered.dueMoved = before.dueMoved;
    if (!instance) return;
    const { open, draft, at, latchedUntil, latchedAt, held, frozen } = before;
    if (open && draft) Object.assign(open, { draft, at });
    Object.assign(instance, { open, latchedUntil, latchedAt, held, frozen });
  }
}

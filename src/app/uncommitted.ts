import type { Logger } from 'pino';
import type { Effect } from '../model/effect.ts';
import type { Message } from '../model/message.ts';
import type { Text } from '../model/text.ts';

const HOMES_NAMED_MAX = 5;

/**
 * A batch that the records refuse. Nobody is told of what is not stored; so that somebody who looks at the log or at
 * /readyz can help all the same, the homes stand there in which somebody may be in need.
 */
export class Uncommitted {
  readonly #logger: Logger;
  readonly #homesCalling: (message: Message) => readonly string[];
  #tries = 0;
  #since = 0;
  /** Why; undefined while all is well. */
  why: string | undefined;
  /** Homes with a case of P1 or P2 about a person in the batch that waits, and those that call behind it. */
  homes: readonly string[] = [];

  constructor(logger: Logger, homesCalling: (message: Message) => readonly string[]) {
    this.#logger = logger;
    this.#homesCalling = homesCalling;
  }

  /** @param behind what waits for the loop behind that batch */
  refused(error: Error, waitMs: number, effects: readonly Effect[], behind: Iterable<Message>): void {
    this.why = error.message;
    if (this.#tries++ > 0) {
      this.#logger.error({ why: this.why, tries: this.#tries, waitMs }, 'it still cannot be committed');
      return;
    }
    this.#since = performance.now();
    this.#logger.error(
      { err: error, waitMs },
      'a batch could not be committed; nothing is acknowledged until it is',
    );
    this.#name(inNeed(effects));
    for (const message of behind) this.heard(message);
  }

  /** A message comes while a batch waits. Whoever calls in it waits as long, and would be named nowhere else. */
  heard(message: Message): void {
    if (this.why !== undefined) this.#name(this.#homesCalling(message));
  }

  #name(homes: readonly string[]): void {
    const others = homes.filter((home) => !this.homes.includes(home));
    if (others.length === 0) return;
    this.homes = [...this.homes, ...new Set(others)];
    this.#logger.fatal(
      { homes: others, why: this.why },
      'somebody may need help in these homes, and nobody can be told before it is committed: look after them',
    );
  }

  committed(): void {
    if (this.#tries === 0) return;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    this.#logger.warn({ tries: this.#tries, seconds }, 'what waited is committed, and told now');
    this.#tries = 0;
    this.why = undefined;
    this.homes = [];
  }
}

function inNeed(effects: readonly Effect[]): string[] {
  const homes = effects.flatMap((effect) => {
    if (effect.type !== 'case' || effect.case.kind !== 'safety') return [];
    const { priority, home, subject } = effect.case;
    return priority === 'P1' || priority === 'P2' ? [home || subject] : [];
  });
  return [...new Set(homes)];
}

/** For /readyz: its reasons are shown to this machine and to holders of a token. */
export function inNeedText(homes: readonly string[]): Text {
  if (homes.length === 0) return { zh: '', en: '' };
  const named = homes.slice(0, HOMES_NAMED_MAX);
  const more = homes.length > named.length ? ' …' : '';
  return {
    zh: `。${homes.length} 户可能有人需要帮助，现在无法通知任何人，请直接查看：${named.join('、')}${more}`,
    en: `. In ${homes.length === 1 ? '1 home' : `${homes.length} homes`} somebody may need help, and nobody can be told; look after them: ${named.join(', ')}${more}`,
  };
}

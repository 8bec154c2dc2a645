import type { Logger } from 'pino';
import type { Effect } from '../model/effect.ts';
import type { Text } from '../model/text.ts';

const HOMES_NAMED_MAX = 5;

/**
 * A batch that the records refuse. Nobody is told of what is not stored; so that somebody who looks at the log or at
 * /readyz can help all the same, the homes stand there in which somebody may be in need.
 */
export class Uncommitted {
  readonly #logger: Logger;
  #tries = 0;
  #since = 0;
  /** Why; undefined while all is well. */
  why: string | undefined;
  /** Homes with a case of P1 or P2 about a person in the batch that waits; there may be others behind it. */
  homes: readonly string[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  refused(error: Error, waitMs: number, effects: readonly Effect[]): void {
    this.why = error.message;
    if (this.#tries++ > 0) {
      this.#logger.error({ why: this.why, tries: this.#tries, waitMs }, 'it still cannot be committed');
      return;
    }
    this.#since = performance.now();
    this.homes = inNeed(effects);
    this.#logger.error(
      { err: error, waitMs },
      'a batch could not be committed; nothing is acknowledged until it is',
    );
    if (this.homes.length > 0)
      this.#logger.fatal(
        { homes: this.homes, why: this.why },
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

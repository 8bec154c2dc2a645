import type { Logger } from 'pino';
import { HOUR, SECOND } from '../lib/clock.ts';
import type { Timers } from '../lib/timers.ts';
import type { Health } from '../ports/service.ts';

export interface HeartbeatOptions {
  /** Asked with GET; a monitor somewhere else that raises its own alarm when nobody asks any more. */
  readonly url: string;
  readonly everySeconds: number;
  readonly health: () => Health;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Heartbeat {
  /** Beats that the monitor took, beats that it did not, and beats withheld because we were not ready. */
  readonly counts: { readonly sent: number; readonly failed: number; readonly withheld: number };
  stop(): void;
}

const ANSWER_MS_MAX = 10 * SECOND;

/** So long, and at least for so many beats, nothing is told for the same people in need. */
const UNTOLD_MS_MAX = HOUR;
const UNTOLD_BEATS_MIN = 3;

/**
 * Tells a monitor on another machine that rules are being evaluated. Nothing is told while we are not ready (the disk
 * refuses, the rule clock stands, the broker is gone): silence is the message, because a service that is down cannot
 * send one. Nor while nobody could be told of a P1, for an hour: by then the monitor has said so, and whoever is never to be
 * reached in one home must not hide that the whole service is gone.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { url, everySeconds, health, timers, logger } = options;
  const ask = options.fetch ?? globalThis.fetch;
  const counts = { sent: 0, failed: 0, withheld: 0 };
  let stopNext: () => void = () => {};
  let stopped = false;
  let told = true;
  const isHeard = hearing(Math.max(UNTOLD_BEATS_MIN, Math.ceil(UNTOLD_MS_MAX / (everySeconds * SECOND))));

  const beat = async (): Promise<void> => {
    const { ready: works, checks } = health();
    // Nobody hears what we say of somebody in need: the monitor outside has people of its own.
    const ready = isHeard(checks['told']) && works;
    if (ready) {
      const failure = await send(ask, url);
      if (failure === undefined) counts.sent++;
      else {
        counts.failed++;
        logger.warn({ failure }, 'the outside monitor did not take our heartbeat');
      }
    } else {
      counts.withheld++;
      if (told)
        logger.error(
          { checks: inEnglish(checks) },
          'not ready, or nobody hears us: the heartbeat to the outside monitor is withheld',
        );
    }
    told = ready;
    if (!stopped) stopNext = timers.after(everySeconds * SECOND, () => void beat());
  };
  stopNext = timers.after(0, () => void beat());
  return {
    counts,
    stop() {
      stopped = true;
      stopNext();
    },
  };
}

/** Whether people heard of those in need; where not, it is news for so many beats, and anew with each change of who they are. */
function hearing(beatsMax: number): (check: Health['checks'][string] | undefined) => boolean {
  let [about, beats]: [string | undefined, number] = [undefined, 0];
  return (check) => {
    const now = check?.ok === false ? check.detail.en : undefined;
    beats = now === about ? beats + 1 : 1;
    about = now;
    return now === undefined || beats > beatsMax;
  };
}

/** Why it was not taken, if it was not. */
async function send(ask: typeof globalThis.fetch, url: string): Promise<string | undefined> {
  try {
    const answer = await ask(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX), redirect: 'follow' });
    await answer.body?.cancel();
    return answer.ok ? undefined : `HTTP ${answer.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** As the log has it. */
const inEnglish = (checks: Health['checks']): Record<string, { ok: boolean; detail: string }> =>
  Object.fromEntries(
    Object.entries(checks).map(([name, { ok, detail }]) => [name, { ok, detail: detail.en }]),
  );

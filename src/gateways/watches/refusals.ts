import type { Logger } from 'pino';
import { steadyNow } from '../../lib/clock.ts';
import type { RejectionReason } from '../../model/rejection.ts';
import { GATEWAY_REFUSALS, type GatewayHost, type GatewayRefusalName } from '../../ports/gateway.ts';
import type { WatchSession } from './session.ts';

/** Under which reason an operator sees it among the rejections; the others are only counted. */
const SHOWN: Partial<Record<GatewayRefusalName, RejectionReason>> = {
  'unknown-protocol': 'not-supported',
  'unknown-device': 'unknown-device',
  'wrong-protocol': 'foreign-device',
  'not-identified': 'malformed-payload',
  'identity-changed': 'foreign-device',
  'frame-too-large': 'too-large',
};

/** So much oftener is shown what may be a call for help. */
const CALLS_SHOWN_OFTENER = 10;

export interface ShowLimits {
  readonly watchRefusedKeptMax: number;
  readonly watchRefusedShownEveryMs: number;
  readonly rejectionPayloadBytesMax: number;
}

/**
 * Counts every refusal under its name. Who is refused comes again within seconds, for years: it is shown among the
 * rejections with what it sent, but each of them once in a while, so that one forgotten watch does not hide the others.
 */
export class WatchRefusals {
  readonly #host: GatewayHost;
  readonly #logger: Logger;
  readonly #limits: ShowLimits;
  readonly #counts = Object.fromEntries(GATEWAY_REFUSALS.map((name) => [name, 0])) as Record<
    GatewayRefusalName,
    number
  >;
  readonly #shownAt = new Map<string, number>();

  constructor(host: GatewayHost, logger: Logger, limits: ShowLimits) {
    this.#host = host;
    this.#logger = logger;
    this.#limits = limits;
  }

  counts(): Readonly<Record<GatewayRefusalName, number>> {
    return { ...this.#counts };
  }

  /**
   * @param who the name it gave, if it came so far
   * @param mayCall somebody may be calling for help: shown more often, and not hidden by what was shown of it before
   */
  count(
    refusal: GatewayRefusalName,
    session: WatchSession,
    who: string,
    payload: Uint8Array,
    mayCall = false,
  ): void {
    this.#counts[refusal]++;
    const kind = mayCall ? `${refusal} call` : refusal;
    const every = this.#limits.watchRefusedShownEveryMs / (mayCall ? CALLS_SHOWN_OFTENER : 1);
    if (!this.#isNews(`${kind} ${who || session.from}`, every)) return;
    const { from, device, protocol } = session;
    // The address alone, where it only has to be enrolled: it is listed among those who knock.
    const detail = refusal === 'unknown-device' ? who : `${who || 'a connection'} from ${from}: ${refusal}`;
    this.#logger.warn({ refusal, from, who, device: device?.id }, 'watch refused');
    const reason = SHOWN[refusal];
    if (!reason) return;
    this.#host.refused({
      reason,
      detail,
      protocol: protocol?.model ?? 'watches',
      from,
      ...(device ? { device: device.id } : {}),
      payload: Uint8Array.from(payload.subarray(0, this.#limits.rejectionPayloadBytesMax)),
    });
  }

  #isNews(key: string, every: number): boolean {
    const now = steadyNow();
    const shownAt = this.#shownAt.get(key);
    if (shownAt !== undefined && now - shownAt < every) return false;
    if (this.#shownAt.size >= this.#limits.watchRefusedKeptMax) {
      const oldest = this.#shownAt.keys().next();
      if (!oldest.done) this.#shownAt.delete(oldest.value);
    }
    this.#shownAt.delete(key);
    this.#shownAt.set(key, now);
    return true;
  }
}

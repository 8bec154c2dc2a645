import { visitAll } from '../../lib/unhurried.ts';
import type { Alert } from '../../model/alert.ts';
import { LOAD_MARKS } from '../../model/alert-load.ts';
import type { Text } from '../../model/text.ts';

/** What raises alerts: a rule in one home, or at one device or gateway. */
export interface SourceFigures {
  readonly home: string;
  readonly device?: string;
  /** Where it is, also where it is of no home. */
  readonly path: string;
  readonly rule: string;
  readonly kind: string;
  readonly said: Text;
  readonly alerts: number;
  /** It was raised and cleared again and again within a minute; and within a day. */
  readonly chatters: boolean;
  readonly repeats: boolean;
}

interface Source extends Omit<SourceFigures, 'alerts' | 'chatters' | 'repeats'> {
  alerts: number;
  chatters: boolean;
  repeats: boolean;
  /** The last few that were looked at, each earlier than the one before it. */
  raised: number[];
  changed: number[];
}

/** Takes alerts with the newest first. */
export class Sources {
  readonly #all = new Map<string, Source>();
  #alerts = 0;

  add({ subject, home, device, path, rule, ruleKind, title, raisedAt, clearedAt }: Alert): void {
    this.#alerts++;
    const key = `${subject}\n${device ?? ''}\n${rule}`;
    let source = this.#all.get(key);
    if (!source) {
      const of = {
        home,
        path,
        rule,
        kind: ruleKind,
        said: title,
        ...(device === undefined ? {} : { device }),
      };
      source = { ...of, alerts: 0, chatters: false, repeats: false, raised: [], changed: [] };
      this.#all.set(key, source);
    }
    source.alerts++;
    const { chatterChanges, chatterWithinMs, repeatsRaised, repeatsWithinMs } = LOAD_MARKS;
    if (clearedAt !== undefined)
      source.chatters = crowds(source.changed, clearedAt, chatterChanges, chatterWithinMs) || source.chatters;
    source.chatters = crowds(source.changed, raisedAt, chatterChanges, chatterWithinMs) || source.chatters;
    source.repeats = crowds(source.raised, raisedAt, repeatsRaised, repeatsWithinMs) || source.repeats;
  }

  /** Of a city there are as many sources as homes: they are walked through in slices. */
  async figures(shown: number) {
    const { topSources } = LOAD_MARKS;
    const [top, restless] = [new Most(topSources), new Most(shown)];
    let [chattering, repeating, unsteady] = [0, 0, 0];
    await visitAll(this.#all.values(), (source) => {
      top.add(source);
      if (source.chatters) chattering++;
      if (source.repeats) repeating++;
      if (!source.chatters && !source.repeats) return;
      unsteady++;
      restless.add(source);
    });
    const ofTop = top.all.reduce((sum, { alerts }) => sum + alerts, 0);
    return {
      sources: this.#all.size,
      top: top.figures(),
      ...(this.#alerts === 0 ? {} : { topShare: ofTop / this.#alerts }),
      ...{ chattering, repeating, unsteady },
      restless: restless.figures(),
    };
  }
}

/** Adds an instant that is earlier than those before it. Are there now so many within so long? */
function crowds(last: number[], at: number, count: number, withinMs: number): boolean {
  last.push(at);
  if (last.length > count) last.shift();
  return last.length === count && (last[0] as number) - at < withinMs;
}

/** So many of those with most alerts. */
class Most {
  readonly #max: number;
  /** Those with most first. */
  readonly all: Source[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(source: Source): void {
    const last = this.all.at(-1);
    if (this.all.length >= this.#max && last && byAlerts(last, source) <= 0) return;
    const place = this.all.findIndex((one) => byAlerts(source, one) < 0);
    this.all.splice(place < 0 ? this.all.length : place, 0, source);
    if (this.all.length > this.#max) this.all.pop();
  }

  figures(): SourceFigures[] {
    return this.all.map(({ raised: _, changed: __, ...figures }) => figures);
  }
}

const byAlerts = (a: Source, b: Source): number =>
  b.alerts - a.alerts || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

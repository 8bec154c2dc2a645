import type { Alert, ClearReason } from '../../model/alert.ts';
import { isUntrue } from '../../model/finding-weight.ts';
import { leadingAlert } from './leading-alert.ts';

/** What a case is about now, in the parts of which lists and its page make a sentence. */
export interface Matter {
  readonly leading: Alert;
  /** Nothing of it stands any more: why, and since when. The case is open until somebody says what it was. */
  readonly ended?: { readonly why: ClearReason; readonly at: number };
  /** Other grave findings about the person or the home, the newest first: somebody who comes for a fall must know of the call. */
  readonly others: readonly Alert[];
  /** The leading one came to others that people knew of already. */
  readonly isFurther: boolean;
  /** Of a silence that lasts: when the device or gateway was last heard. What its text says was true when it was raised. */
  readonly heardAt?: number;
  /** Of what lasts, where the text says for how long: when that was true. */
  readonly saidAt?: number;
}

/** As many as a row of a list has room for. */
const OTHERS_MAX = 2;

export function matterOf(alerts: readonly Alert[]): Matter | undefined {
  const leading = leadingAlert(alerts);
  if (!leading) return undefined;
  const others = alerts
    .filter((one) => one !== leading && isGraveOfPerson(one) && !isUntrue(one.clearReason))
    .sort((a, b) => b.raisedAt - a.raisedAt);
  const ended = endOf(alerts, leading);
  const heardAt = ended ? undefined : lastHeard(leading);
  return {
    leading,
    ...(ended ? { ended } : {}),
    others: others.slice(0, OTHERS_MAX),
    isFurther: others.some(({ raisedAt }) => raisedAt < leading.raisedAt),
    ...(heardAt === undefined ? {} : { heardAt }),
    ...(heardAt === undefined && tellsHowLong(leading) ? { saidAt: saidAt(leading) } : {}),
  };
}

const isGraveOfPerson = ({ priority, about }: Alert): boolean =>
  (priority === 'P1' || priority === 'P2') && (about === 'person' || about === 'home');

function endOf(alerts: readonly Alert[], leading: Alert): Matter['ended'] {
  if (alerts.some(({ clearedAt }) => clearedAt === undefined)) return undefined;
  const { clearedAt, clearReason } = leading;
  // With its case: that is told by what people said of it.
  if (clearedAt === undefined || clearReason === undefined || clearReason === 'resolved') return undefined;
  return { why: clearReason, at: clearedAt };
}

function lastHeard({ clearedAt, raisedAt, evidence: { coverage, freshnessMs } }: Alert): number | undefined {
  const isSilence = coverage === 'device-silent' || coverage === 'gateway-silent';
  return clearedAt === undefined && isSilence && freshnessMs !== undefined
    ? raisedAt - freshnessMs
    : undefined;
}

/** Names under which rules keep for how long something had lasted. */
const LASTED = ['hours', 'hoursWithoutDraw', 'gapHours'] as const;

const tellsHowLong = ({ clearedAt, evidence: { values } }: Alert): boolean =>
  clearedAt === undefined && LASTED.some((name) => typeof values[name] === 'number');

/** The text is another since late data moved it. */
const saidAt = ({ raisedAt, history }: Alert): number => history.at(-1)?.at ?? raisedAt;

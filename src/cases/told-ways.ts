import { LIMITS } from '../model/limits.ts';
import type { OpenCase } from './case-book.ts';
import {
  groupWay,
  personKey,
  type RecipientAddress,
  type Roster,
  waysToStaff,
  waysToVisitor,
} from './recipients.ts';

/** Names a way to a person or group in the state of a case: `staff:zhou wecom`. */
const toldKey = (way: RecipientAddress): string => `${personKey(way)} ${way.channel}`;

/** Notes who was told of a case: should what they were told turn out wrong, they hear so. Screens show what is so by now. */
export function noteTold(open: Pick<OpenCase, 'toldTo'>, told: readonly RecipientAddress[]): void {
  const keys = told.flatMap((way) => (way.screen || way.recipient.kind === 'resident' ? [] : toldKey(way)));
  if (keys.length === 0) return;
  const before = (open.toldTo ?? []).filter((key) => !keys.includes(key));
  open.toldTo = [...before, ...new Set(keys)].slice(-LIMITS.caseToldMax);
}

/** The ways to these as the registry has them now; whoever has another way by now is told over that. */
export function waysToTold(roster: Roster, home: string, keys: readonly string[]): RecipientAddress[] {
  return keys.flatMap((key) => {
    const [person = '', channel = ''] = key.split(' ');
    const colon = person.indexOf(':');
    const ways = waysTo(roster, home, person.slice(0, colon), person.slice(colon + 1));
    const same = ways.filter((way) => way.channel === channel);
    return same.length > 0 ? same : ways;
  });
}

function waysTo(roster: Roster, home: string, kind: string, id: string): readonly RecipientAddress[] {
  if (kind === 'channel') return [groupWay(id)];
  if (kind === 'contact') return waysToVisitor(roster, home, { kind, id });
  const member = roster.staffMember(id);
  return member ? waysToStaff(member) : [];
}

import { type Case, type CaseAssignee, type CaseOwner, isTheirs } from '../model/case.ts';
import type { Notice } from '../model/notice.ts';
import { reaches } from '../model/paths.ts';
import { STAFF_ROLES, type Staff } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { RegistryView } from '../ports/service.ts';

export type TheirRegistry = Pick<RegistryView, 'staff' | 'contacts'>;
type Place = Pick<Case, 'path'> & CaseOwner & CaseAssignee;

/** Whom the policy or a roster names may be called from anywhere. */
const CALLED_BY_NAME: readonly string[] = ['on-duty', 'named'];
/** Who is named to somebody who may not take a case. */
const NAMED_MAX = 3;

/**
 * A link, or a card of one person, was sent to somebody who was told by right. Are they still among those who may take its case?
 * They may have left, or been given another place, and the home may have moved: then who presses would have a case that they can
 * neither see nor be called about. Undefined: they are; else whom they should tell.
 */
export function noLongerTheirs(
  notice: Addressed & Pick<Notice, 'home' | 'path'>,
  registry: TheirRegistry,
  current: Place | undefined,
): Text | undefined {
  const { recipient, home, path } = notice;
  if (recipient.kind === 'channel' || recipient.kind === 'resident') return undefined;
  const at = current?.path ?? path;
  if (recipient.kind === 'contact') {
    const stands = registry.contacts(home).some((one) => one.id === recipient.id);
    return stands ? undefined : refusalText(registry, at);
  }
  const member = memberOf(notice, registry);
  const hasIt = current !== undefined && isTheirs(current, { name: recipient.name, staff: recipient.id });
  const mayCome = CALLED_BY_NAME.includes(recipient.role) || hasIt || isAt(member, at);
  return member && mayCome ? undefined : refusalText(registry, at);
}

type Addressed = Pick<Notice, 'recipient' | 'channel' | 'address'>;

/**
 * The member of staff that a notice went to. Ids are given to others when people leave: it is them where the name is the same
 * still or, of somebody who is called otherwise by now, the address that it went to.
 */
export function memberOf(
  { recipient, channel, address }: Addressed,
  registry: Pick<TheirRegistry, 'staff'>,
): Staff | undefined {
  if (recipient.kind !== 'staff') return undefined;
  const isTheirAddress = ({ channels }: Staff): boolean =>
    channels.some((way) => way.channel === channel && way.address === address);
  return [...registry.staff()].find(
    (one) => one.id === recipient.id && (one.name === recipient.name || isTheirAddress(one)),
  );
}

/**
 * Where whoever a notice is for is reached over its channel now. It may have waited: for the morning, for its channel, for its provider.
 * Meanwhile people leave and get other numbers; who has their old one is not to read of a home, and they are to be told. Undefined: nowhere.
 */
export function addressNow(
  notice: Addressed & Pick<Notice, 'home' | 'content' | 'follows'>,
  registry: TheirRegistry & Pick<RegistryView, 'residents'>,
): string | undefined {
  const { recipient, channel, address, home, content, follows } = notice;
  // What changes a card goes where the card is. A digest for the family, as earlier versions made them, says no home.
  const isOfNoHome = content.event === 'digest' && recipient.kind !== 'staff';
  if (recipient.kind === 'channel' || content.event === 'test' || isOfNoHome || follows?.edits)
    return address;
  const person =
    recipient.kind === 'staff'
      ? memberOf(notice, registry)
      : registry[recipient.kind === 'contact' ? 'contacts' : 'residents'](home).find(
          ({ id }) => id === recipient.id,
        );
  const ways = (person?.channels ?? []).filter((way) => way.channel === channel);
  return (ways.find((way) => way.address === address) ?? ways[0])?.address;
}

const isAt = (member: Staff | undefined, path: string): boolean =>
  member?.roles.some(({ node }) => reaches(node, path)) ?? false;

function refusalText(registry: TheirRegistry, path: string): Text {
  const rank = (one: Staff): number => {
    const here = one.roles.filter(({ node }) => reaches(node, path));
    return Math.min(...here.map(({ role }) => STAFF_ROLES.indexOf(role)));
  };
  const all = [...registry.staff()].filter((one) => isAt(one, path)).sort((a, b) => rank(a) - rank(b));
  const names = all.slice(0, NAMED_MAX).map(({ name, phone }) => (phone ? `${name} ${phone}` : name));
  if (names.length === 0)
    return {
      zh: '您已不是这户的负责人员，未接手。该处未登记负责人员，请立即告知社区；危急时请拨打 120',
      en: 'This home is not yours any more, and the case was not taken. Nobody is registered for it: tell the community at once, and call 120 if it is urgent',
    };
  return {
    zh: `您已不是这户的负责人员，未接手。请立即告知：${names.join('、')}`,
    en: `This home is not yours any more, and the case was not taken. Tell at once: ${names.join(', ')}`,
  };
}

import type { CommandBody } from '../model/command.ts';
import { covers } from '../model/registry.ts';
import type { NumberedCase, RecordStore, User } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import { isCovered, nodesWith } from './access.ts';
import type { AssigneeChoice } from './replies.ts';

/** More than this nobody looks through; the nearest come first. */
const CHOICES_MAX = 200;

/** Staff of the place, the nearest first, then accounts with the right to take the case and no such name among the staff. */
export async function assigneesOf(service: Service, { path }: NumberedCase): Promise<AssigneeChoice[]> {
  const staff = [...service.registry.staff()].flatMap((one) => {
    const nearest = Math.max(
      ...one.roles.filter(({ node }) => covers(node, path)).map(({ node }) => node.length),
    );
    return Number.isFinite(nearest) ? [{ one, nearest }] : [];
  });
  staff.sort((a, b) => b.nearest - a.nearest || (a.one.name < b.one.name ? -1 : 1));
  const names = new Set(staff.map(({ one }) => one.name));
  const users = (await service.records.users()).filter(
    (user) => mayTake(user, path) && !names.has(user.name),
  );
  return [
    ...staff.map(({ one: { id, name, channels } }) => ({
      kind: 'staff' as const,
      id,
      name,
      reachable: channels.length > 0,
    })),
    ...users.map(({ id, name }) => ({ kind: 'user' as const, id, name, reachable: false })),
  ].slice(0, CHOICES_MAX);
}

const mayTake = ({ disabled, roles }: User, path: string): boolean =>
  !disabled && isCovered(nodesWith(roles, 'responder'), path);

/** As the command wants them: an account by its name, if it may take a case there. */
export async function assigneeOf(
  records: RecordStore,
  path: string,
  { kind, id }: { readonly kind: 'staff' | 'user'; readonly id: string },
): Promise<CommandBody<'case.assign'>['to'] | undefined> {
  if (kind === 'staff') return { kind, id };
  const user = await records.user(id);
  return user && mayTake(user, path) ? { kind, name: user.name } : undefined;
}

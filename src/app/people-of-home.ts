import type { Home, Visitor } from '../model/registry.ts';
import type { RegistryView } from '../ports/service.ts';

/** Who lives in a home, or is to be called about it. */
export interface PersonOfHome extends Visitor {
  readonly home: Home;
  readonly name: string;
  /** Empty where it is a resident. */
  readonly relation: string;
}

/** In calling order, the residents first. */
export function peopleOf(
  registry: Pick<RegistryView, 'home' | 'residents' | 'contacts'>,
  id: string,
): PersonOfHome[] {
  const home = registry.home(id);
  if (!home) return [];
  return [
    ...registry.residents(id).map((one): PersonOfHome => {
      return { kind: 'resident', id: one.id, home, name: one.name, relation: '' };
    }),
    ...registry.contacts(id).map((one): PersonOfHome => {
      return { kind: 'contact', id: one.id, home, name: one.name, relation: one.relation };
    }),
  ];
}

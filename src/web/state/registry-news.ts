import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { HomeDetail } from './answers.ts';

/** An entry as it is now; or what was removed, also from a place from where it has moved away. */
export interface RegistryMessage {
  readonly type: 'registry';
  readonly entry?: RegistryEntry;
  readonly noun?: Noun;
  readonly key?: string;
}
/** What is on screen of a home. */
export type ShownHome = Pick<HomeDetail, 'path' | 'residents' | 'contacts'> & {
  readonly home: { readonly id: string };
  readonly devices: readonly { readonly device: { readonly id: string } }[];
};

/** Is what is shown of this home another by a change of the registry: its place, who lives there, whom to call, what hangs there? */
export function concernsHome({ entry, noun, key = '' }: RegistryMessage, shown: ShownHome): boolean {
  if (entry?.noun === 'node') return isBelow(entry.path, shown.path);
  if (noun === 'node') return isBelow(key, shown.path);
  if (entry && 'home' in entry && entry.home === shown.home.id) return true;
  // Also what has gone from here to another home.
  return isShown(entry?.noun ?? noun, entry?.id ?? key, shown);
}

function isShown(noun: string | undefined, id: string, shown: ShownHome): boolean {
  if (noun === 'home') return shown.home.id === id;
  if (noun === 'resident') return shown.residents.some((one) => one.id === id);
  if (noun === 'contact') return shown.contacts.some((one) => one.id === id);
  return noun === 'device' && shown.devices.some(({ device }) => device.id === id);
}

export const isBelow = (node: string, path: string): boolean => path === node || path.startsWith(`${node}/`);

/** Has a home gone from a place that the reader sees? Its cases may be out of their sight with it. */
export const leavingHome = ({ noun, key }: RegistryMessage): string | undefined =>
  noun === 'home' ? key : undefined;

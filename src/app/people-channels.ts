import type { Staff } from '../model/registry.ts';
import type { ConfiguredChannel } from '../notify/load.ts';

/**
 * Whether people sit behind a channel, so that it has to be proven that it reaches them. Of a kind whose receiver is mostly
 * a program, or that tells of one case at a time such as a telephone call, the registry says it: somebody is told over it.
 */
export const reachesPeople = (
  { id, definition }: Pick<ConfiguredChannel, 'id' | 'definition'>,
  staff: Iterable<Pick<Staff, 'channels'>>,
): boolean =>
  definition.digests !== false ||
  [...staff].some(({ channels }) => channels.some(({ channel }) => channel === id));

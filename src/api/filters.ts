import { isServicePath } from '../model/service-finding.ts';
import type { RegistryView } from '../ports/service.ts';
import { isCovered, narrowed, withService } from './access.ts';
import { type Refusal, refuse } from './problem.ts';

/** What was asked of a list. */
interface Asked {
  readonly path?: string | undefined;
  readonly home?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A period that ends before it begins: nothing lies in it, and whoever reads an empty list believes that nothing was. */
export const periodRefusal = ({ from, to }: Pick<Asked, 'from' | 'to'>): Refusal | undefined =>
  from !== undefined && to !== undefined && to <= from ? refuse('PERIOD_TOO_LONG', { from, to }) : undefined;

/**
 * An empty list is an answer only about a place that there is, for whoever asks: of one that is misspelt it would read as if there was
 * nothing to do. What stood at a place that is no more is found as ever.
 */
export function emptyBecause<P extends { readonly items: readonly unknown[] }>(
  page: P,
  { path, home, cursor }: Asked,
  {
    registry,
    visible,
  }: { registry: Pick<RegistryView, 'node' | 'nodes' | 'homePath'>; visible: readonly string[] },
): P | Refusal {
  if (page.items.length > 0 || cursor !== undefined) return page;
  if (home !== undefined && !isCovered(visible, registry.homePath(home) ?? NOWHERE))
    return refuse('HOME_NOT_FOUND', { home });
  if (path === undefined || path === '') return page;
  // The service itself is a place as well, where cases stand.
  if (isServicePath(path) && isCovered(withService(registry, visible), path)) return page;
  const isPlace =
    registry.node(path) !== undefined || registry.homePath(path.slice(path.lastIndexOf('/') + 1)) === path;
  return isPlace && narrowed(visible, path).length > 0 ? page : refuse('PLACE_UNKNOWN', { path });
}

/** No right reaches it. */
const NOWHERE = '\0';

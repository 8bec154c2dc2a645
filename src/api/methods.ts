import type { FastifyInstance } from 'fastify';
import { API_PREFIX } from './openapi.ts';

/**
 * Remembers which methods each address of the API knows. Must be called before routes are added.
 *
 * @returns the methods of the address to which a request went, for whom its own has no route; empty: it is none of ours.
 */
export function knownMethods(app: FastifyInstance): (url: string) => readonly string[] {
  const known = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.startsWith(`${API_PREFIX}/`)) return;
    const entry = known.get(url) ?? { matches: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  return (url) => {
    const [path = ''] = url.split('?');
    const fitting = [...known.values()].filter(({ matches }) => matches.test(path));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  };
}

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`);

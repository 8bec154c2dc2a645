import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type ExpectedEntry, entityTag, entryMark, entryRefusal } from '../model/entry-mark.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { Refusal } from './problem.ts';

/** The headers by which a client says which version it means to replace; for the document. */
export const preconditionHeaders = z.looseObject({
  'if-match': z.string().max(2000).exactOptional().meta({
    description:
      'the ETag of the entry as the client knows it, or *: what has changed meanwhile is left alone, with 412 REGISTRY_ENTRY_CHANGED',
  }),
  'if-none-match': z.string().max(2000).exactOptional().meta({
    description: '* adds an entry and replaces none: 412 REGISTRY_ENTRY_EXISTS where there is one',
  }),
});

/**
 * Evaluates If-Match and If-None-Match (RFC 9110, 13.2.2) on the entry that stands there now. What they were evaluated
 * on goes along with the change, because another change may be on its way already. Undefined: they ask for nothing. Of what is not
 * there a change that would be made without them is 412 (PUT adds it); one that would not is answered as without (DELETE: 404; 13.2.1).
 */
export function expectedEntry(
  headers: IncomingHttpHeaders,
  key: Pick<ExpectedEntry, 'noun' | 'key'>,
  entry: RegistryEntry | undefined,
): ExpectedEntry | Refusal | undefined {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match === undefined && noneMatch === undefined) return undefined;
  const mark = entry && entryMark(entry);
  if (match !== undefined && !names(match, mark))
    return new Refusal(entryRefusal('REGISTRY_ENTRY_CHANGED', key, mark));
  // Compared weakly, as the RFC has it here and not above.
  if (noneMatch !== undefined && names(noneMatch.replaceAll('W/"', '"'), mark))
    return new Refusal(entryRefusal('REGISTRY_ENTRY_EXISTS', key, mark));
  return { ...key, mark };
}

/** Is what stands there among the tags of the list? A star names whatever there is. */
const names = (list: string, mark: string | undefined): boolean =>
  mark !== undefined &&
  (list.trim() === '*' || list.split(',').some((tag) => tag.trim() === entityTag(mark)));

import { readFile, rename, writeFile } from 'node:fs/promises';
import { isSeq, parseDocument } from 'yaml';
import type { Failure } from '../model/errors.ts';
import { listText } from '../model/list-text.ts';
import type { RuleOverride } from '../ports/rule-info.ts';

/**
 * Writes what a home has of its own into the rule file, behind all that stands there: a later word counts. Comments and
 * order stay. The file is replaced as a whole, so that nobody reads half of it.
 */
export async function writeOverride(file: string, override: RuleOverride): Promise<Failure | undefined> {
  try {
    // As it is read where rules are loaded: written back in another encoding, every other word in it would be lost.
    const read = listText(await readFile(file));
    const document = read.ok ? parseDocument(read.text) : undefined;
    if (!document || document.errors.length > 0) return { code: 'RULES_INVALID' };
    const overrides = document.get('overrides');
    if (isSeq(overrides)) overrides.add(document.createNode(override));
    else document.set('overrides', document.createNode([override]));
    const beside = `${file}.new`;
    await writeFile(beside, document.toString({ lineWidth: 120 }), { mode: 0o644 });
    await rename(beside, file);
    return undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return { code: 'RULES_NOT_WRITABLE', details: { reason } };
  }
}

import { basename } from 'node:path';
import type { RuleSet } from '../model/rule-set.ts';
import type { Text } from '../model/text.ts';
import type { AnyRuleKind, RuleKinds } from '../rules/compile.ts';

interface FromFile {
  readonly file: string;
  readonly set: RuleSet;
}

/** Both under names that tell them apart: who tries other limits has most likely left the version as it was. */
export function toldApart(
  one: FromFile,
  other: FromFile | undefined,
): { readonly ruleSet: RuleSet; readonly against: RuleSet | undefined } {
  if (other?.set.version !== one.set.version) return { ruleSet: one.set, against: other?.set };
  const alike = basename(one.file) === basename(other.file);
  const named = ({ file, set }: FromFile): RuleSet => ({
    ...set,
    version: `${set.version} (${alike ? file : basename(file)})`,
  });
  return { ruleSet: named(one), against: named(other) };
}

/** What each rule is called, by its id; of two with the same id the later. */
export const ruleTitles = (rules: RuleSet['rules'], kinds: RuleKinds): Map<string, Text> =>
  new Map(rules.flatMap(({ id, kind, params }) => titleOf(kinds.get(kind), id, params)));

function titleOf(kind: AnyRuleKind | undefined, id: string, params: unknown): [string, Text][] {
  const parsed = kind?.params.safeParse(params);
  return kind && parsed?.success ? [[id, kind.titleFor?.(parsed.data) ?? kind.title]] : [];
}

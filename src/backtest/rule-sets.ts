import { basename } from 'node:path';
import type { RuleSet } from '../model/rule-set.ts';
import { type Text, TextError } from '../model/text.ts';
import type { AnyRuleKind, RuleKinds } from '../rules/compile.ts';

export interface FromFile {
  readonly file: string;
  readonly set: RuleSet;
}

/**
 * Several sets as one. An id that two of them have would be two rules under one name, and which of them holds for a home
 * nobody could say.
 */
export function held(sets: readonly FromFile[]): FromFile {
  const [only] = sets as readonly [FromFile];
  if (sets.length === 1) return only;
  const filesOf = new Map<string, string>();
  for (const { file, set } of sets)
    for (const name of [
      ...set.rules.map(({ id }) => `rule ${id}`),
      ...Object.keys(set.plans ?? {}).map((id) => `plan ${id}`),
    ]) {
      const before = filesOf.get(name);
      if (before !== undefined) throw new TextError(standsTwice(name, before, file));
      filesOf.set(name, file);
    }
  return {
    file: sets.map(({ file }) => basename(file)).join(' + '),
    set: {
      version: [...new Set(sets.map(({ set }) => set.version))].join(' + '),
      rules: sets.flatMap(({ set }) => set.rules),
      plans: Object.assign({}, ...sets.map(({ set }) => set.plans ?? {})),
      overrides: sets.flatMap(({ set }) => set.overrides),
    },
  };
}

const standsTwice = (name: string, one: string, other: string): Text => ({
  zh: `${one} 和 ${other} 中都有 ${name}：一次回测里每个名称只能有一个`,
  en: `${name} stands in ${one} and in ${other}: in one backtest each name can stand for one only`,
});

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

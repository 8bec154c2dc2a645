import type { About } from './alert.ts';
import { care } from './case-kinds/care.ts';
import type { CaseKindDefinition } from './case-kinds/define.ts';
import { drill } from './case-kinds/drill.ts';
import { request } from './case-kinds/request.ts';
import { safety } from './case-kinds/safety.ts';
import { technical } from './case-kinds/technical.ts';

/** All kinds of case. One more is one file in case-kinds/ and its name here. */
export const CASE_KIND_DEFINITIONS = { safety, technical, care, request, drill } as const satisfies Record<
  string,
  CaseKindDefinition
>;
export type CaseKind = keyof typeof CASE_KIND_DEFINITIONS;
export const CASE_KINDS = Object.keys(CASE_KIND_DEFINITIONS) as [CaseKind, ...CaseKind[]];

export const definitionOf = (kind: CaseKind): CaseKindDefinition => CASE_KIND_DEFINITIONS[kind];

/** The kind as which config/notify.yaml treats it. */
export const policyKindOf = (kind: CaseKind): CaseKind =>
  (definitionOf(kind).likeKind as CaseKind | undefined) ?? kind;

/** Kinds that stand in statistics. */
export const COUNTED_KINDS: readonly CaseKind[] = CASE_KINDS.filter((kind) => !definitionOf(kind).uncounted);

/** The kind that gathers alerts about this. */
export function caseKindOf(about: About): CaseKind {
  const kind = CASE_KINDS.find((one) => definitionOf(one).abouts.includes(about));
  if (kind === undefined) throw new Error(`no kind of case gathers alerts about ${about}`);
  return kind;
}

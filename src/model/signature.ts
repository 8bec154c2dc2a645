import type { Visitor } from './registry.ts';

export interface OfHome {
  readonly kind: Visitor['kind'];
  readonly name: string;
  readonly relation?: string;
}

/** How somebody of the home signs what they say: nobody takes a son for a member of staff who has the same name. */
export function signatureOf({ kind, name, relation = '' }: OfHome): string {
  const who = kind === 'resident' ? '本人' : relation === '' ? '联系人' : relation;
  return `${name}（${who}）`;
}

/** Is it this person of the home who signed, whatever their relation was called then? */
export const isSignedBy = (by: string, name: string): boolean =>
  by.startsWith(`${name}（`) && by.endsWith('）');

import type { CaseKind } from '../../model/case-kind.ts';

/** What the API is asked for. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly kind: CaseKind | '';
  readonly path: string;
}

export const queryOf = ({ from, to, kind, path }: Period) => ({
  from,
  to,
  ...(kind === '' ? {} : { kind }),
  ...(path === '' ? {} : { path }),
});

import type { Alert } from '../../model/alert.ts';
import { accountsWith } from '../../model/case.ts';
import type { Effect } from '../../model/effect.ts';
import type { Notice } from '../../model/notice.ts';
import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { Rejection } from '../../model/rejection.ts';
import type { StreamEvent } from '../../ports/records.ts';
import { publicEntry } from './rows.ts';
import type { RecordTables } from './schema.ts';

/** What readers of the stream are told of an effect, whatever the engine. Documents are given where they are text already. */

export type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

/** An event that has no number yet. */
export interface Told {
  readonly type: StreamEvent['type'];
  readonly path: string;
  /** Whom it is told wherever they stand; absent: nobody. */
  readonly accounts?: readonly string[];
  /** JSON. */
  readonly data: string;
}

/** A rule in shadow speaks to those who ask for it, and to nobody else. */
export const alertTold = (
  change: EffectOf<'alert'>['change'],
  { path, shadow }: Alert,
  doc: string,
): Told | undefined =>
  shadow ? undefined : { type: 'alert', path, data: `{"change":"${change}","alert":${doc}}` };

/**
 * Told to whoever has it wherever they stand; and to whom it is taken off by this, who would go on showing it as theirs.
 * @param doc the case without its number, which stands in a column of its own
 */
export function caseTold(
  { change, case: of }: EffectOf<'case'>,
  number: number,
  doc: string,
  entries: readonly string[],
  known: Pick<CaseKey, 'accounts'> | undefined,
): Told {
  const accounts = new Set([...accountsWith(of), ...(known?.accounts ?? [])]);
  return {
    type: 'case',
    path: of.path,
    data: `{"change":"${change}","case":${doc.slice(0, -1)},"number":${number}},"entries":[${entries.join()}]}`,
    ...(accounts.size > 0 ? { accounts: [...accounts] } : {}),
  };
}

/** The accounts of an event as its row has them: ids hold no space. */
export const accountsText = (accounts: readonly string[] | undefined): string =>
  accounts?.length ? ` ${accounts.join(' ')} ` : '';
export const accountsIn = (text: string): readonly string[] => text.split(' ').filter((one) => one !== '');

export const noticeTold = ({ path }: Notice, doc: string): Told => ({
  type: 'notice',
  path,
  data: `{"notice":${doc}}`,
});

/** When a notice became what it is now. */
export const savedNoticeAt = (notice: Notice): number =>
  notice.failedAt ?? notice.seenAt ?? notice.deliveredAt ?? notice.acceptedAt ?? notice.createdAt;

export function registryTold(entry: RegistryEntry, doc: string, path: string): Told {
  const shown = publicEntry(entry);
  const data = `{"entry":${shown === entry ? doc : JSON.stringify(shown)}}`;
  return { type: 'registry', path, data };
}

/** A node is named by its place, and staff stand at none. */
export const mayMove = ({ noun }: RegistryEntry): boolean => noun !== 'node' && noun !== 'staff';

export const removalTold = (noun: Noun, key: string, path: string): Told => ({
  type: 'registry',
  path,
  data: JSON.stringify({ noun, key }),
});

/** Of effects that change no table. */
export function otherTold(effect: Effect): Told | undefined {
  if (effect.type === 'rules')
    return { type: 'rules', path: '', data: JSON.stringify({ ruleSet: effect.ruleSet }) };
  if (effect.type !== 'device-heard' && effect.type !== 'call-test') return undefined;
  const { type: _, ...data } = effect;
  return { type: 'device', path: effect.path, data: JSON.stringify(data) };
}

/** What is known of a case before a batch. */
export interface CaseKey {
  readonly number: number;
  readonly version: number;
  readonly entries: number;
  /** Whom it was told wherever they stand. */
  readonly accounts?: readonly string[];
}

/** Of a row of the cases as an engine reads it. */
export interface CaseKeyRow {
  readonly number: number;
  readonly version: number;
  readonly entries: number;
  readonly status: string;
  readonly owner_account: string;
  readonly assigned_account: string;
}

export const caseKeyOf = (row: CaseKeyRow): CaseKey => ({
  number: row.number,
  version: row.version,
  entries: row.entries,
  accounts:
    row.status === 'acknowledged'
      ? [row.owner_account, row.assigned_account].filter((account) => account !== '')
      : [],
});

export const isLater = (of: { version: number; entries: number }, known: CaseKey): boolean =>
  of.version > known.version || (of.version === known.version && of.entries > known.entries);

/** How often each reason stands in a batch, and when last. */
export function countRejections(rejections: readonly Rejection[]): RecordTables['rejection_counts'][] {
  const counts = new Map<string, RecordTables['rejection_counts']>();
  for (const { reason, at } of rejections) {
    const before = counts.get(reason);
    const last_at = Math.max(before?.last_at ?? at, at);
    counts.set(reason, { reason, count: (before?.count ?? 0) + 1, last_at });
  }
  return [...counts.values()];
}

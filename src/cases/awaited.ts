import type { Alert } from '../model/alert.ts';

/** Notices of one piece of news, of which nobody has got one yet. Of the newest news alone that is remembered. */
export interface AwaitedNotices {
  /** Notices to people and groups that have not failed for good. */
  readonly left: readonly string[];
  /** Channel and address of each of them. */
  readonly ways: readonly string[];
  /** What they tell of. */
  readonly alert: Pick<Alert, 'id' | 'version' | 'title'>;
}

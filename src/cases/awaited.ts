import type { Alert } from '../model/alert.ts';

/** Notices of one piece of news, or of one call of the ladder, of which nobody has got one yet. That of the newest is remembered. */
export interface AwaitedNotices {
  /** Notices to people and groups that have not failed for good, nor been tried in vain so often that nobody should wait for them. */
  readonly left: readonly string[];
  /** Channel and address of each of them. */
  readonly ways: readonly string[];
  /** Of these, and of the calls before, nobody has got one either, but somebody still may. The newest last. */
  readonly tried?: readonly string[];
  /** What they tell of. */
  readonly alert: Pick<Alert, 'id' | 'version' | 'title'>;
}

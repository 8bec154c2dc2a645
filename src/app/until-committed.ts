const RETRY_MS_FIRST = 100;
/** Whoever is in need waits as long when the disk, or the server of the records, is there again. */
const RETRY_MS_MAX = 2_000;

/** Commits, and goes on trying: the state in memory is ahead, so there is no way back but a restart. */
export async function untilCommitted<T>(
  commit: () => Promise<T>,
  failed: (error: Error, waitMs: number) => void,
): Promise<T> {
  for (let waitMs = RETRY_MS_FIRST; ; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
    try {
      return await commit();
    } catch (error) {
      failed(error as Error, waitMs);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

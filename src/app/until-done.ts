const RETRY_MS_FIRST = 100;
/** Whoever is in need waits as long when the disk, or the server of the records, is there again. */
const RETRY_MS_MAX = 2_000;

/**
 * Does what cannot be left undone, as a commit whose state in memory is ahead: goes on trying, ever more slowly.
 * @param failed hears of each try that failed; what it throws ends the trying
 */
export async function untilDone<T>(
  work: () => Promise<T>,
  failed: (error: Error, waitMs: number) => void,
): Promise<T> {
  for (let waitMs = RETRY_MS_FIRST; ; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
    try {
      return await work();
    } catch (error) {
      failed(error as Error, waitMs);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

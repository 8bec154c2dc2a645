import { vi } from 'vitest';

/** What holds soon, as nothing tells when: long before this wait ends, on whatever machine. */
export const soon = <T>(question: () => T): Promise<Awaited<T>> =>
  vi.waitFor(question, { timeout: 30_000, interval: 5 }) as Promise<Awaited<T>>;

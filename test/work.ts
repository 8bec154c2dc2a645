/**
 * What this thread has worked so far, in milliseconds of its processor: a machine that is busy with other things takes
 * longer over something, and works no more for it.
 */
export function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

import { unwatchFile, watch, watchFile } from 'node:fs';
import { basename, dirname } from 'node:path';

const SETTLE_MS = 300;
/** How long a change is in force at the latest after it was written, where no event tells of it. */
const LOOK_MS = 5_000;

/**
 * Calls back when the file was written. Watches the folder, because editors replace files; and looks at the file itself now
 * and then, because folders of a network, of another system below a container, and those in which a link is turned
 * (ConfigMaps) tell of nothing: whoever has switched a rule on there would wait for it in vain.
 */
export function watchRules(file: string, changed: () => void, lookMs = LOOK_MS): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  const watcher = watch(dirname(file), (_event, name) => {
    if (name === basename(file)) soon();
  });
  const looked = (now: { mtimeMs: number; ino: number; size: number }, before: typeof now): void => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) soon();
  };
  watchFile(file, { persistent: false, interval: lookMs }, looked);
  return {
    stop() {
      clearTimeout(timer);
      unwatchFile(file, looked);
      watcher.close();
    },
  };
}

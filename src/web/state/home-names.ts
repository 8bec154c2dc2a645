import { signal } from '@preact/signals';
import type { Home } from '../../model/registry.ts';
import { get, isPassing } from './api.ts';
import { onMessage } from './stream.ts';

/** What homes are called at their door: of some findings only the id is told, which may be made up of anything. */
export const homeNames = signal<ReadonlyMap<string, string>>(new Map());

const AT_ONCE_MAX = 3;
const asked = new Set<string>();
const queue: string[] = [];
let running = 0;
let following = false;

/** Asks for the names of these homes, a few at a time; they appear in `homeNames`. */
export function wantHomeNames(ids: readonly string[]): void {
  follow();
  for (const id of ids) {
    if (id === '' || asked.has(id)) continue;
    asked.add(id);
    queue.push(id);
  }
  while (running < AT_ONCE_MAX && queue.length > 0) void next();
}

/** A door that gets another name has it here, too. */
function follow(): void {
  if (following) return;
  following = true;
  onMessage((message) => {
    if (message.type !== 'registry' || message.entry?.noun !== 'home') return;
    const { id, name } = message.entry;
    if (asked.has(id)) homeNames.value = new Map(homeNames.peek()).set(id, name);
  });
}

async function next(): Promise<void> {
  const id = queue.shift();
  if (id === undefined) return;
  running += 1;
  const answer = await get<{ entry: Home }>(`/registry/home/${encodeURIComponent(id)}`);
  running -= 1;
  if (answer.ok) homeNames.value = new Map(homeNames.peek()).set(id, answer.value.entry.name);
  else if (isPassing(answer.problem)) asked.delete(id);
  wantHomeNames([]);
}

import { computed, signal } from '@preact/signals';
import type { Alert } from '../../model/alert.ts';
import type { NumberedCase } from '../../ports/records.ts';
import type { CaseDetail, HomeDetail, PageReply, RegistryNode } from './answers.ts';
import { get, isPassing } from './api.ts';
import { concernsHome, type RegistryMessage } from './registry-news.ts';
import { onMessage, onReload, type StreamMessage } from './stream.ts';

/** What a row of the list needs beyond its case: whose home it is, and what the alerts say. */
export interface Background {
  readonly home?: HomeDetail;
  readonly alerts: readonly Alert[];
}

/** Kept for so many cases; the oldest are asked for again. */
const KEPT_MAX = 400;
const AT_ONCE_MAX = 3;
const AGAIN_MS = 15_000;

export const backgrounds = signal<ReadonlyMap<string, Background>>(new Map());
const asked = new Set<string>();
const queue: string[] = [];
/** On their way; and of these what something was told of meanwhile, or may have been: the answer may be older. */
const running = new Set<string>();
const overtaken = new Set<string>();
const failed = new Set<string>();

/** Asks for the background of these cases, a few at a time; it appears in `backgrounds`. */
export function wantBackgrounds(cases: readonly NumberedCase[]): void {
  for (const { id } of cases) {
    if (asked.has(id)) continue;
    asked.add(id);
    queue.push(id);
  }
  while (running.size < AT_ONCE_MAX && queue.length > 0) void next();
}

export function keepBackground(id: string, answer: CaseDetail): void {
  asked.add(id);
  const map = new Map(backgrounds.peek());
  map.delete(id);
  map.set(id, { alerts: answer.alerts, ...(answer.home ? { home: answer.home } : {}) });
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_MAX) break;
    map.delete(oldest);
    asked.delete(oldest);
  }
  backgrounds.value = map;
}

async function next(): Promise<void> {
  const id = queue.shift();
  if (id === undefined) return;
  running.add(id);
  const answer = await get<CaseDetail>(`/cases/${encodeURIComponent(id)}`);
  running.delete(id);
  if (answer.ok) keepBackground(id, answer.value);
  else if (isPassing(answer.problem)) askLater(id);
  else asked.delete(id);
  if (overtaken.delete(id)) askAgain(id);
  if (queue.length > 0) void next();
}

function askAgain(id: string): void {
  if (!queue.includes(id)) queue.push(id);
}

function askLater(id: string): void {
  failed.add(id);
  if (failed.size > 1) return;
  setTimeout(() => {
    for (const one of failed) askAgain(one);
    failed.clear();
    wantBackgrounds([]);
  }, AGAIN_MS);
}

/** What happened in a gap is told by nobody: what is known is shown on, and asked for anew where it is still wanted. */
function doubtAll(): void {
  for (const id of running) overtaken.add(id);
  for (const id of backgrounds.peek().keys()) if (!running.has(id) && !queue.includes(id)) asked.delete(id);
}

/** A file that is taken over tells of each of its lines. */
const CALM_MS = 300;
const stale = new Set<string>();
let staleNodes = false;
let isRenewing = false;

/** Where homes are, and who lives there, is asked anew once the registry has said otherwise. */
function changed(message: RegistryMessage): void {
  for (const [id, { home }] of backgrounds.peek()) if (home && concernsHome(message, home)) stale.add(id);
  staleNodes ||= (message.entry?.noun ?? message.noun) === 'node';
  if (isRenewing || (stale.size === 0 && !staleNodes)) return;
  isRenewing = true;
  setTimeout(() => {
    isRenewing = false;
    if (staleNodes) void loadNodes();
    staleNodes = false;
    for (const id of stale) askAgain(id);
    stale.clear();
    wantBackgrounds([]);
  }, CALM_MS);
}

/** Keeps the alerts of known cases as the stream tells them, and their homes as the registry has them. */
export function startBackgrounds(): () => void {
  const stops = [onMessage(follow), onReload(doubtAll)];
  return () => {
    for (const stop of stops) stop();
  };
}

function follow(message: StreamMessage): void {
  if (message.type === 'registry') changed(message);
  if (message.type === 'alert') keepAlert(message.alert);
}

function keepAlert(alert: Alert): void {
  if (running.has(alert.case)) overtaken.add(alert.case);
  const known = backgrounds.peek().get(alert.case);
  if (!known) return;
  const others = known.alerts.filter((one) => one.id !== alert.id);
  const map = new Map(backgrounds.peek());
  map.set(alert.case, { ...known, alerts: [...others, alert] });
  backgrounds.value = map;
}

/** The tree, for the choice of an area and for names. */
export const nodes = signal<readonly RegistryNode[]>([]);
const nodeByPath = computed(() => new Map(nodes.value.map((one) => [one.path, one])));

const NODE_PAGES_MAX = 20;

export async function loadNodes(): Promise<void> {
  const all: RegistryNode[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < NODE_PAGES_MAX; page++) {
    const answer = await get<PageReply<RegistryNode>>('/registry/node', { limit: 500, cursor });
    if (!answer.ok) return;
    all.push(...answer.value.items);
    cursor = answer.value.next;
    if (cursor === undefined) break;
  }
  nodes.value = all;
}

/** Names from the community down to the unit, of what is known of a path. */
export function namesAlong(path: string): readonly RegistryNode[] {
  const parts = path.split('/');
  return parts
    .map((_, index) => nodeByPath.value.get(parts.slice(0, index + 1).join('/')))
    .filter((one): one is RegistryNode => one !== undefined);
}

/** The name of a node; its path where it is not known. */
export const nodeName = (path: string): string =>
  nodes.value.find((node) => node.path === path)?.name ?? path;

export const DEFAULT_ZONE = 'Asia/Shanghai';

/** The zone of the community above this path; of what belongs to none (the service's own), that of the first community. */
export function zoneOf(path = ''): string {
  const along = [...[...namesAlong(path)].reverse(), ...nodes.value];
  return along.find((one) => one.timeZone !== undefined)?.timeZone ?? DEFAULT_ZONE;
}

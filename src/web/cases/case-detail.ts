import { signal } from '@preact/signals';
import type { CaseDetail } from '../state/answers.ts';
import { get, isPassing, type Problem } from '../state/api.ts';
import { onDone, onRefused } from '../state/outbox.ts';
import { keepBackground } from '../state/places.ts';
import { concernsHome } from '../state/registry-news.ts';
import { onMessage, onReload } from '../state/stream.ts';

/** The case on screen, kept up to date by loading it again whenever the stream says that something about it changed. */
export interface Detail {
  readonly id: string;
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly value?: CaseDetail;
  readonly problem?: Problem;
}

export const detail = signal<Detail>({ id: '', phase: 'loading' });

const CALM_MS = 200;
/** What the stream told of is told once: where loading it failed, nothing else would ask again. */
const AGAIN_MS = 5_000;
let timer: ReturnType<typeof setTimeout> | undefined;
let request = 0;

export function openDetail(id: string): () => void {
  if (detail.peek().id !== id) detail.value = { id, phase: 'loading' };
  void load(id);
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(id), CALM_MS);
  };
  const stops = [
    onMessage((message) => {
      if (concerns(message, id)) soon();
    }),
    onDone((changed) => {
      if (changed.id === id) soon();
    }),
    onRefused((action) => {
      if (action.case === id) soon();
    }),
    onReload(soon),
  ];
  return () => {
    clearTimeout(timer);
    request += 1;
    for (const stop of stops) stop();
  };
}

export const reloadDetail = (): Promise<void> => load(detail.peek().id);

function concerns(message: Parameters<Parameters<typeof onMessage>[0]>[0], id: string): boolean {
  if (message.type === 'case') return message.case.id === id;
  if (message.type === 'alert') return message.alert.case === id;
  if (message.type === 'notice') return message.notice.case === id;
  const { value } = detail.peek();
  // Where it is, who lives there and whom to call stands on the page as well.
  return message.type === 'registry' && value?.home !== undefined && concernsHome(message, value.home);
}

async function load(id: string): Promise<void> {
  request += 1;
  const mine = request;
  const answer = await get<CaseDetail>(`/cases/${encodeURIComponent(id)}`);
  if (mine !== request || detail.peek().id !== id) return;
  if (answer.ok) {
    keepBackground(id, answer.value);
    detail.value = { id, phase: 'ready', value: answer.value };
  } else if (detail.peek().phase !== 'ready' || answer.problem.status === 404) {
    // What is on screen stays while nobody answers; it goes when the case has left the reader's places.
    detail.value = { id, phase: 'failed', problem: answer.problem };
  }
  if (!answer.ok && isPassing(answer.problem)) {
    clearTimeout(timer);
    timer = setTimeout(() => void load(id), AGAIN_MS);
  }
}

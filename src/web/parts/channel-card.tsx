import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { NOTICE_FAILURES, type Notice, type NoticeFailure } from '../../model/notice.ts';
import { dayTime } from '../format/time.ts';
import type { ChannelState } from '../state/answers.ts';
import { call, get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { zoneOf } from '../state/places.ts';
import { number, pick, t } from '../text/translate.ts';

interface Tested {
  readonly ok: boolean;
  readonly detail: string;
  readonly failure?: NoticeFailure;
  readonly ms: number;
  readonly notice?: string;
}

/** `waits`: the provider took it, and nobody has tapped it yet. */
type TestState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'runs' }
  | { readonly phase: 'failed'; readonly words: string }
  | { readonly phase: 'waits' | 'tapped'; readonly of: Tested; readonly tappedMs?: number };

/** Is it proven that this channel reaches people? With a button that finds out. */
export function ChannelCard({ of: one, mayTest }: { of: ChannelState; mayTest: boolean }) {
  const bad = one.problem !== undefined || one.session?.connected === false;
  return (
    <li class={`card channel ${bad ? 'channel-bad' : ''}`}>
      <h3>
        {one.id} <span class="quiet-text">{pick(one.title)}</span>
      </h3>
      <dl class="figures">
        {one.session && (
          <Row name={t('channel.connection')} bad={!one.session.connected}>
            {t(one.session.connected ? 'channel.connected' : 'channel.disconnected')}
          </Row>
        )}
        <Proof name={t('channel.accepted')} at={one.lastAcceptedAt} />
        <Proof name={t('channel.delivered')} at={one.lastDeliveredAt} />
        <Proof name={t('channel.seen')} at={one.lastSeenAt} />
      </dl>
      {one.problem && (
        <p class="warning-text">
          {pick(NOTICE_FAILURES[one.problem.failure])} ({one.problem.detail})
        </p>
      )}
      {one.session?.connected === false && <p class="warning-text">{one.session.detail}</p>}
      {mayTest && <ChannelTest id={one.id} />}
    </li>
  );
}

function Row({ name, bad = false, children }: { name: string; bad?: boolean; children: string }) {
  return (
    <div class={bad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Proof({ name, at }: { name: string; at: number | undefined }) {
  return <Row name={name}>{at === undefined ? t('channel.never') : dayTime(at, now.value, zoneOf())}</Row>;
}

const ASK_EVERY_MS = 2_000;
const WAIT_MS_MAX = 180_000;

function ChannelTest({ id }: { id: string }) {
  const address = useSignal('');
  const state = useSignal<TestState>({ phase: 'idle' });
  const test = async (): Promise<void> => {
    state.value = { phase: 'runs' };
    const body = { address: address.value.trim() };
    const answer = await call<Tested>('POST', `/channels/${encodeURIComponent(id)}/test`, {
      body,
      key: newKey(),
    });
    if (!answer.ok) state.value = { phase: 'failed', words: answer.problem.text };
    else if (!answer.value.ok) state.value = { phase: 'failed', words: whyNot(answer.value, body.address) };
    else state.value = { phase: 'waits', of: answer.value };
  };
  useTapped(state);
  const at = state.value;
  return (
    <form
      class="channel-test"
      onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}
    >
      <label class="field">
        <span>{t('channel.address')}</span>
        <input
          type="text"
          aria-label={`${t('channel.address')} ${id}`}
          autocomplete="off"
          value={address.value}
          onInput={(event) => {
            address.value = event.currentTarget.value;
          }}
        />
      </label>
      <button
        type="submit"
        class="button"
        aria-label={`${t('channel.test')} ${id}`}
        disabled={at.phase === 'runs'}
      >
        {t('channel.test')}
      </button>
      <p class="channel-result" role="status">
        <Result of={at} />
      </p>
    </form>
  );
}

/** In words, with what the provider said; and what to do where it was sent to nobody. */
function whyNot({ detail, failure, ms }: Tested, address: string): string {
  const said = `${detail} · ${number(ms)} ms`;
  if (failure === undefined) return said;
  const words = `${pick(NOTICE_FAILURES[failure])} (${said})`;
  return failure === 'recipient-invalid' && address === '' ? `${words} ${t('channel.testAddress')}` : words;
}

function Result({ of: at }: { of: TestState }) {
  if (at.phase === 'idle') return null;
  if (at.phase === 'runs') return t('channel.testing');
  if (at.phase === 'failed')
    return <span class="warning-text">{t('channel.testFailed', { why: at.words })}</span>;
  const { detail, ms } = at.of;
  const taken = t('channel.testTaken', { detail, ms: number(ms) });
  if (at.tappedMs === undefined) return `${taken} ${t('channel.testWaits')}`;
  return `${taken} ${t('channel.testTapped', { seconds: number(Math.round(at.tappedMs / 100) / 10) })}`;
}

/** Asks for a while whether somebody has tapped what arrived. */
function useTapped(state: { value: TestState; peek(): TestState }): void {
  const of = state.value.phase === 'waits' ? state.value.of : undefined;
  useEffect(() => {
    if (of?.notice === undefined) return;
    const begun = Date.now();
    const timer = setInterval(async () => {
      if (Date.now() - begun > WAIT_MS_MAX) clearInterval(timer);
      const answer = await get<Notice>(`/notices/${encodeURIComponent(of.notice ?? '')}`);
      const { seenAt, createdAt = 0 } = answer.ok ? answer.value : {};
      const current = state.peek();
      if (seenAt === undefined || current.phase !== 'waits' || current.of !== of) return;
      state.value = { phase: 'tapped', of, tappedMs: seenAt - createdAt };
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [of]);
}

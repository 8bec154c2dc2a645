import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CallPerhaps } from '../../model/call-for-help.ts';
import type { CallTest } from '../../model/call-test.ts';
import { CALL_TEST_LIMITS, CALL_TEST_WAYS } from '../../model/call-test-words.ts';
import { EVENTS } from '../../model/metrics.ts';
import { clockTime, exactTime } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import type { HomeDevice } from '../state/answers.ts';
import { call as ask } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { onMessage } from '../state/stream.ts';
import { pick, t } from '../text/translate.ts';
import { Choice } from './told-fields.tsx';

interface Props {
  readonly of: Pick<HomeDevice, 'device' | 'calls' | 'callTests'>;
  readonly path: string;
  readonly zone: string;
}
interface Answer {
  readonly callTest: CallTest;
}

const addressOf = (device: string): string => `/devices/${encodeURIComponent(device)}/call-test`;

/** Whether the call of a device comes: begin a test, see at once that it came, end it, or say that it was real. */
export function CallTests({ of: { device, calls = [], callTests = [] }, path, zone }: Props) {
  const news = useSignal<CallTest | undefined>(undefined);
  const asks = useSignal(false);
  const problem = useSignal('');
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type === 'device' && message.test?.device === device.id) news.value = message.test;
      }),
    [device.id],
  );
  if (calls.length === 0) return null;
  const [newest, ...before] = merged(callTests, news.value);
  const isMine = may('responder', path);
  const say = async (what: 'end' | 'real') => {
    const answer = await ask<Answer>('POST', `${addressOf(device.id)}/${what}`, { key: newKey() });
    if (answer.ok) news.value = answer.value.callTest;
    problem.value = answer.ok ? '' : answer.problem.text;
  };
  const lasts = newest !== undefined && isLasting(newest);
  return (
    <div class="call-tests" data-call-test={device.id} data-state={newest?.state}>
      {newest && <Told of={newest} zone={zone} />}
      {isMine && (
        <p class="row-actions">
          {newest?.heard && !newest.real && isRecent(newest.heard.at) && (
            <button type="button" class="button danger" onClick={() => void say('real')}>
              {t('callTest.real')}
            </button>
          )}
          {lasts ? (
            <button type="button" class="button" onClick={() => void say('end')}>
              {t('callTest.end')}
            </button>
          ) : (
            <button
              type="button"
              class="button"
              aria-label={`${t('callTest.begin')} ${device.id}`}
              onClick={() => {
                asks.value = true;
              }}
            >
              {t('callTest.begin')}
            </button>
          )}
        </p>
      )}
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value}
        </p>
      )}
      {before.length > 0 && (
        <details>
          <summary>{t('callTest.before', { n: before.length })}</summary>
          {before.map((one) => (
            <Told key={one.id} of={one} zone={zone} />
          ))}
        </details>
      )}
      {asks.value && (
        <TestDialog
          device={device.id}
          calls={calls}
          begun={news}
          onClose={() => {
            asks.value = false;
          }}
        />
      )}
    </div>
  );
}

const isLasting = ({ state, until }: CallTest): boolean => state === 'waiting' && until > now.value;
const isRecent = (at: number): boolean => now.value - at < CALL_TEST_LIMITS.realMs;

/** What was loaded, and what has been told since: of one test the later word. */
function merged(loaded: readonly CallTest[], news: CallTest | undefined): readonly CallTest[] {
  if (!news) return loaded;
  const known = loaded.find(({ id }) => id === news.id);
  if (!known) return (loaded[0]?.from ?? 0) > news.from ? loaded : [news, ...loaded];
  return loaded.map((one) => (one.id === news.id && rank(news) >= rank(one) ? news : one));
}

const rank = ({ state, real }: CallTest): number => Number(state !== 'waiting') + Number(real !== undefined);

function Told({ of: one, zone }: { of: CallTest; zone: string }) {
  const call = pick(EVENTS[one.call].title);
  const { by } = one;
  const from = clockTime(one.from, zone);
  const until = clockTime(one.endedAt ?? one.until, zone);
  if (one.heard) return <Heard of={one} heard={one.heard} zone={zone} />;
  if (isLasting(one))
    return (
      <p class="message message-warning" role="status">
        {t('callTest.waiting', { call, until: exactTime(one.until, zone), by })}
      </p>
    );
  if (one.state === 'ended')
    return <p class="quiet-text">{t('callTest.ended', { from, by, who: one.endedBy ?? '' })}</p>;
  if (one.state === 'called') return <p class="warning-text">{t('callTest.called', { from, by })}</p>;
  return <p class="message message-bad">{t('callTest.no-call', { call, from, until, by })}</p>;
}

function Heard({ of, heard, zone }: { of: CallTest; heard: NonNullable<CallTest['heard']>; zone: string }) {
  const { real, by } = of;
  const time = exactTime(heard.at, zone);
  const call = pick(EVENTS[of.call].title);
  const measured = exactTime(heard.measuredAt, zone);
  return (
    <div class={real ? 'message message-bad' : 'message'} role="status">
      <p>
        <b>{t('callTest.heard', { time, call, way: pick(CALL_TEST_WAYS[heard.way]), by })}</b>
        {measured !== time && ` · ${t('callTest.measured', { time: measured })}`}
      </p>
      {real ? (
        <p>
          {t('callTest.isReal', { by: real.by })}{' '}
          {real.case && <a href={`/cases/${encodeURIComponent(real.case)}`}>{t('callTest.openCase')}</a>}
        </p>
      ) : (
        isRecent(heard.at) && <p>{t('callTest.over')}</p>
      )}
    </div>
  );
}

const MINUTES = [5, 10, CALL_TEST_LIMITS.minutesMax] as const;

function TestDialog({
  device,
  calls,
  begun,
  onClose,
}: {
  device: string;
  calls: readonly CallPerhaps[];
  begun: Signal<CallTest | undefined>;
  onClose: () => void;
}) {
  const chosen = useSignal<CallPerhaps>(calls[0] ?? 'sos');
  const minutes = useSignal<number>(MINUTES[0]);
  const { busy, error, post } = useOnce<Answer>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const answer = await post(addressOf(device), { call: chosen.value, minutes: minutes.value });
    if (!answer) return;
    begun.value = answer.callTest;
    onClose();
  };
  const titles = Object.fromEntries(calls.map((one) => [one, EVENTS[one].title])) as Record<
    CallPerhaps,
    (typeof EVENTS)[CallPerhaps]['title']
  >;
  return (
    <Dialog title={t('callTest.title', { device })} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p class="message message-warning">{t('callTest.lead')}</p>
        <Choice of={chosen} names={calls} titles={titles} legend={t('callTest.what')} />
        <label class="field">
          <span>{t('callTest.minutes')}</span>
          <select
            value={minutes.value}
            onChange={(event) => {
              minutes.value = Number(event.currentTarget.value);
            }}
          >
            {MINUTES.map((n) => (
              <option key={n} value={n}>
                {t('callTest.nMinutes', { n })}
              </option>
            ))}
          </select>
        </label>
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('callTest.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}

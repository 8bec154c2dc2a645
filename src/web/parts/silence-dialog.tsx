import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import {
  SILENCE_MODES,
  SILENCE_REASON_LENGTH_MIN,
  SILENCE_TITLES,
  type SilenceMode,
} from '../../model/silence-modes.ts';
import { inputTime, instantOf } from '../format/time.ts';
import { announce } from '../state/announcer.ts';
import { serviceNow } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { Dialog } from './dialog.tsx';
import { FormButtons, useOnce } from './form.tsx';

const HOUR = 3_600_000;
const FIELDS = ['node', 'home', 'rule', 'channel'] as const;

/** Which home, node, rule or channel, until when, and why. `home`: the one that it is asked for. */
export function SilenceDialog({ home, onClose }: { home?: string; onClose: () => void }) {
  const id = useId();
  const zone = zoneOf();
  const mode = useSignal<SilenceMode>('silence');
  const scope = useSignal<Partial<Record<(typeof FIELDS)[number], string>>>(
    home === undefined ? {} : { home },
  );
  const until = useSignal(inputTime(serviceNow() + 2 * HOUR, zone));
  const reason = useSignal('');
  const p1 = useSignal('');
  const testers = useSignal('');
  // Of two silences that were meant as one, the second would go on unseen when the first is ended.
  const { busy, error, post } = useOnce();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const end = instantOf(until.value, zone);
    const isShort = (text: string) => text.trim().length < SILENCE_REASON_LENGTH_MIN;
    if (end === undefined || isShort(reason.value) || (p1.value.trim() !== '' && isShort(p1.value))) {
      error.value = t('silence.incomplete');
      return;
    }
    const named = Object.entries(scope.value).filter(([, value]) => value.trim() !== '');
    const body = {
      ...Object.fromEntries(named.map(([key, value]) => [key, value.trim()])),
      mode: mode.value,
      until: end,
      reason: reason.value.trim(),
      ...(p1.value.trim() === '' ? {} : { includesP1: p1.value.trim() }),
      ...(mode.value === 'log-only' ? { testers: testers.value.split(/[\s,，]+/u).filter(Boolean) } : {}),
    };
    if (!(await post('/silences', body))) return;
    announce(t('silence.begun'));
    onClose();
  };
  const field = (name: string, value: string, set: (text: string) => void) => (
    <label class="field" key={name}>
      <span>{name}</span>
      <input
        value={value}
        aria-describedby={`${id}-error`}
        onInput={(event) => {
          set(event.currentTarget.value);
          error.value = '';
        }}
      />
    </label>
  );
  return (
    <Dialog title={t('silence.new')} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        {home === undefined && (
          <fieldset class="choice">
            <legend>{t('silence.mode')}</legend>
            {SILENCE_MODES.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={mode.value === one}
                onClick={() => {
                  mode.value = one;
                }}
              >
                {pick(SILENCE_TITLES[one])}
              </button>
            ))}
          </fieldset>
        )}
        {home === undefined &&
          FIELDS.filter((one) => mode.value === 'silence' || one === 'node').map((one) =>
            field(t(`silence.${one}`), scope.value[one] ?? '', (text) => {
              scope.value = { ...scope.value, [one]: text };
            }),
          )}
        {mode.value === 'log-only' &&
          field(t('silence.testers'), testers.value, (text) => {
            testers.value = text;
          })}
        <label class="field">
          <span>{t('silence.until')}</span>
          <input
            type="datetime-local"
            name="until"
            value={until.value}
            aria-describedby={`${id}-error`}
            onInput={(event) => {
              until.value = event.currentTarget.value;
              error.value = '';
            }}
          />
        </label>
        {field(t('silence.reason'), reason.value, (text) => {
          reason.value = text;
        })}
        {mode.value === 'silence' &&
          field(t('silence.whyP1'), p1.value, (text) => {
            p1.value = text;
          })}
        <p class="message message-warning">{t('silence.means')}</p>
        <p id={`${id}-error`} class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('silence.begin')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}

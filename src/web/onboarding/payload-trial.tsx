import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { DecodeAnswer } from '../../ports/service.ts';
import type { DeviceModel } from '../state/answers.ts';
import { call } from '../state/api.ts';
import { zoneOf } from '../state/places.ts';
import { pick, t } from '../text/translate.ts';
import { Findings } from './first-messages.tsx';

/** Paste a payload, choose a model, see what would be taken of it. Nothing is stored. */
export function PayloadTrial({ models }: { models: readonly DeviceModel[] }) {
  const model = useSignal('');
  const payload = useSignal('');
  const port = useSignal('');
  const answer = useSignal<DecodeAnswer | undefined>(undefined);
  const problem = useSignal('');
  const id = useId();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    answer.value = undefined;
    problem.value = '';
    const body = {
      model: model.value.trim(),
      timeZone: zoneOf(),
      ...payloadOf(payload.value),
      ...(port.value.trim() === '' ? {} : { fPort: Number(port.value) }),
    };
    const result = await call<DecodeAnswer>('POST', '/decode', { body });
    if (result.ok) answer.value = result.value;
    else problem.value = result.problem.text;
  };
  return (
    <form class="form enrol" onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{t('device.model')}</span>
        <input
          name="trial-model"
          list={`${id}-models`}
          required
          value={model.value}
          onInput={(event) => {
            model.value = event.currentTarget.value;
          }}
        />
        <datalist id={`${id}-models`}>
          {models.map((one) => (
            <option key={one.model} value={one.model}>
              {pick(one.title)}
            </option>
          ))}
        </datalist>
      </label>
      <label class="field">
        <span>{t('onboard.port')}</span>
        <input
          name="trial-port"
          inputMode="numeric"
          pattern="\d{0,3}"
          value={port.value}
          onInput={(event) => {
            port.value = event.currentTarget.value;
          }}
        />
      </label>
      <label class="field wide">
        <span>{t('onboard.payload')}</span>
        <textarea
          name="trial-payload"
          rows={4}
          required
          spellcheck={false}
          value={payload.value}
          onInput={(event) => {
            payload.value = event.currentTarget.value;
          }}
        />
      </label>
      <div class="form-actions">
        <button type="submit" class="button">
          {t('onboard.try')}
        </button>
      </div>
      <p class="error-text" role="alert">
        {problem.value}
      </p>
      {answer.value && <TrialAnswer of={answer.value} />}
    </form>
  );
}

function TrialAnswer({ of: answer }: { of: DecodeAnswer }) {
  if (!answer.ok)
    return (
      <p class="message message-bad" role="status">
        <code>{answer.code}</code> {answer.message}
      </p>
    );
  const refusals = answer.rejections.map(({ code, message }) => ({ reason: code, detail: message }));
  return (
    <div class="message wide" role="status" data-trial>
      <Findings of={{ readings: answer.readings, events: answer.events, refusals }} zone={zoneOf()} />
    </div>
  );
}

/** JSON and text as they stand; bytes in hex or base64. */
function payloadOf(text: string): { payload: string } | { payloadHex: string } | { payloadBase64: string } {
  const plain = text.trim();
  const hex = plain.replace(/[\s:-]/g, '');
  if (hex.length >= 4 && /^(?:[0-9a-f]{2})+$/i.test(hex)) return { payloadHex: hex };
  if (plain.length >= 8 && plain.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain))
    return { payloadBase64: plain };
  return { payload: plain };
}

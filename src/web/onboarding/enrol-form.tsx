import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { parseSettings } from '../../model/device-settings.ts';
import type { Device } from '../../model/registry.ts';
import { takenFrom } from '../../model/successor.ts';
import { useLoaded } from '../parts/loaded.tsx';
import type { DeviceModel, HomeSummary, PageReply } from '../state/answers.ts';
import { call, get, type Problem } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';
import { CodeScanner } from './code-scanner.tsx';
import { readDeviceCode } from './device-code.ts';
import { PlaceField } from './place-field.tsx';

/** What is known of a device before somebody fills in the rest. */
export interface Enrolment {
  readonly address: string;
  readonly id: string;
  readonly gateway?: string;
  readonly model?: string;
  readonly home?: string;
  readonly place?: string;
  /** As they are written in the form. */
  readonly settings?: string;
  /** In whose place it comes. */
  readonly replaces?: Device;
}

/** A device by its code or id, its model, and the home it hangs in. */
export function EnrolForm({
  models,
  from,
  onEnrolled,
}: {
  models: readonly DeviceModel[];
  from: Enrolment | undefined;
  onEnrolled: (id: string) => void;
}) {
  const code = useSignal(from?.address ?? '');
  const id = useSignal(from?.id ?? '');
  const model = useSignal(from?.model ?? '');
  const home = useSignal(from?.home ?? '');
  const gateway = useSignal(from?.gateway ?? '');
  const place = useSignal(from?.place ?? '');
  const settings = useSignal(from?.settings ?? '');
  const problem = useSignal('');
  const busy = useSignal(false);
  const told = useSignal<Standing | undefined>(undefined);
  const homes = useLoaded(
    () => get<PageReply<HomeSummary>>('/homes', { limit: 50, q: home.value.trim() || undefined }),
    [home.value],
  );
  const gateways = useLoaded(() => get<PageReply<{ id: string }>>('/registry/gateway', { limit: 200 }), []);
  const listId = useId();

  const takeCode = (text: string) => {
    // What stands there from the code before goes with it: this is another device. What somebody typed stays.
    const before = readDeviceCode(code.value)?.id;
    code.value = text;
    const read = readDeviceCode(text)?.id;
    if (id.value === '' || id.value === before) id.value = read ?? '';
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { settings: own, wrong } = parseSettings(settings.value);
    problem.value =
      missing({ id: id.value, model: model.value, home: home.value }) ??
      (wrong === undefined ? '' : t('onboard.settingsWrong', { text: wrong }));
    if (id.value.trim() === from?.replaces?.id)
      problem.value = t('replace.sameId', { device: from.replaces.id });
    if (problem.value !== '' || busy.value) return;
    busy.value = true;
    const address = readDeviceCode(code.value)?.address;
    const device = {
      ...takenFrom(from?.replaces, model.value),
      noun: 'device',
      id: id.value.trim(),
      model: model.value,
      home: home.value.trim(),
      enrolledAt: now.peek() || Date.now(),
      ...(address === undefined ? {} : { address }),
      ...(gateway.value.trim() === '' ? {} : { gateway: gateway.value.trim() }),
      ...(place.value === '' ? {} : { place: place.value }),
      ...(Object.keys(own).length === 0 ? {} : { settings: own }),
    };
    const answer = await call('PUT', `/registry/device/${encodeURIComponent(device.id)}`, {
      body: device,
      headers: preconditionFor(device.id, told.value),
      ...(from?.replaces === undefined ? {} : { query: { replaces: from.replaces.id } }),
    });
    busy.value = false;
    if (answer.ok) return onEnrolled(device.id);
    told.value = standing(device.id, answer.problem);
    problem.value = told.value
      ? t('onboard.replaces', { id: device.id })
      : answer.problem.text + detailOf(answer.problem.details);
  };
  const wanted = models.find((one) => one.model === model.value);
  return (
    <form class="form enrol" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={t('onboard.code')} hint={t('onboard.codeHint')}>
        <div class="with-button">
          <Input of={code} name="code" onInput={takeCode} />
          <CodeScanner onCode={takeCode} />
        </div>
      </Field>
      <p class="quiet-text" aria-live="polite">
        {code.value === ''
          ? ''
          : readDeviceCode(code.value)
            ? t('onboard.codeRead', { address: readDeviceCode(code.value)?.address ?? '' })
            : t('onboard.codeUnread')}
      </p>
      <Field label={t('onboard.id')}>
        <Input of={id} name="id" />
      </Field>
      <Field label={t('device.model')}>
        <Input of={model} name="model" list={`${listId}-models`} />
        <datalist id={`${listId}-models`}>
          {models.map((one) => (
            <option key={one.model} value={one.model}>
              {pick(one.title)}
            </option>
          ))}
        </datalist>
      </Field>
      <p class="quiet-text">{wanted ? `${pick(wanted.title)}。${pick(wanted.summary)}` : ''}</p>
      <Field label={t('onboard.home')}>
        <Input of={home} name="home" list={`${listId}-homes`} />
        <datalist id={`${listId}-homes`}>
          {(homes.value.value?.items ?? []).map((one) => (
            <option key={one.home.id} value={one.home.id}>
              {[...one.places.map((each) => each.name), one.home.name].join(' ')}
            </option>
          ))}
        </datalist>
      </Field>
      <Field label={t('onboard.gateway')} hint={t('onboard.gatewayHint')}>
        <Input of={gateway} name="gateway" list={`${listId}-gateways`} />
        <datalist id={`${listId}-gateways`}>
          {(gateways.value.value?.items ?? []).map((one) => (
            <option key={one.id} value={one.id} />
          ))}
        </datalist>
      </Field>
      <PlaceField of={place} />
      {wanted?.settings !== undefined && (
        <Field label={t('onboard.settings')} hint={settingsHint(wanted.settings)}>
          <Input of={settings} name="settings" />
        </Field>
      )}
      <p class="error-text" role="alert">
        {problem.value}
      </p>
      <div class="form-actions">
        <button type="submit" class="button primary" aria-disabled={busy.value}>
          {t('onboard.submit')}
        </button>
      </div>
    </form>
  );
}

/** A device of this id that is there already, as the person in front of the form was told. */
interface Standing {
  readonly id: string;
  readonly etag: string;
}

/** A new device takes nobody's place unawares; who was told that there is one may put his there, if it is still that. */
const preconditionFor = (id: string, told: Standing | undefined): Record<string, string> =>
  told?.id === id ? { 'if-match': told.etag } : { 'if-none-match': '*' };

function standing(id: string, { status, details }: Problem): Standing | undefined {
  const etag = details?.['etag'];
  return status === 412 && typeof etag === 'string' ? { id, etag } : undefined;
}

function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <span class="quiet-text">{hint}</span>}
    </label>
  );
}

function Input({
  of,
  name,
  list,
  onInput,
}: {
  of: Signal<string>;
  name: string;
  list?: string;
  onInput?: (text: string) => void;
}) {
  return (
    <input
      name={name}
      list={list}
      autoComplete="off"
      spellcheck={false}
      value={of.value}
      onInput={(event) => {
        const text = event.currentTarget.value;
        if (onInput) onInput(text);
        else of.value = text;
      }}
    />
  );
}

function missing({ id, model, home }: { id: string; model: string; home: string }): string | undefined {
  if (id.trim() === '') return t('onboard.missing', { what: t('onboard.id') });
  if (model.trim() === '') return t('onboard.missing', { what: t('device.model') });
  if (home.trim() === '') return t('onboard.missing', { what: t('onboard.home') });
  // Words to look for a home by, of which none was chosen.
  return ID.test(home.trim()) ? undefined : t('onboard.homeUnknown', { id: home.trim() });
}
const ID = /^[A-Za-z0-9._:-]{1,64}$/;

const detailOf = (details: Readonly<Record<string, unknown>> | undefined): string => {
  const problem = details?.['problem'];
  return typeof problem === 'string' ? `${t('app.colon')}${problem}` : '';
};

/** Names of what may be set, with the words of the model. */
function settingsHint(schema: unknown): string {
  const properties = (schema as { properties?: Record<string, { title?: string }> }).properties ?? {};
  return Object.entries(properties)
    .map(([key, { title }]) => `${key}=${title === undefined ? '' : ` (${title})`}`)
    .join('; ');
}

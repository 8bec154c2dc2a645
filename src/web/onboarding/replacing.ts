import type { Device, DeviceSettings } from '../../model/registry.ts';
import { changeDevice } from '../state/registry-entry.ts';
import { t } from '../text/translate.ts';
import type { Enrolment } from './enrol-form.tsx';

/** A new device in the place of one that is there: what goes over to it is filled in, the code is its own. */
export const enrolmentInPlaceOf = (old: Device): Enrolment => ({
  address: '',
  id: '',
  model: old.model,
  home: old.home,
  ...(old.gateway === undefined ? {} : { gateway: old.gateway }),
  ...(old.place === undefined ? {} : { place: old.place }),
  ...(old.settings === undefined ? {} : { settings: written(old.settings) }),
  replaces: old,
});

/** As in the form. The key of a device is its own: with that of another nothing could be read. */
const written = (settings: DeviceSettings): string =>
  Object.entries(settings)
    .filter(([name]) => name !== 'key')
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

/** What no form asks for: who wears it goes over to any device, what its model makes of it to one of the same. */
export function takenFrom(old: Device | undefined, model: string): Partial<Device> {
  if (!old) return {};
  const { resident, expectedIntervalMs, counterMax, counterResolution } = old;
  const said: Partial<Device> = {
    ...(resident !== undefined && { resident }),
    ...(model === old.model && {
      ...(expectedIntervalMs !== undefined && { expectedIntervalMs }),
      ...(counterMax !== undefined && { counterMax }),
      ...(counterResolution !== undefined && { counterResolution }),
    }),
  };
  return said;
}

/** The new one is there: the old one is not heard any more. In words, what became of that. */
export async function endReplaced(old: Device, id: string): Promise<{ done: boolean; said: string }> {
  const answer = await changeDevice(old, (entry) => ({ ...entry, disabled: true }));
  return answer.ok
    ? { done: true, said: t('replace.done', { id, old: old.id }) }
    : { done: false, said: t('replace.notOff', { id, old: old.id, why: answer.problem.text }) };
}

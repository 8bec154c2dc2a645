import type { Device } from '../../model/registry.ts';
import { settingsWithoutKey } from '../../model/successor.ts';
import type { Enrolment } from './enrol-form.tsx';

/** A new device in the place of one that is there: what goes over to it is filled in, the code is its own. */
export const enrolmentInPlaceOf = (old: Device): Enrolment => ({
  address: '',
  id: '',
  model: old.model,
  home: old.home,
  ...(old.gateway === undefined ? {} : { gateway: old.gateway }),
  ...(old.place === undefined ? {} : { place: old.place }),
  ...(old.settings === undefined ? {} : { settings: written(old) }),
  replaces: old,
});

/** As in the form. */
const written = (old: Device): string =>
  Object.entries(settingsWithoutKey(old))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

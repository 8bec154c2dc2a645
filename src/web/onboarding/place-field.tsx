import type { Signal } from '@preact/signals';
import { PLACES } from '../../model/device-places.ts';
import { pick, t } from '../text/translate.ts';

/** Where in the home it hangs. */
export const PlaceField = ({ of }: { of: Signal<string> }) => (
  <label class="field">
    <span>{t('onboard.place')}</span>
    <select
      name="place"
      value={of.value}
      onChange={(event) => {
        of.value = event.currentTarget.value;
      }}
    >
      <option value="">–</option>
      {Object.entries(PLACES).map(([name, text]) => (
        <option key={name} value={name}>
          {pick(text)}
        </option>
      ))}
    </select>
  </label>
);

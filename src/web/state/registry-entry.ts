import type { Device, Noun } from '../../model/registry.ts';
import { t } from '../text/translate.ts';
import { type Answer, call, get } from './api.ts';

const addressOf = (noun: Noun, key: string): string => `/registry/${noun}/${encodeURIComponent(key)}`;

/**
 * Puts the device as it stands, changed. Refused where it is not in the home any more in which it was shown, or somebody
 * changes it between the two requests.
 */
export async function changeDevice(
  shown: Pick<Device, 'id' | 'home'>,
  change: (device: Device) => Device,
): Promise<Answer<unknown>> {
  const address = addressOf('device', shown.id);
  const found = await get<{ entry: Device }>(address);
  if (!found.ok) return found;
  const { entry } = found.value;
  if (entry.home !== shown.home)
    return {
      ok: false,
      problem: { status: 412, code: 'REGISTRY_ENTRY_CHANGED', text: t('change.overtaken') },
    };
  return call('PUT', address, {
    body: change(entry),
    ...(found.tag === undefined ? {} : { headers: { 'if-match': found.tag } }),
  });
}

export const removeEntry = (noun: Noun, key: string, withAll = false): Promise<Answer<unknown>> =>
  call('DELETE', addressOf(noun, key), withAll ? { query: { withAll: true } } : {});

import { BytesMissing } from '../byte-reader.ts';
import { sparkplugPayload } from '../sparkplug/payload.ts';
import { understood } from './homie.ts';
import { type Proposal, placeIn } from './proposal.ts';

/** A birth certificate: the node itself, or a device behind it. One that holds nothing which is watched proposes nothing. */
export function announced(topic: string, payload: Uint8Array): readonly Proposal[] {
  const [namespace, group = '', verb = '', node = '', device] = topic.split('/');
  const isBirth = (verb === 'NBIRTH' && device === undefined) || (verb === 'DBIRTH' && device !== undefined);
  if (namespace !== 'spBv1.0' || !isBirth) return [];
  const found = understood(propertiesIn(payload));
  if (found.metrics.length === 0) return [];
  const name = device ?? node;
  const id = [namespace, group, node, ...(device === undefined ? [] : [device])].join('/');
  return [
    {
      address: `topic:${id}`.toLowerCase(),
      model: 'sparkplug-b',
      name: name.slice(0, 120),
      ...found,
      ...placeIn(name),
    },
  ];
}

function propertiesIn(payload: Uint8Array): { path: string; unit?: string }[] {
  try {
    return sparkplugPayload(payload).metrics.map(({ name = '', unit }) => ({
      path: name,
      ...(unit === undefined ? {} : { unit }),
    }));
  } catch (error) {
    if (error instanceof BytesMissing) return [];
    throw error;
  }
}

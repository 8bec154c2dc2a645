import { callInTopic } from '../model/call-phrases.ts';
import { callInBytes, likelyText } from '../model/call-words.ts';
import type { Message } from '../model/message.ts';
import type { Device } from '../model/registry.ts';
import type { UntakenCall } from '../model/rejection.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import type { Text } from '../model/text.ts';
import type { Core } from './core.ts';
import type { DecodedMessage } from './decode.ts';

/**
 * Devices that are enrolled with a model which this installation does not have: the folder of models was not copied, or a
 * file of it was renamed. Nothing that they send can be read; who calls in plain words is heard all the same.
 */
export function unmodelled({ registry, models }: Core, id: string | undefined): Device | undefined {
  const device = id === undefined ? undefined : registry.device(id);
  return device && !device.disabled && !models.get(device.model) ? device : undefined;
}

/** Does it call in these words, or by its topic? Nobody knows what it is, so that its bare alarm is taken for a call too. */
export function callOfUnmodelled(
  { id }: Device,
  { topic, payload, retained, receivedAt }: Message,
): readonly UntakenCall[] {
  if (retained) return [];
  const look = { isWorn: true, at: receivedAt };
  const call = callInBytes(payload, look) ?? callInTopic(topic, likelyText(payload), look);
  return call === undefined ? [] : [{ device: id, call, why: 'in-words' }];
}

/** Of a device whose model is not there: refused by name, and who calls in it. */
export function unread(core: Core, id: string | undefined, message: Message): DecodedMessage | undefined {
  const device = unmodelled(core, id);
  if (!device) return undefined;
  const calls = callOfUnmodelled(device, message);
  const refusal = { reason: 'model-missing' as const, detail: device.model };
  return {
    report: undefined,
    device: device.id,
    refusals: [calls.length > 0 ? { ...refusal, calls } : refusal],
  };
}

const counted = new WeakMap<
  Core,
  { readonly revision: number; readonly models: ReadonlyMap<string, number> }
>();

/** How many there are, by model: counted only after a change of the registry. */
export function unmodelledIn(core: Core): ReadonlyMap<string, number> {
  const { registry } = core;
  const before = counted.get(core);
  if (before?.revision === registry.revision) return before.models;
  const models = new Map<string, number>();
  for (const home of core.subjects.keys())
    for (const { model, disabled } of registry.devices(home))
      if (!disabled && !core.models.get(model)) models.set(model, (models.get(model) ?? 0) + 1);
  counted.set(core, { revision: registry.revision, models });
  return models;
}

const NAMED_MAX = 5;

function namesOf(models: ReadonlyMap<string, number>): { count: number; names: string } {
  let count = 0;
  for (const devices of models.values()) count += devices;
  const names = [...models.keys()].sort();
  return { count, names: names.slice(0, NAMED_MAX).join(', ') + (names.length > NAMED_MAX ? ' …' : '') };
}

export function unmodelledFact(core: Core): ServiceFindingValues | undefined {
  const models = unmodelledIn(core);
  if (models.size === 0) return undefined;
  const { count, names } = namesOf(models);
  return { count, models: names, key: names };
}

/** For /readyz, `check` and `doctor`; undefined where each has its model. */
export function unmodelledText(models: ReadonlyMap<string, number>): Text | undefined {
  if (models.size === 0) return undefined;
  const { count, names } = namesOf(models);
  return {
    zh: `已登记 ${count} 台设备的型号在本服务中不存在（${names}）：其报文一概无法识别，请检查 models 文件夹`,
    en: `${count === 1 ? '1 enrolled device has a model' : `${count} enrolled devices have models`} that this installation does not have (${names}): nothing that they send can be read; look at the folder models`,
  };
}

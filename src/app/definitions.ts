import { fileURLToPath } from 'node:url';
import type { DeviceDefinition } from '../devices/define.ts';
import { type EnvelopeDefinition, type Envelopes, envelopesOf } from '../devices/envelope.ts';
import { type DeviceModels, deviceModels } from '../devices/match.ts';
import { loadFolder } from '../lib/folder-loader.ts';
import { assert } from '../lib/result.ts';
import { vocabularyFaults } from '../model/vocabulary-faults.ts';
import type { AnyRuleKind, RuleKinds } from '../rules/compile.ts';

const folder = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Loads one device model a file. @throws if a file holds something else, or two files the same model; or for the vocabulary. */
export async function loadDeviceModels(from = folder('../../devices')): Promise<DeviceModels> {
  // Before anything is written under an id that is another's, or that has no room where it is stored.
  const faults = vocabularyFaults();
  assert(faults.length === 0, faults.join('\n'));
  const definitions: DeviceDefinition[] = [];
  for (const { file, definition } of await loadFolder(from)) {
    const model = definition as DeviceDefinition | undefined;
    assert(
      model && typeof model.model === 'string' && model.decode,
      `${file} has no device definition as its default export`,
    );
    // Without it no rule sees the water that it counts, and the home would be watched by nobody.
    assert(
      !model.metrics.includes('water_index_m3') || model.counters.water_index_m3,
      `${file} counts water and does not say in "counters" at what water_index_m3 starts again`,
    );
    definitions.push(model);
  }
  return deviceModels(definitions);
}

/** Loads one envelope a file. @throws if a file holds something else, or two files the same envelope. */
export async function loadEnvelopes(from = folder('../devices/envelopes')): Promise<Envelopes> {
  const definitions: EnvelopeDefinition[] = [];
  for (const { file, definition } of await loadFolder(from)) {
    const envelope = definition as EnvelopeDefinition | undefined;
    assert(
      envelope && typeof envelope.envelope === 'string' && envelope.open,
      `${file} has no envelope as its default export`,
    );
    definitions.push(envelope);
  }
  return envelopesOf(definitions);
}

/** Loads one rule kind a file. @throws if a file holds something else, or two files the same kind. */
export async function loadRuleKinds(from = folder('../rules/kinds')): Promise<RuleKinds> {
  const kinds = new Map<string, AnyRuleKind>();
  for (const { file, definition } of await loadFolder(from)) {
    const kind = definition as AnyRuleKind | undefined;
    assert(
      kind && typeof kind.kind === 'string' && kind.params,
      `${file} has no rule kind as its default export`,
    );
    assert(!kinds.has(kind.kind), `two definitions of the rule kind ${kind.kind}`);
    kinds.set(kind.kind, kind);
  }
  return kinds;
}

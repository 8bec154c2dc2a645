import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfigProblem, formatProblem, loadYamlFile } from '../config/yaml-file.ts';
import { type DeviceModels, deviceModels } from '../devices/match.ts';
import {
  type OperatorModel,
  operatorDevice,
  operatorModelProblems,
  operatorModelSchema,
} from '../devices/operator-model.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { loadDeviceModels } from './definitions.ts';
import { shownFile } from './registry-files.ts';

/** Where operators put models of their own, beside the other configuration. */
export const MODELS_FOLDER = 'config/models';

/** The models that come with the service, and those that an operator wrote: each `.yaml` or `.json` file of the folder. */
export async function loadModels(folder: string): Promise<Result<DeviceModels, ConfigProblem[]>> {
  const builtIn = await loadDeviceModels();
  const names = existsSync(folder) ? (await readdir(folder)).filter(isModelFile).sort() : [];
  if (names.length === 0) return ok(builtIn);
  const problems: ConfigProblem[] = [];
  const written: OperatorModel[] = [];
  for (const name of names) {
    const file = shownFile(join(folder, name));
    const loaded = await loadYamlFile(file, operatorModelSchema, operatorModelProblems);
    if (!loaded.ok) problems.push(...loaded.error);
    else if (builtIn.get(loaded.value.model) || written.some(({ model }) => model === loaded.value.model))
      problems.push({ file, path: 'model', message: `there is a model "${loaded.value.model}" already` });
    else written.push(loaded.value);
  }
  if (problems.length > 0) return fail(problems);
  return ok(deviceModels([...builtIn.all(), ...written.map(operatorDevice)]));
}

/** The same for a command. @throws with every mistake at its place. */
export async function modelsOrFail(folder = MODELS_FOLDER): Promise<DeviceModels> {
  const loaded = await loadModels(folder);
  if (loaded.ok) return loaded.value;
  throw new Error(`the device models have mistakes:\n${loaded.error.map(formatProblem).join('\n')}`);
}

export const isModelFile = (name: string): boolean => /\.(ya?ml|json)$/.test(name) && !name.startsWith('_');

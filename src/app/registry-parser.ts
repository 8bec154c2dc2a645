import { readBeside } from '../config/import-beside.ts';
import { importParser } from '../config/registry-import.ts';
import { problemsUnhurried } from '../registry/change-check.ts';
import type { Core } from './core.ts';
import type { Parts } from './load.ts';
import type { WholeImport } from './whole-import.ts';

/** Reads a registry file against what stands in the registry now. */
export const registryParser = (
  core: Core,
  { models, channels }: Pick<Parts, 'models' | 'channels'>,
  imports: WholeImport,
): ReturnType<typeof importParser> =>
  importParser(
    {
      existing: (noun, key) => core.registry.entry(noun, key),
      revision: () => core.registry.revision,
      settled: () => imports.settled(),
      gateways: () => core.registry.gatewaysUnder(''),
      below: (noun, key) => core.registry.dependents(noun, key),
      nodes: () => core.registry.nodes(),
      channels: new Set(channels.keys()),
      problems: (put) =>
        problemsUnhurried(
          core.registry,
          put,
          [],
          (name) => models.get(name) !== undefined,
          models.settingsFault,
        ),
    },
    {
      models: models.all().map(({ model }) => model),
      get now() {
        return core.now;
      },
    },
    readBeside,
  );

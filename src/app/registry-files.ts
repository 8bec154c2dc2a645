import { relative } from 'node:path';
import { failureProblems, importFormat, parseImport, type RegistryFile } from '../config/registry-import.ts';
import { type ConfigProblem, readText } from '../config/yaml-file.ts';
import type { DeviceModels } from '../devices/match.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { entryKey, type RegistryEntry } from '../model/registry.ts';
import { Registry } from '../registry/registry.ts';

/**
 * Reads registry files, YAML or CSV by their names, as one registry. `channels` are those that people may name; without
 * them the names are not looked at.
 */
export async function loadRegistry(
  files: readonly string[],
  models: DeviceModels,
  channels?: ReadonlySet<string>,
): Promise<Result<RegistryEntry[], ConfigProblem[]>> {
  const read = await Promise.all(files.map((file) => readRegistryFile(file, models)));
  const wrong = read.flatMap((each) => (each.ok ? [] : each.error));
  const parsed = read.flatMap((each) => (each.ok ? [each.value] : []));
  const ofChannels = ({ file, content }: NamedFile): ConfigProblem[] =>
    channels ? channelProblems(file, content, channels) : [];
  // A place or home that one file names may stand in the other, which cannot be read.
  if (wrong.length > 0) return fail([...wrong, ...parsed.flatMap(ofChannels)]);
  const entries = parsed.flatMap(({ content }) => content.put);
  const against = [
    ...new Registry().problems(entries, [], (model) => models.get(model) !== undefined, models.settingsFault),
  ];
  const problems = parsed.flatMap((named) => [
    ...failureProblems(
      named.content,
      named.file,
      against.filter((failure) => isOf(named.content, failure.details)),
    ),
    ...ofChannels(named),
  ]);
  return problems.length > 0 ? fail(problems) : ok(entries);
}

type NamedFile = { readonly file: string; readonly content: RegistryFile };

async function readRegistryFile(
  file: string,
  models: DeviceModels,
): Promise<Result<NamedFile, ConfigProblem[]>> {
  const format = importFormat(file);
  const name = shownFile(file);
  if (!format) return fail([{ file: name, path: '', message: 'a registry file ends in .yaml or .csv' }]);
  const text = await readText(name);
  if (!text.ok) return text;
  const names = models.all().map(({ model }) => model);
  const parsed = parseImport(format, text.value, name, { models: names });
  return parsed.ok ? ok({ file: name, content: parsed.value }) : parsed;
}

const isOf = ({ placeOf }: RegistryFile, details: Readonly<Record<string, unknown>> = {}): boolean =>
  placeOf(details['noun'] as RegistryEntry['noun'], String(details['key'])) !== undefined;

/** A person whose channel does not exist would never be told: that must be known before somebody falls. */
function channelProblems(
  file: string,
  { put, placeOf }: RegistryFile,
  channels: ReadonlySet<string>,
): ConfigProblem[] {
  return put.flatMap((entry) => {
    if (entry.noun !== 'staff' && entry.noun !== 'contact') return [];
    const unknown = entry.channels.filter(({ channel }) => !channels.has(channel));
    return unknown.map(({ channel }) => ({
      file,
      ...placeOf(entry.noun, entryKey(entry)),
      path: `${entry.noun} "${entry.id}"`,
      message: `there is no channel "${channel}" in the channels file`,
    }));
  });
}

/** The file as a person in this folder would write it. */
export function shownFile(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}

import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadFolder } from '../lib/folder-loader.ts';
import { assert } from '../lib/result.ts';
import { LOCALES, type Locale } from '../model/text.ts';
import type { ChannelDefinition } from './define.ts';
import { secretsOf } from './secrets.ts';

/** Definitions by name, one a file of `src/notify/channels/`. */
export type ChannelDefinitions = ReadonlyMap<string, ChannelDefinition>;

/** A channel of config/channels.yaml, ready to send. */
export interface ConfiguredChannel {
  readonly id: string;
  readonly definition: ChannelDefinition;
  readonly config: unknown;
  /** Those of its configuration: they stand in no answer that is kept. */
  readonly secrets?: readonly string[];
  readonly locale: Locale;
  /** False: nobody hears over it that somebody took a case. Absent: whoever was told does. */
  readonly tellTaken?: boolean;
}

/** Loads one channel a file. @throws if a file holds something else, or two files the same channel. */
export async function loadChannelDefinitions(
  folder = fileURLToPath(new URL('./channels', import.meta.url)),
): Promise<ChannelDefinitions> {
  const definitions = new Map<string, ChannelDefinition>();
  for (const { file, definition } of await loadFolder(folder)) {
    const found = definition as ChannelDefinition | undefined;
    assert(
      found && typeof found.channel === 'string' && typeof found.deliver === 'function',
      `${file} has no channel definition as its default export`,
    );
    assert(!definitions.has(found.channel), `two definitions of the channel ${found.channel}`);
    definitions.set(found.channel, found);
  }
  return definitions;
}

/**
 * The schema of config/channels.yaml, made of the schemas of the definitions, so that the loader of the file can say at
 * which line what is wrong. Its output is what the outbox takes.
 */
export function channelsSchema(definitions: ChannelDefinitions, locale: Locale = 'zh') {
  const kinds = [...definitions.values()].map((definition) =>
    z.strictObject({
      id: z
        .string()
        .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'up to 64 letters, digits, dots, underscores, colons and hyphens')
        .meta({ title: 'Id', description: 'the name that notify.yaml and the registry use' }),
      channel: z.literal(definition.channel).meta({ title: definition.title.en }),
      locale: z
        .enum(LOCALES as [Locale, ...Locale[]])
        .default(locale)
        .meta({ title: 'Language' }),
      tellTaken: z.boolean().default(true).meta({
        title: 'Say who has the case',
        description:
          'whoever was told over this channel hears once that somebody took the case, where what was sent cannot be changed; SMS and telephone calls never do',
      }),
      // A channel that needs no setting may leave `config` out; the definition's own schema then asks for what is missing.
      config: definition.config.prefault({}),
    }),
  );
  assert(kinds.length > 0, 'no channel is defined');
  const [first, ...rest] = kinds as [(typeof kinds)[number], ...typeof kinds];
  return z.strictObject({
    channels: z
      .array(z.discriminatedUnion('channel', [first, ...rest]))
      .default([])
      .superRefine((channels, ctx) => {
        const seen = new Set<string>();
        channels.forEach(({ id }, i) => {
          if (seen.has(id))
            ctx.addIssue({ code: 'custom', path: [i, 'id'], message: `a second channel ${id}` });
          seen.add(id);
        });
      })
      .meta({ title: 'Channels' }),
  });
}

export type ChannelsFile = z.output<ReturnType<typeof channelsSchema>>;

/** Joins what the file says with the definitions. */
export function configureChannels(
  file: ChannelsFile,
  definitions: ChannelDefinitions,
): ReadonlyMap<string, ConfiguredChannel> {
  const configured = file.channels.map(
    ({ id, channel, locale, tellTaken, config }): [string, ConfiguredChannel] => {
      const definition = definitions.get(channel);
      assert(definition, `the channel ${channel} passed the schema without a definition`);
      const secrets = secretsOf(definition.config, config);
      return [id, { id, definition, config, secrets, locale, tellTaken }];
    },
  );
  return new Map(configured);
}

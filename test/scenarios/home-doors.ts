import { homeDoor } from '../../src/app/home-door.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { Case } from '../../src/model/case.ts';
import type { Command, CommandReply } from '../../src/model/command.ts';
import type { Notice } from '../../src/model/notice.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import type { HomeDoor } from '../../src/ports/home-door.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { Registry } from '../../src/registry/registry.ts';
import { community, T0 } from '../core.ts';

export const SON = { kind: 'contact', id: 'k1' } as const;
export const MOTHER = { kind: 'resident', id: 'r-h1' } as const;
export const contact = registryEntrySchema.parse({
  noun: 'contact',
  id: 'k1',
  home: 'h1',
  name: '王小明',
  relation: '儿子',
  phone: '000-0000-1000',
  channels: [{ channel: 'robot', address: 'son' }],
});
export const resident = registryEntrySchema.parse({
  noun: 'resident',
  id: 'r-h1',
  home: 'h1',
  name: '王秀英',
  phone: '000-0000-0001',
});

/** The door alone, over a registry and a few notices. */
export function door(secret = 'secret', meta = new Map<string, string>()) {
  const registry = Registry.from([
    ...community({ h1: [], h2: [] }).filter(({ noun }) => noun !== 'resident'),
    contact,
    resident,
  ]);
  const clock = new ManualClock(T0);
  const notices = new Map<string, Notice>();
  const asked: { command: Command; by: string }[] = [];
  /** What the core makes of what is asked of it; and what its cases are. */
  const core = {
    take: async (_: Command): Promise<CommandReply> => ({ ok: true }),
    cases: new Map<string, Case>(),
  };
  /** What the next one who reads this key waits for when they have read it. */
  const held = new Map<string, () => Promise<void>>();
  const made: HomeDoor = homeDoor({
    secret,
    publicUrl: undefined,
    records: {
      meta: async (key) => {
        const value = meta.get(key);
        const wait = held.get(key);
        held.delete(key);
        await wait?.();
        return value;
      },
      metaUnder: async (prefix) =>
        [...meta].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value })),
      saveMeta: async (key, value) => void meta.set(key, value),
      notice: async (id) => notices.get(id),
      case: async (id) => core.cases.get(id) as NumberedCase | undefined,
    },
    registry: () => registry,
    isAsking: () => true,
    submit: async (command, by) => {
      asked.push({ command, by });
      return core.take(command);
    },
    clock,
  });
  const make = async (): Promise<string> => ((await made.make('h1', SON, 30, '周敏'))?.path ?? '').slice(3);
  return { door: made, make, registry, clock, notices, asked, meta, core, held };
}

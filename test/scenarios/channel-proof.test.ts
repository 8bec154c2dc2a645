import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChannelWatch } from '../../src/app/channel-watch.ts';
import { runCli } from '../../src/cli.ts';
import addChannelCommand from '../../src/commands/channel.ts';
import { DAY, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { community } from '../core.ts';
import { Receiver, SECRET } from '../edges/notify-bench.ts';
import { Cards } from '../edges/notify-card-channel.ts';
import { atLength } from '../runs.ts';
import { type TestService, testService } from '../service.ts';
import { WeComRobot } from '../stand-ins/wecom-robot.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
let group: WeComRobot;
let receiver: Receiver;
let service: TestService;

beforeAll(async () => {
  group = await WeComRobot.open(new ManualClock(0), [KEY]);
  receiver = await Receiver.open();
  const zhang = registryEntrySchema.parse({
    noun: 'staff',
    id: 'zhang',
    name: '张敏',
    roles: [{ role: 'technician', node: 'haitang' }],
    channels: [
      { channel: 'duty', address: '13800000001' },
      { channel: 'broken', address: '13800000001' },
      { channel: 'pager', address: 'zhang' },
    ],
  });
  const robot = (id: string, key: string) => ({
    id,
    channel: 'wecom-robot',
    config: { key, origin: group.origin, mentionAll: [] },
  });
  service = await testService({
    entries: [...community({ h1: [] }), zhang],
    service: {
      http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' },
      drill: { schedule: 'off' },
    },
    channels: [
      { id: 'terminal', channel: 'terminal' },
      robot('duty', KEY),
      robot('broken', 'not-the-key'),
      { id: 'platform', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
      { id: 'pager', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
    ],
    notify: {
      routes: [{ kinds: ['technical'], priorities: ['P1', 'P2'], roles: ['technician'] }],
      fallback: { channels: ['terminal'] },
    },
  });
});
afterAll(async () => {
  await service.stop();
  await group[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

async function command(...args: string[]): Promise<string[]> {
  const out: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  const program = new Command().exitOverride();
  addChannelCommand(program);
  await program.parseAsync(['channel', '--data', join(service.dir, 'data'), ...args], { from: 'user' });
  log.mockRestore();
  process.exitCode = 0;
  return out;
}

describe('a test of a channel', () => {
  it('says what the provider answered', async () => {
    const [accepted, never] = await command('test', 'platform', '--wait', '0');
    expect(accepted).toMatch(/^accepted {2}\d+ ms {2}HTTP 204$/);
    expect(never).toBeUndefined();
    const { link } = (JSON.parse(receiver.received.at(-1)?.body ?? '{}') as { data: { link: string } }).data;
    const { pathname } = new URL(link);
    expect(await (await fetch(service.url + pathname)).text()).toContain('已收到');
  });

  // The command asks once a second whether somebody did.
  atLength('says how long a person took to answer', async () => {
    const before = receiver.received.length;
    const answered = command('test', 'platform', '--wait', '30');
    while (receiver.received.length === before) await receiver.arrival();
    const next = (JSON.parse(receiver.received.at(-1)?.body ?? '{}') as { data: { link: string } }).data.link;
    const pressed = await fetch(service.url + new URL(next).pathname, { method: 'POST' });
    expect(await pressed.text()).toMatch(/演练：已收到，用时 \d+ 秒/);
    expect((await answered)[1]).toMatch(/^answered {2}after \d+\.\d s$/);
    const [platform] = (await service.service.channels()).filter(({ id }) => id === 'platform');
    expect(platform).toMatchObject({ lastAcceptedAt: expect.any(Number), lastSeenAt: expect.any(Number) });
  });

  atLength(
    'that the provider refuses names the code, and is no case by itself but for the channel',
    async () => {
      expect(await command('test', 'broken')).toEqual([expect.stringMatching(/^failed {2}\d+ ms {2}93000 /)]);
      const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
      const data = join(service.dir, 'data');
      expect(await runCli(['channel', '--data', data, 'test', 'broken'])).toBe(1);
      process.exitCode = 0;
      expect(await runCli(['channel', '--data', data, 'test', 'duty'])).toBe(0);
      said.mockRestore();
      const cases = async () => (await service.service.records.cases({ paths: [''] }, { limit: 9 })).items;
      await expect
        .poll(async () => (await cases()).map(({ title }) => title.zh))
        .toEqual([expect.stringContaining('通知渠道不可用')]);
      // Told over the channel that works; over the broken one it fails, and that is seen too.
      const told = async () =>
        (
          await service.service.records.notices({ paths: [''], case: `${SERVICE_SUBJECT}.c1` }, { limit: 9 })
        ).items
          .map(({ channel, state }) => `${channel} ${state}`)
          .sort();
      await expect.poll(told).toEqual(['broken failed', 'duty accepted', 'pager accepted']);
      // Before or after the test of that channel: they do not wait for each other.
      expect(group.messages.map(({ content }) => content).join()).toContain('通知渠道不可用');
    },
  );
});

describe('a drill', () => {
  // Nobody is registered with the platform: that is a program. The pager is of the same kind, and somebody carries it.
  it('goes to everybody who is registered, once a day, marked as what it is', async () => {
    const before = group.messages.length;
    expect(await command('drill')).toEqual(['3 notices queued over duty, broken, pager']);
    await expect.poll(() => group.messages.length).toBe(before + 1);
    expect(group.messages.at(-1)).toMatchObject({
      content: expect.stringContaining('演练'),
      mobiles: ['13800000001'],
    });
    expect(await command('drill')).toEqual(['0 notices queued over duty, broken, pager']);
    expect(await command('list')).toContainEqual(
      expect.stringMatching(/^duty {2}wecom-robot {2}accepted \d{4}-/),
    );
  });
});

describe('the watch over channels', () => {
  const watchOf = async (
    meta: Map<string, string>,
    clock: ManualClock,
    cards: Pick<Cards, 'configured'>,
    told: readonly string[] = [],
  ) =>
    ChannelWatch.from({
      records: {
        meta: async (key) => meta.get(key),
        saveMeta: async (key, value) => void meta.set(key, value),
      },
      channels: new Map([['cards', cards.configured()]]),
      staff: () => [{ channels: told.map((channel) => ({ channel, address: '1' })) }],
      clock,
      wall: clock,
      awayMs: 10 * MINUTE,
      failingMs: 30 * MINUTE,
      provenDays: 14,
    });
  const lane = { id: 'cards', channel: 'cards', inFlight: 0, accepted: 0, retried: 0, failed: 0, waitMs: 0 };

  it('remembers over a restart what was proven, and says when that is too long ago', async () => {
    const [meta, clock] = [new Map<string, string>(), new ManualClock(0)];
    const first = await watchOf(meta, clock, new Cards());
    first.looksAt(() => [{ ...lane, lastAcceptedAt: 5 * DAY }]);
    clock.set(13 * DAY);
    expect(first.unproven()).toBeUndefined();
    await first.keep();
    const second = await watchOf(meta, clock, new Cards());
    expect(second.proofs.get('cards')).toEqual({ since: 0, lastAcceptedAt: 5 * DAY });
    second.looksAt(() => [{ ...lane, ...second.proofs.get('cards') }]);
    clock.set(19 * DAY - 1);
    expect(second.unproven()).toBeUndefined();
    clock.set(19 * DAY);
    expect(second.unproven()).toEqual({ since: 5 * DAY, values: { channels: 'cards', detail: '14' } });
  });

  it('asks a proof of a telephone that rings at people, and none of a program', async () => {
    const clock = new ManualClock(0);
    const one = new Cards().configured();
    const phone = {
      configured: () => ({ ...one, definition: { ...one.definition, digests: false as const } }),
    };
    const unproven = async (told: readonly string[]) => {
      const watch = await watchOf(new Map(), clock, phone, told);
      clock.advance(15 * DAY);
      watch.looksAt(() => [lane]);
      return watch.unproven()?.values.channels;
    };
    expect(await unproven(['cards'])).toBe('cards');
    expect(await unproven(['duty'])).toBeUndefined();
  });

  it('says that a provider fails after half an hour of nothing else, and at once where a P1 waits for it', async () => {
    const [meta, clock] = [new Map<string, string>(), new ManualClock(0)];
    const watch = await watchOf(meta, clock, new Cards());
    const failing = { since: 0, attempts: 3, detail: 'ECONNREFUSED' };
    watch.looksAt(() => [{ ...lane, failing }]);
    clock.set(30 * MINUTE - 1);
    expect(watch.failing()).toBeUndefined();
    const fact = { since: 0, values: { channels: 'cards', detail: 'ECONNREFUSED', key: 'cards' } };
    watch.looksAt(() => [{ ...lane, failing: { ...failing, grave: true } }]);
    expect(watch.failing()).toEqual(fact);
    clock.set(30 * MINUTE);
    watch.looksAt(() => [{ ...lane, failing }]);
    expect(watch.failing()).toEqual(fact);
    watch.looksAt(() => [{ ...lane, failing: { ...failing, attempts: 2 } }]);
    expect(watch.failing()).toBeUndefined();
    // A restart in the middle begins nothing anew, and ends nothing.
    watch.looksAt(() => [{ ...lane, failing }]);
    await watch.keep(true);
    expect((await watchOf(meta, clock, new Cards())).proofs.get('cards')).toMatchObject({ failing });
  });

  it('remembers over a restart that a channel is refused, until it is configured anew or works', async () => {
    const [meta, clock] = [new Map<string, string>(), new ManualClock(0)];
    const downAfter = async (cards: Pick<Cards, 'configured'>) => {
      const watch = await watchOf(meta, clock, cards);
      watch.looksAt(() => [{ ...lane, ...watch.proofs.get('cards') }]);
      return watch.down()?.values.detail;
    };
    const first = await watchOf(meta, clock, new Cards());
    const problem = { at: 3, failure: 'channel-misconfigured', detail: '93000' } as const;
    first.looksAt(() => [lane]);
    await first.keep();
    // It is stored at once: a crash within the next half minute would end the finding.
    first.looksAt(() => [{ ...lane, problem }]);
    await first.keep();
    expect(await downAfter(new Cards())).toBe('93000');
    const mended = { configured: () => ({ ...new Cards().configured(), config: { key: 'another' } }) };
    expect(await downAfter(mended)).toBeUndefined();
    first.looksAt(() => [lane]);
    await first.keep();
    expect(await downAfter(new Cards())).toBeUndefined();
  });

  it('calls a channel down when its connection is lost for long, or its provider refuses us', async () => {
    const clock = new ManualClock(0);
    const watch = await watchOf(new Map(), clock, new Cards());
    const session = { connected: false, since: 0, detail: 'kicked' };
    watch.looksAt(() => [{ ...lane, session }]);
    expect(watch.down()).toBeUndefined();
    clock.set(10 * MINUTE);
    expect(watch.down()).toEqual({ since: 0, values: { channels: 'cards', detail: 'kicked' } });
    const problem = { at: 3, failure: 'channel-misconfigured', detail: '93000' } as const;
    watch.looksAt(() => [{ ...lane, problem }]);
    expect(watch.down()).toEqual({ since: 3, values: { channels: 'cards', detail: '93000' } });
    watch.looksAt(() => [{ ...lane, problem: { ...problem, failure: 'provider-busy' } }]);
    expect(watch.down()).toBeUndefined();
  });
});

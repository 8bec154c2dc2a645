import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { askService, type Control, runningService } from '../api/control.ts';
import { dataFolder } from '../app/named-service.ts';
import { configOption, dataOption, UsageError } from '../cli.ts';
import { tell } from '../cli-words.ts';
import type { Notice } from '../model/notice.ts';
import type { ChannelInfo, DrillReport } from '../ports/service.ts';

interface Tested {
  readonly ok: boolean;
  readonly detail: string;
  readonly failure?: string;
  readonly ms: number;
  readonly notice?: string;
}

interface TestOptions {
  readonly address: string;
  readonly wait: string;
  readonly json?: boolean;
}

const ASK_EVERY_MS = 1_000;

/** `channel list|test|drill`: asks the service that runs on this machine. */
export default function addChannelCommand(program: Command): void {
  const channel = program
    .command('channel')
    .description('the ways of telling people: what is known of each, and whether it works')
    .addOption(configOption())
    .addOption(dataOption());
  const service = async (): Promise<Control> => {
    const data = await dataFolder(channel.opts<{ data?: string; config: string }>());
    const running = await runningService(data);
    if (!running)
      throw new UsageError({
        zh: `${data} 上没有服务在运行；用 --data 指定其文件夹`,
        en: `no service runs on ${data}; --data names its folder`,
      });
    return running;
  };

  channel
    .command('list')
    .description('all channels, and when each was last proven to work')
    .option('--json', 'a JSON array on standard output')
    .action(async ({ json }: { json?: boolean }) => {
      const { items } = await askService<{ items: ChannelInfo[] }>(await service(), 'GET', '/channels');
      if (json) console.log(JSON.stringify(items, null, 2));
      else for (const one of items) console.log(lineOf(one));
    });

  channel
    .command('test <id>')
    .description(
      'send a test over a channel; says what the provider answered and how long a person took to answer',
    )
    .option('--address <address>', 'to this address of the channel', '')
    .option('--wait <seconds>', 'wait so long for somebody to tap the button or the link', '0')
    .option('--json', 'one JSON object on standard output')
    .action(async (id: string, { address, wait: seconds, json }: TestOptions) => {
      const waitS = Number(seconds);
      if (!Number.isInteger(waitS) || waitS < 0 || waitS > 3_600)
        throw new UsageError({
          zh: '--wait 须为秒数，最多 3600',
          en: '--wait is a number of seconds, 3600 at most',
        });
      const control = await service();
      const path = `/channels/${encodeURIComponent(id)}/test`;
      const tested = await askService<Tested>(control, 'POST', path, { address });
      const seenMs = tested.ok ? await seenAfter(control, tested.notice, waitS) : undefined;
      if (json) console.log(JSON.stringify({ ...tested, ...(seenMs === undefined ? {} : { seenMs }) }));
      else console.log(`${tested.ok ? 'accepted' : 'failed'}  ${tested.ms} ms  ${tested.detail}`);
      if (!json && seenMs !== undefined) console.log(`answered  after ${(seenMs / 1000).toFixed(1)} s`);
      else if (!json && tested.ok && waitS > 0) console.log(`answered  by nobody within ${waitS} s`);
      if (tested.failure === 'recipient-invalid' && address === '')
        tell({
          zh: '此渠道没有默认接收人：用 --address 写明一个地址',
          en: 'this channel has no recipient of its own: say one with --address',
        });
      if (!tested.ok) process.exitCode = 1;
    });

  channel
    .command('drill')
    .description('send the drill of today over all channels, as far as it was not sent yet')
    .action(async () => {
      const { queued, left, channels } = await askService<DrillReport>(
        await service(),
        'POST',
        '/channels/drill',
      );
      console.log(`${queued} notices queued over ${channels.join(', ') || 'no channel'}`);
      if (left > 0)
        tell({
          zh: `还有 ${left} 条超出一次演练的上限`,
          en: `${left} more are beyond the limit of one drill`,
        });
    });
}

/** Milliseconds until a person answered, if one does in time. */
async function seenAfter(
  control: Control,
  notice: string | undefined,
  waitS: number,
): Promise<number | undefined> {
  const until = Date.now() + waitS * 1000;
  while (notice !== undefined && Date.now() < until) {
    await wait(Math.min(ASK_EVERY_MS, until - Date.now()));
    const now = await askService<Notice>(control, 'GET', `/notices/${encodeURIComponent(notice)}`);
    if (now.seenAt !== undefined) return now.seenAt - now.createdAt;
  }
  return undefined;
}

function lineOf(one: ChannelInfo): string {
  const { id, channel, lastAcceptedAt, lastDeliveredAt, lastSeenAt, problem, session } = one;
  const times = [
    ['accepted', lastAcceptedAt],
    ['delivered', lastDeliveredAt],
    ['seen', lastSeenAt],
  ] as const;
  const proof = times.flatMap(([word, at]) =>
    at === undefined ? [] : [`${word} ${new Date(at).toISOString()}`],
  );
  const wrong = [
    ...(session?.connected === false ? [`not connected: ${session.detail}`] : []),
    ...(problem ? [`${problem.failure}: ${problem.detail}`] : []),
  ];
  return [id, channel, proof.join(', ') || 'not proven yet', ...wrong].join('  ');
}

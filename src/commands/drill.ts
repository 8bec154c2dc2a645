import type { Command } from 'commander';
import { askService, type Control, runningService } from '../api/control.ts';
import type { CaseDrillReport } from '../api/routes/drills.ts';
import { dataFolder } from '../app/named-service.ts';
import { configOption, dataOption, UsageError } from '../cli.ts';
import { spoken } from '../cli-words.ts';
import { PRIORITIES } from '../model/alert.ts';
import type { NumberedCase } from '../ports/records.ts';

interface CaseOptions {
  readonly home: string;
  readonly priority: string;
  readonly note: string;
  readonly json?: boolean;
}

/** `drill case|report`: asks the service that runs on this machine. */
export default function addDrillCommand(program: Command): void {
  const drill = program
    .command('drill')
    .description('drills through the whole chain: notices, acknowledgement, steps, outcome, call-back')
    .addOption(configOption())
    .addOption(dataOption());
  const service = async (): Promise<Control> => {
    const data = await dataFolder(drill.opts<{ data?: string; config: string }>());
    const running = await runningService(data);
    if (!running)
      throw new UsageError({
        zh: `${data} 上没有服务在运行；用 --data 指定其文件夹`,
        en: `no service runs on ${data}; --data names its folder`,
      });
    return running;
  };

  drill
    .command('case')
    .description(
      'open a drill case in a home: real people are told, and each message says that it is a drill',
    )
    .requiredOption('--home <id>', 'id of the home')
    .option('--priority <priority>', PRIORITIES.join(', '), 'P2')
    .option('--note <words>', 'what stands in its time line', '')
    .option('--json', 'one JSON object on standard output')
    .action(async ({ home, priority, note, json }: CaseOptions) => {
      if (!PRIORITIES.some((one) => one === priority))
        throw new UsageError({
          zh: `--priority 须为 ${PRIORITIES.join('、')} 之一`,
          en: `--priority is one of ${PRIORITIES.join(', ')}`,
        });
      const path = `/homes/${encodeURIComponent(home)}/drill`;
      const { case: one } = await askService<{ case: NumberedCase }>(await service(), 'POST', path, {
        priority,
        note,
      });
      if (json) console.log(JSON.stringify(one));
      else console.log(`${one.id}  ${one.priority}  ${spoken(one.title)}`);
    });

  drill
    .command('report <case>')
    .description('who was told of a drill, who answered, and after how long')
    .option('--json', 'one JSON object on standard output')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const path = `/cases/${encodeURIComponent(id)}/drill`;
      const report = await askService<CaseDrillReport>(await service(), 'GET', path);
      if (json) console.log(JSON.stringify(report, null, 2));
      else for (const line of linesOf(report)) console.log(line);
    });
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;

function linesOf({ case: one, over, steps, told }: CaseDrillReport): string[] {
  return [
    `${one.id}  ${over ? 'over' : one.status}`,
    ...steps.map(({ what, by, afterMs }) => `${what}  ${by ?? ''}  after ${seconds(afterMs)}`),
    ...told.map(({ name, channel, state, seenMs }) =>
      [
        `told ${name}`,
        channel,
        state,
        ...(seenMs === undefined ? [] : [`seen after ${seconds(seenMs)}`]),
      ].join('  '),
    ),
  ];
}

import type { Command } from 'commander';
import { askService, type Control, runningService } from '../api/control.ts';
import type { CaseDrillReport } from '../api/drill-report.ts';
import { dataFolder } from '../app/named-service.ts';
import { configOption, dataOption, UsageError } from '../cli.ts';
import { spoken } from '../cli-words.ts';
import { PRIORITIES } from '../model/alert.ts';
import type { CaseStatus } from '../model/case.ts';
import type { Text } from '../model/text.ts';
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

const text = (zh: string, en: string): Text => ({ zh, en });

const STEPS: Readonly<Record<CaseDrillReport['steps'][number]['what'], Text>> = {
  taken: text('接手', 'taken'),
  'on-the-way': text('出发', 'on the way'),
  reached: text('联系上', 'reached'),
  'on-site': text('到场', 'on site'),
  resolved: text('处置', 'resolved'),
  'called-back': text('回访', 'called back'),
};

const STATES: Readonly<Record<CaseDrillReport['told'][number]['state'], Text>> = {
  queued: text('等待发送', 'waits to be sent'),
  accepted: text('渠道已接收，未证实看到', 'taken by the channel, not known to be seen'),
  delivered: text('已送达，未证实看到', 'delivered, not known to be seen'),
  seen: text('已看到', 'seen'),
  withdrawn: text('有人接手，未再发送', 'not sent any more: somebody had it'),
  failed: text('未送达', 'not delivered'),
};

const CASES: Readonly<Record<CaseStatus, Text>> = {
  open: text('尚无人接手', 'nobody has taken it'),
  acknowledged: text('已有人接手', 'somebody has it'),
  resolved: text('已处置，待回访', 'resolved, to be called back'),
  'struck-off': text('已结束', 'over'),
};

function linesOf({ case: one, steps, told }: CaseDrillReport): string[] {
  const after = (ms: number): Text => {
    const seconds = (ms / 1000).toFixed(0);
    return text(`${seconds} 秒`, `${seconds} s`);
  };
  return [
    `${one.id}  ${spoken(CASES[one.status])}`,
    ...steps.map(({ what, by, afterMs }) => {
      const { zh, en } = after(afterMs);
      return [spoken(STEPS[what]), by, spoken(text(`${zh}后`, `after ${en}`))].filter(Boolean).join('  ');
    }),
    ...told.map(({ name, channel, notices, state, seenMs }) => {
      const seen = seenMs === undefined ? undefined : after(seenMs);
      const when = seen ? text(`，${seen.zh}后`, ` after ${seen.en}`) : text('', '');
      return [
        name === channel ? name : `${name}  ${channel}`,
        spoken(text(`通知 ${notices} 次`, notices === 1 ? 'called once' : `called ${notices} times`)),
        spoken(text(`${STATES[state].zh}${when.zh}`, `${STATES[state].en}${when.en}`)),
      ].join('  ');
    }),
  ];
}

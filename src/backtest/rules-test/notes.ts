import type { Core } from '../../app/core.ts';
import type { CommandReply } from '../../model/command.ts';
import { ERRORS } from '../../model/errors.ts';
import type { Report } from '../../model/message.ts';
import { REJECTION_REASONS, type RejectionReason } from '../../model/rejection.ts';
import type { Text } from '../../model/text.ts';
import { type WatchState, watchesOf } from '../../rules/watch.ts';
import type { Entry } from './series.ts';
import type { TestTimes } from './times.ts';

/** Where the rule would find something, has, or people said so: its silence is an answer. */
const ABLE: ReadonlySet<WatchState> = new Set(['watching', 'open', 'resolved']);

type Unable = Exclude<WatchState, 'watching' | 'open' | 'resolved'>;

/** In the words that the console has for them. */
const WHY: Readonly<Record<Unable, Text>> = {
  'no-device': { zh: '没有设备', en: 'no device measures what it needs' },
  'never-reported': { zh: '从未上报', en: 'its device never reported' },
  'gateway-silent': { zh: '网关无数据', en: 'no data from the gateway' },
  'device-silent': { zh: '设备无数据', en: 'no data from the device' },
  'not-enrolled-yet': {
    zh: '登记时间在未来，读数不采纳',
    en: 'enrolled in the future: its readings are refused',
  },
  'not-measuring': { zh: '有通信，无可用读数', en: 'its device speaks and measures nothing' },
  failed: { zh: '运行出错，已从头开始', en: 'it failed, and began anew' },
  'not-worn': { zh: '未佩戴', en: 'not worn' },
  charging: { zh: '充电中', en: 'on the charger' },
  away: { zh: '外出', en: 'the home is away' },
  'area-outage': { zh: '整栋停水停电', en: 'the whole building is cut off' },
  'not-armed': { zh: '刚登记，尚未启用', en: 'enrolled too recently' },
  'too-coarse': { zh: '水表分度过大', en: 'meter counts too coarsely' },
  'too-sparse': { zh: '读数间隔过长', en: 'readings too far apart' },
  'too-little-use': { zh: '用水天数太少', en: 'too little use so far' },
  'exit-unseen': { zh: '走出卫生间时看不到人', en: 'nobody would be seen to leave the bathroom' },
  'outside-hours': { zh: '非时段', en: 'outside its hours' },
  learning: { zh: '学习中', en: 'what is usual is not known yet' },
  'no-visits': { zh: '未设走访类别，也没有走访记录', en: 'no visit class and no visit recorded' },
  'switched-off': { zh: '本户已停用', en: 'switched off here' },
};

/**
 * Why rules that raised nothing could find nothing at the end of the story: a test of them that passes proves little.
 * Where all rules count it is told only if not one of them could: of a whole set some always have no device.
 */
export function whyUnable(
  core: Core,
  only: readonly string[] | undefined,
  spoke: ReadonlySet<string>,
): Text[] {
  // The last moment of the story, and not the first behind it: an absence until its end is one to the end.
  const last = core.now - 1;
  const watches = [...core.subjects.values()].flatMap((subject) => watchesOf(core.engine, subject, last));
  const rules = only ?? [...new Set(watches.map(({ rule }) => rule))];
  const unable = rules.flatMap((rule) => {
    const states = watches.filter((watch) => watch.rule === rule).map(({ state }) => state);
    const [state] = states;
    if (state === undefined || spoke.has(rule) || states.some((each) => ABLE.has(each))) return [];
    const why = WHY[state as Unable];
    return [
      {
        zh: `结束时 ${rule} 不可能发现任何情况：${state}（${why.zh}）`,
        en: `${rule} could find nothing at the end: ${state} (${why.en})`,
      },
    ];
  });
  return only !== undefined || unable.length === rules.length ? unable : [];
}

/** A visit or change that the service would not record. */
export function notRecorded(visit: string, reply: CommandReply): Text[] {
  if (reply.ok) return [];
  const { code } = reply.failure;
  const { zh, en } = ERRORS[code];
  return [
    {
      zh: `visits[${visit}] 没有登记：${code}（${zh}）`,
      en: `visits[${visit}] not recorded: ${code} (${en})`,
    },
  ];
}

/** Messages that belong to the story by their series, and would come after it. */
export function afterTheEnd(count: number): Text[] {
  if (count === 0) return [];
  const en = count === 1 ? 'message would come' : 'messages would come';
  return [{ zh: `${count} 条报文晚于结束时间，没有播放`, en: `${count} ${en} after the end, and did not` }];
}

interface First {
  readonly at: number;
  readonly device: string;
  readonly said: string;
}

/** What the service would not have taken, counted by its reason, with the first of each. */
export class RefusedReports {
  readonly #times: TestTimes;
  readonly #found = new Map<RejectionReason, { readonly first: First; count: number }>();

  constructor(times: TestTimes) {
    this.#times = times;
  }

  add(
    {
      receivedAt,
      device,
      readings = [],
      events = [],
    }: Pick<Report, 'receivedAt' | 'device'> & Partial<Pick<Report, 'readings' | 'events'>>,
    refusals: readonly { readonly reason: RejectionReason }[],
    entry?: Entry,
  ): void {
    for (const { reason } of refusals) {
      const found = this.#found.get(reason);
      if (found) {
        found.count++;
        continue;
      }
      const said = entry
        ? Object.entries(entry).filter(([key]) => key !== 'at')
        : [
            ...readings.map(({ metric, value }) => [metric, value]),
            ...events.map(({ event }) => ['event', event]),
          ];
      const first = { at: receivedAt, device, said: said.map((each) => each.join(' ')).join(', ') };
      this.#found.set(reason, { first, count: 1 });
    }
  }

  notes(): Text[] {
    return [...this.#found].map(([reason, { first, count }]) => {
      const { zh, en } = REJECTION_REASONS[reason];
      const what = `${reason} × ${count}`;
      const where = `${first.device} ${this.#times.shown(first.at)}, ${first.said}`;
      return {
        zh: `没有采纳：${what}（${zh}），首次：${where}`,
        en: `not taken: ${what} (${en}), first: ${where}`,
      };
    });
  }
}

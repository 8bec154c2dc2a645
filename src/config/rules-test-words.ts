import type { Line } from './problem-lines.ts';

const WHAT: Readonly<Record<string, string>> = {
  'device model': '设备型号',
  home: '住户',
  device: '设备',
  rule: '规则',
};

/** What is wrong with a story of `rules test`, in Chinese: see `src/backtest/rules-test/checks.ts`. */
export const RULES_TEST_WORDS: readonly Line[] = [
  [/^(".*") is no IANA time zone, such as (\S+)$/, (zone, such) => `${zone} 不是 IANA 时区，例如 ${such}`],
  [
    /^(".*") is no time such as (\S+) or (.*)$/,
    (time, day, hour) => `${time} 不是时间；应如 ${day} 或 ${hour}`,
  ],
  [
    /^(".*") is no duration such as (.*) or (\S+)$/,
    (span, such, day) => `${span} 不是时长；应如 ${such} 或 ${day}`,
  ],
  [
    /^no (device model|home|device|rule) ("[^"]*")( in the rules of this test)?; did you mean (".*")\?$/,
    (what, name, here, close) =>
      `${here ? '本测试的规则中' : ''}没有${WHAT[what ?? '']} ${name}；是否想写 ${close}？`,
  ],
  [
    /^no (device model|home|device|rule) ("[^"]*")( in the rules of this test)?; there are (.*)$/,
    (what, name, here, known) =>
      `${here ? '本测试的规则中' : ''}没有${WHAT[what ?? '']} ${name}；可用：${known}`,
  ],
  [
    /^rule (".*") is not enabled; switch it on with an override$/,
    (rule) => `规则 ${rule} 没有启用；请用 overrides 启用它`,
  ],
  [/^rule (".*") is not among those in "only"$/, (rule) => `规则 ${rule} 不在 "only" 之中`],
  [/^which device\? there are (.*)$/, (known) => `是哪台设备？可用：${known}`],
  [/^(".*") is not after the start of the story$/, (time) => `${time} 不晚于故事的开始`],
  [/^(".*") is not after (".*")$/, (until, from) => `${until} 不晚于 ${from}`],
  [/^(".*") lies before the story begins$/, (time) => `${time} 早于故事的开始`],
  [/^(".*") lies after the story ends \((".*")\)$/, (time, until) => `${time} 晚于故事的结束（${until}）`],
  [/^lies before the visit itself$/, () => '早于走访本身'],
  [/^wants either a result or a change$/, () => '须写 result 或 change，且只写其一'],
  [/^(".*") lies before it is raised$/, (time) => `${time} 早于告警时间`],
  [
    /^goes with "cleared": an alert that is open has none$/,
    () => '须与 "cleared" 同时写：未解除的告警没有解除原因',
  ],
  [/^neither values nor an event$/, () => '既没有 values 也没有 event'],
  [
    /^a (\S+) has no (metric|event) (".*"); it has (.*)$/,
    (model, what, name, known) => {
      const kind = what === 'metric' ? '指标' : '事件';
      return `型号 ${model} 没有${kind} ${name}；${known === 'none' ? `它没有任何${kind}` : `可用：${known}`}`;
    },
  ],
  [
    /^a series with "every" needs "until", or a list of values$/,
    () => '写了 "every" 就须写 "until"，或写一列数值',
  ],
  [/^(".*") lies before what is measured$/, (time) => `${time} 早于测量时间`],
  [
    /^(\d+) reports are more than (\d+) in one series: look at "every" and "until"$/,
    (count, most) => `一个 series 有 ${count} 条上报，超过 ${most} 条：请检查 "every" 和 "until"`,
  ],
  [/^sends nothing: every value of it is absent$/, () => '什么也不发送：所有数值都缺失'],
  [/^takes nothing away: nothing would be sent then$/, () => '没有作用：这段时间本来就不发送'],
];

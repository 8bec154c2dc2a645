import { METRICS } from './metrics.ts';

/**
 * What a refusal says beside its reason, for a reader of Chinese. The detail is written once, in English, where the message
 * is refused, and stored so; the usual ones have words here, and what an unusual one says (a field of a platform, a byte
 * of a frame) stays as it is, beside the reason, which always has its words.
 */
const WORDS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^(\w+) at (\S+)$/, (metric = '', at = '') => `${metricName(metric)}，时间 ${at}`],
  [/^(\w+) (\S+) again$/, (metric = '', value = '') => `${metricName(metric)} ${value} 重复`],
  [/^the same report again$/, () => '同一条上报重复'],
  [/^(\S+) m³, waiting for the next reading$/, (value = '') => `${value} m³，等待下一次读数确认`],
  [/^(\S+) m³ belongs to the meter before$/, (value = '') => `${value} m³ 属于更换前的水表`],
  [
    /^(\w+): (\S+) is not within (\S+) to (\S+)$/,
    (metric = '', value = '', min = '', max = '') =>
      `${metricName(metric)} ${value}，应在 ${min} 至 ${max} 之间`,
  ],
  [/^event (.*)$/s, (name = '') => `事件 ${name}`],
  [/^expected an object, found (.*)$/s, (found = '') => `应为 JSON 对象，收到的是 ${found}`],
  [/^no metric and no event$/, () => '没有任何指标或事件'],
  [/^nothing that this model measures$/, () => '没有此型号测量的内容'],
  [/^(\S+): the model of this device does not tell it$/, (event = '') => `${event}：此设备的型号不会上报`],
  [/^values that the broker had kept$/, () => 'broker 保留的旧消息'],
  [/^a frame of (\d+) bytes$/, (bytes = '') => `报文 ${bytes} 字节`],
  [
    /^(device|gateway|service) (\S+) may not publish here$/,
    (kind = '', id = '') => `${SENDERS[kind] ?? kind} ${id} 无权在此主题发布`,
  ],
  [/^(\S+) may not speak for (\S+)$/, (sender = '', id = '') => `${sender} 无权代 ${id} 上报`],
  [
    /^(\d+) of (\d+) (readings|events) \((\d+) of a message\)$/,
    (left = '', found = '', what = '', most = '') =>
      `${found} 条${KINDS[what] ?? what}中有 ${left} 条未取（一条消息至多 ${most} 条）`,
  ],
  [
    /^(data|payload|frm_payload|hex of .*) is not (base64|hex|hexadecimal)$/,
    (field = '', form = '') => `${field} 不是 ${form}`,
  ],
  [/^an uplink without device bytes$/, () => '上行消息中没有设备数据'],
  [/^Unexpected end of JSON input$/, () => 'JSON 不完整'],
];

const SENDERS: Readonly<Record<string, string>> = { device: '设备', gateway: '网关', service: '服务账号' };
const KINDS: Readonly<Record<string, string>> = { readings: '读数', events: '事件' };

const metricName = (name: string): string =>
  Object.hasOwn(METRICS, name) ? METRICS[name as keyof typeof METRICS].title.zh : name;

/** The same detail in Chinese, as far as there are words. */
export function chineseOfDetail(detail: string): string {
  for (const [form, words] of WORDS) {
    const parts = form.exec(detail);
    if (parts) return words(...parts.slice(1));
  }
  return detail;
}

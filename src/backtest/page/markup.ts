import type { About } from '../../model/alert.ts';
import type { Text } from '../../model/text.ts';
import type { Interval } from '../bootstrap.ts';
import type { IncidentAbout } from '../truth.ts';

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Text in both languages; the switch at the top of the page shows one. Already escaped markup is let through. */
export const say = (zh: string, en: string): string =>
  `<span class="zh" lang="zh">${zh}</span><span class="en" lang="en">${en}</span>`;

export const sayText = ({ zh, en }: Text): string => say(escaped(zh), escaped(en));

/** For places that hold no markup, such as tooltips. */
export const both = (zh: string, en: string): string => escaped(zh === en ? zh : `${zh} / ${en}`);

export const section = (id: string, title: string, body: string): string =>
  `<section id="${id}"><h2>${title}</h2>${body}</section>`;

export const note = (body: string): string => `<p class="note">${body}</p>`;

/** `12,345.7`; as many decimals as the size of the number needs. */
export function amount(value: number): string {
  const decimals = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals });
}

export const percent = (share: number): string => {
  const value = 100 * share;
  return `${value === 100 || value === 0 || (value >= 10 && value <= 90) ? Math.round(value) : value.toFixed(1)} %`;
};

/** A length of time as people say it: `36 s`, `12 min`, `18.5 h`. */
export function lengthOf(hours: number): Text {
  const seconds = hours * 3600;
  if (seconds < 60) return { zh: `${Math.round(seconds)} 秒`, en: `${Math.round(seconds)} s` };
  if (seconds < 3600) return { zh: `${Math.round(seconds / 60)} 分`, en: `${Math.round(seconds / 60)} min` };
  const whole = hours < 100 ? hours.toFixed(1) : String(Math.round(hours));
  return { zh: `${whole} 小时`, en: `${whole} h` };
}

export const range = (interval: Interval | undefined, shown: (value: number) => string): string =>
  interval ? `<small>${shown(interval[0])} – ${shown(interval[1])}</small>` : '';

export const ABOUT_TEXT: Readonly<Record<IncidentAbout | About, Text>> = {
  person: { zh: '老人', en: 'person' },
  home: { zh: '住房', en: 'home' },
  device: { zh: '设备', en: 'device' },
  area: { zh: '区域', en: 'area' },
  nothing: { zh: '无事', en: 'nothing wrong' },
};

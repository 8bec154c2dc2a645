import type { DeviceSettings } from './registry.ts';

/** A key or an id that is all digits is text: as a number it would lose its zeros. */
const NUMBER = /^-?(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?$/;

/** What somebody wrote, and the first pair in it that is none. */
export interface WrittenSettings {
  readonly settings: DeviceSettings;
  readonly wrong?: string;
}

/** `litres_per_pulse=10; key=00ff…`, as in CSV, in the console and on the command line. */
export function parseSettings(text: string): WrittenSettings {
  const settings: DeviceSettings = {};
  for (const pair of text.split(';').filter((part) => part.trim() !== '')) {
    const [, key, value] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (key === undefined || value === undefined) return { settings, wrong: pair.trim() };
    settings[key] = NUMBER.test(value) ? Number(value) : value;
  }
  return { settings };
}

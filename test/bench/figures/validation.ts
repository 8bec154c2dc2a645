import type { z } from 'zod';
import waterMeter from '../../../devices/water-meter.ts';
import wristband from '../../../devices/wristband.ts';
import type { DeviceDefinition } from '../../../src/devices/define.ts';
import { compileCheck } from '../../../src/devices/native.ts';
import { type Figure, interleaved, type Row, ratios, shown, spread } from '../figure.ts';
import { BAND_TEXT, METER_TEXT } from '../readings.ts';

const GOAL = 0.2;
const PAYLOADS: readonly (readonly [DeviceDefinition, string])[] = [
  [waterMeter, METER_TEXT],
  [wristband, BAND_TEXT],
];

/** The check that is compiled from the schema, on what JSON.parse made; against JSON.parse of the same payload. */
export const validation: Figure = {
  name: 'validation',
  title: 'Validation of a reading',
  linuxOnly: false,
  async run({ quick, say }) {
    const calls = quick ? 100_000 : 400_000;
    const check = timing(calls, ([model, payload]) => {
      const fits = compileCheck(model.payload as z.ZodType);
      const entry: unknown = JSON.parse(payload);
      if (!fits(entry)) throw new Error(`the check refuses ${payload}`);
      if (fits({ ...(entry as object), battery_pct: 101 })) throw new Error('the check lets 101 % pass');
      return () => fits(entry);
    });
    const parse = timing(
      calls,
      ([, payload]) =>
        () =>
          JSON.parse(payload) !== null,
    );
    check();
    parse();
    const [checked = [], parsed = []] = await interleaved(quick ? 7 : 15, [
      async () => check(),
      async () => parse(),
    ]);
    const ratio = ratios(checked, parsed);
    say(`check ${shown(spread(checked), 0)} ns, JSON.parse ${shown(spread(parsed), 0)} ns`);
    const row: Row = {
      what: 'Validation of a native reading, against JSON.parse of its text',
      goal: `≤ ${GOAL} ×`,
      result: `${shown(ratio)} ×`,
      met: ratio.median <= GOAL,
      numbers: { ratio: ratio.median, checkNs: checked, parseNs: parsed },
      notes: [
        `check ${shown(spread(checked), 0)} ns, JSON.parse ${shown(spread(parsed), 0)} ns, CPU time, half meters and half bands`,
      ],
    };
    return [row];
  },
};

/** CPU nanoseconds a call, over both payloads. Each call's result is used, so that none is left out. */
function timing(calls: number, make: (of: (typeof PAYLOADS)[number]) => () => boolean): () => number {
  const [meter, band] = PAYLOADS.map(make) as [() => boolean, () => boolean];
  return () => {
    let right = 0;
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) {
      if (meter()) right++;
      if (band()) right++;
    }
    const { user, system } = process.cpuUsage(before);
    if (right !== 2 * calls) throw new Error(`${2 * calls - right} calls failed`);
    return ((user + system) * 1000) / (2 * calls);
  };
}

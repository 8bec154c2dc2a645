import { fileURLToPath } from 'node:url';
import { loadFolder } from '../src/lib/folder-loader.ts';
import type { Random } from '../src/lib/random.ts';
import { assert } from '../src/lib/result.ts';
import type { MetricName } from '../src/model/metrics.ts';
import type { Text } from '../src/model/text.ts';
import type { Span } from './people/day.ts';
import type { DeviceReport } from './report.ts';

export type Send = (report: DeviceReport) => void;

/** A fault at work on one device. */
export interface FaultRun {
  /** Takes what the device says and sends on what is left of it: nothing, once, twice, later, changed. Never earlier. */
  pass(report: DeviceReport, send: Send): void;
  /** When the device is silent because of it: told in the truth. */
  readonly outages?: readonly Span[];
}

/** One way in which devices and lines go wrong is one file in `simulators/faults/`. */
export interface FaultDefinition {
  readonly fault: string;
  readonly title: Text;
  readonly summary: Text;
  /** A device's own fault is done before those of the line it speaks over. */
  readonly stage: 'device' | 'line';
  /** What the rate counts. */
  readonly rateOf: Text;
  /** It counts so many of all there are, so that more than 1 makes no sense; else times a year. */
  readonly isShare: boolean;
  /** The rate where none is given. */
  readonly rate: number;
  /** Does it belong into the truth as an incident of this name? Its outages do then. */
  readonly silences: boolean;
  /** What sinks before it does so, and for how long: whoever is told then is not told for nothing. */
  readonly sinks?: { readonly metric: MetricName; readonly forMs: number };
  readonly start: (context: FaultContext) => FaultRun;
}

/** One device during one simulation. The random numbers are this fault's on this device, and nobody else's. */
export interface FaultContext {
  readonly rate: number;
  readonly random: Random;
  readonly device: 'water-meter' | 'wristband';
  readonly from: number;
  readonly to: number;
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineFault(definition: FaultDefinition): FaultDefinition {
  return definition;
}

export type Faults = ReadonlyMap<string, FaultDefinition>;

const FOLDER = fileURLToPath(new URL('./faults', import.meta.url));

/** Loads one definition a file. @throws if a file holds something else, or two files the same fault. */
export async function loadFaults(folder = FOLDER): Promise<Faults> {
  const faults = new Map<string, FaultDefinition>();
  for (const { file, definition } of await loadFolder(folder)) {
    const fault = definition as FaultDefinition | undefined;
    assert(fault?.fault && fault.start, `${file} has no fault as its default export`);
    assert(!faults.has(fault.fault), `two faults of the name ${fault.fault}`);
    faults.set(fault.fault, fault);
  }
  return faults;
}

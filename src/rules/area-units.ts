import type { AreaView, DeviceView } from './define.ts';

/** A part of an area that may have one cause in common: the area as a whole, or one of its units. */
export interface AreaPart {
  /** Path of the unit; the area's own for the whole. */
  readonly path: string;
  readonly devices: readonly DeviceView[];
}

/** The area as a whole, then its units one by one (if there are several), with the devices that are of interest. */
export function partsOf(area: AreaView, isOfInterest: (device: DeviceView) => boolean): AreaPart[] {
  const byUnit = new Map<string, DeviceView[]>();
  for (const { device, unit } of area.members()) {
    if (!isOfInterest(device)) continue;
    const here = byUnit.get(unit);
    if (here) here.push(device);
    else byUnit.set(unit, [device]);
  }
  const units = [...byUnit].sort(([a], [b]) => (a < b ? -1 : 1));
  if (units.length === 1) return units.map(([path, devices]) => ({ path, devices }));
  const whole = { path: area.path, devices: units.flatMap(([, devices]) => devices) };
  return [whole, ...units.map(([path, devices]) => ({ path, devices }))];
}

/** What it is called: the building, and the unit if it is only that. */
export function placeName(area: AreaView, part: string): { readonly zh: string; readonly en: string } {
  if (part === area.path) return { zh: area.name, en: area.name };
  const unit = part.slice(area.path.length + 1);
  return { zh: `${area.name} ${unit} 单元`, en: `${area.name}, unit ${unit}` };
}

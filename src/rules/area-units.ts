import type { AreaView, DeviceView } from './define.ts';

/** A part of an area that may have one cause in common: the area as a whole, or one of its units. */
export interface AreaPart {
  /** Path of the unit; the area's own for the whole. */
  readonly path: string;
  readonly devices: readonly DeviceView[];
}

/** The area as a whole, then its units one by one (if there are several), with the devices that are of interest. */
export function partsOf(area: AreaView, isOfInterest: (device: DeviceView) => boolean): AreaPart[] {
  const parts: { path: string; devices: DeviceView[] }[] = [];
  let here: (typeof parts)[number] | undefined;
  area.eachDevice((device, unit) => {
    if (!isOfInterest(device)) return;
    // Homes of a unit mostly stand together, and there are few units.
    if (here?.path !== unit) {
      here = parts.find(({ path }) => path === unit);
      if (!here) {
        here = { path: unit, devices: [] };
        parts.push(here);
      }
    }
    here.devices.push(device);
  });
  if (parts.length === 1) return parts;
  parts.sort((a, b) => (a.path < b.path ? -1 : 1));
  return [{ path: area.path, devices: parts.flatMap(({ devices }) => devices) }, ...parts];
}

/** What it is called: the building, and the unit if it is only that. */
export function placeName(area: AreaView, part: string): { readonly zh: string; readonly en: string } {
  if (part === area.path) return { zh: area.name, en: area.name };
  const unit = part.slice(area.path.length + 1);
  return { zh: `${area.name} ${unit} 单元`, en: `${area.name}, unit ${unit}` };
}

import type { Take } from '../take.ts';
import { takeProperty } from './described.ts';

/** What is kept of a description: the unit of each property, by its path; empty where it has none. */
type Described = Readonly<Record<string, string>>;

/**
 * Homie 5 describes a device in one retained JSON (`$description`), Homie 3 and 4 in a topic for each attribute; values
 * come as text under `<node>/<property>`, and mean nothing without the description.
 *
 * @see https://homieiot.github.io/specification/
 */
export function takeHomie(payload: Uint8Array, take: Take): void {
  const levels = homieLevels(take.context.topic ?? '');
  if (!levels) take.refuse('malformed-payload', 'no topic of Homie');
  const text = Buffer.from(payload).toString('utf8');
  const known = describedOf(take.context.announced);
  const [first = '', second = '', third] = levels;
  if (first === '$description') take.announce(JSON.stringify(descriptionOf(text, take)));
  else if (third === '$unit') take.announce(JSON.stringify({ ...known, [`${first}/${second}`]: text }));
  else if (third === '$datatype') take.announce(JSON.stringify({ [`${first}/${second}`]: '', ...known }));
  else takeValue(`${first}/${second}`, text, known, take);
}

/** What stands behind the id of the device. Undefined: no topic of Homie. */
export function homieLevels(topic: string): readonly string[] | undefined {
  const levels = topic.split('/');
  if (levels[0] !== 'homie') return undefined;
  return levels.slice(/^\d+$/.test(levels[1] ?? '') ? 3 : 2);
}

function takeValue(path: string, text: string, known: Described, take: Take): void {
  const unit = known[path];
  const told = { path, ...(unit ? { unit } : {}), value: text, at: take.at, described: unit !== undefined };
  if (takeProperty(take, told)) return;
  if (unit === undefined) take.reject('not-announced', `no description of ${path.slice(0, 100)} came`);
  else take.reject('unknown-metric', `nothing that is watched: ${path.slice(0, 100)}`);
}

function descriptionOf(text: string, take: Take): Described {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return take.refuse('malformed-json', (error as Error).message);
  }
  if (typeof json !== 'object' || json === null)
    return take.refuse('malformed-payload', '$description is no object');
  return unitsOf(json);
}

/** The unit of each property that a description names; what is not as the convention wants it is passed over. */
export function unitsOf(description: object): Described {
  const units: Record<string, string> = {};
  for (const [node, one] of entriesOf(description, 'nodes'))
    for (const [property, { unit }] of entriesOf(one, 'properties'))
      units[`${node}/${property}`] = typeof unit === 'string' ? unit : '';
  return units;
}

type Fields = Readonly<Record<string, unknown>>;

/** The objects that stand under a name, each with its own. */
function entriesOf(fields: object, name: string): readonly (readonly [string, Fields])[] {
  const inner = (fields as Fields)[name];
  if (typeof inner !== 'object' || inner === null) return [];
  return Object.entries(inner).filter((entry): entry is [string, Fields] => {
    return typeof entry[1] === 'object' && entry[1] !== null;
  });
}

function describedOf(announced: string | undefined): Described {
  return announced === undefined ? {} : (JSON.parse(announced) as Described);
}

import { isObject, jsonOf, type Proposal, placeIn, textIn } from './proposal.ts';

/** `tasmota/discovery/<mac>/config`: the module and its topic. What is wired to it, it does not say here. */
export function announced(topic: string, payload: Uint8Array): readonly Proposal[] {
  if (!/^tasmota\/discovery\/[^/]+\/config$/.test(topic)) return [];
  const json = jsonOf(payload);
  const own = isObject(json) ? textIn(json, 't') : undefined;
  if (!isObject(json) || own === undefined) return [];
  const { fn } = json;
  const friendly = Array.isArray(fn) && typeof fn[0] === 'string' && fn[0] !== '' ? fn[0] : undefined;
  const name = (friendly ?? textIn(json, 'dn') ?? own).slice(0, 120);
  return [
    {
      address: `topic:tasmota/${own}`.toLowerCase(),
      model: 'tasmota',
      name,
      metrics: [],
      ...placeIn(name),
    },
  ];
}

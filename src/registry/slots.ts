import type { Contact, Device, Gateway, Home, RegistryNode, Resident } from '../model/registry.ts';

/** A node with what stands directly below it, by id or path. */
export interface NodeSlot {
  node: RegistryNode;
  readonly nodes: Set<string>;
  readonly homes: Set<string>;
  readonly gateways: Set<string>;
  readonly staff: Set<string>;
}
/** The lists are never changed in place, so that whoever holds one keeps what was true when it asked. */
export interface HomeSlot {
  home: Home;
  path: string;
  residents: readonly Resident[];
  contacts: readonly Contact[];
  devices: readonly Device[];
}
/** A gateway with the ids of what speaks through it; `sorted` until that changes. */
export interface GatewaySlot {
  gateway: Gateway;
  readonly devices: Set<string>;
  sorted: readonly string[] | undefined;
}

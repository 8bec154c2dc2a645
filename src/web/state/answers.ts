import type { RegistryNode } from '../../model/registry.ts';

/** What the API answers. The shapes are the service's own: a change there that breaks the console does not compile. */
export type {
  AssigneeChoice,
  CaseDetail,
  ChannelState,
  DeviceDetail,
  HomeDetail,
  HomeDevice,
  HomeSummary,
  HomeWatched,
  LedgerReply,
  Place,
  SessionReply,
  StatusReply,
} from '../../api/replies.ts';
export type { AnnouncedDevice, CapturedMessage, DeviceModel, Knock } from '../../api/schemas.ts';

export interface PageReply<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
export type { RegistryNode };

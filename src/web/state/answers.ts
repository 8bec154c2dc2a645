import type { RegistryNode } from '../../model/registry.ts';

export type { ImportFar } from '../../api/import-far.ts';
export type { ImportReply } from '../../api/import-outcome.ts';
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
export type {
  AnnouncedDevice,
  CapturedMessage,
  DeviceModel,
  GatewayDetail,
  Knock,
} from '../../api/schemas.ts';

import type { AlertLoadReply } from '../../api/alert-load/schema.ts';
import type { CaseDrillReport } from '../../api/drill-report.ts';
import type {
  DutyShiftReply,
  LeaveOutlookReply,
  RosterFaultReply,
  RosterGapReply,
  RosterReply,
  RosterSummaryReply,
} from '../../api/roster-schemas.ts';
import type { RunningCallTest } from '../../api/routes/call-tests.ts';
import type { EndedLinkReply, HomeLinkReply } from '../../api/routes/home-links.ts';
import type { PrecisionReply, ProposalReply } from '../../api/routes/precision.ts';
import type { SilenceReply } from '../../api/routes/silences.ts';
import type { WatchedHoursReply } from '../../api/routes/watched-hours.ts';

export type {
  AlertLoadReply,
  EndedLinkReply,
  HomeLinkReply,
  LeaveOutlookReply,
  PrecisionReply,
  ProposalReply,
  RosterReply,
  RunningCallTest,
  SilenceReply,
  WatchedHoursReply,
};
export type DrillReply = CaseDrillReport;
export type DutyShift = DutyShiftReply;
export type RosterGap = RosterGapReply;
export interface RosterList {
  readonly items: readonly RosterSummaryReply[];
  readonly lookedAt: number;
  readonly lookedUntil: number;
  readonly gaps: readonly RosterGapReply[];
  readonly faults: readonly RosterFaultReply[];
}

export interface PageReply<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
export type { RegistryNode };

import type { About, Priority } from '../alert.ts';
import type { CaseAction } from '../case-action.ts';
import type { CaseTargets } from '../case-targets.ts';
import type { StaffRole } from '../registry.ts';
import type { Text } from '../text.ts';

/** What makes one kind of case differ from another. A further kind is one more file beside this one. */
export interface CaseKindDefinition {
  /** As people see it. */
  readonly title: Text;
  /** Alerts about these are gathered in the one open case of this kind; none for a kind that people open. */
  readonly abouts: readonly About[];
  /** What people may do with it; every action must still be one that its status allows. */
  readonly actions: readonly CaseAction[];
  /** Priorities at which somebody has to have spoken to or seen the person before it may be resolved. */
  readonly contact: readonly Priority[];
  /** The kind as which config/notify.yaml treats it; itself if absent. */
  readonly likeKind?: string;
  /** Who is told where config/notify.yaml has no line for it. */
  readonly told?: readonly StaffRole[];
  /**
   * Somebody asks for it: told by day however grave, no silence of sensors keeps it back, and where nobody of the policy can
   * be told of it everybody above the home is.
   */
  readonly asked?: true;
  /** It stands in no statistics. */
  readonly uncounted?: true;
  /** Where config/notify.yaml says nothing else. Without a call-back a case is struck off when it is resolved. */
  readonly targets: Readonly<Record<Priority, CaseTargets>>;
}

export const defineCaseKind = <const D extends CaseKindDefinition>(definition: D): D => definition;

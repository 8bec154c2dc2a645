import type { About, Priority } from '../alert.ts';
import type { Text } from '../text.ts';

/** What makes one kind of case differ from another. A further kind is one more file beside this one. */
export interface CaseKindDefinition {
  /** As people see it. */
  readonly title: Text;
  /** Alerts about these are gathered in the one open case of this kind; none for a kind that people open. */
  readonly abouts: readonly About[];
  /** Priorities at which somebody has to have spoken to or seen the person before it may be resolved. */
  readonly contact: readonly Priority[];
}

export const defineCaseKind = <const D extends CaseKindDefinition>(definition: D): D => definition;

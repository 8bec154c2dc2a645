import type { AlertDraft } from '../src/cases/alerts.ts';
import type { CaseContext } from '../src/cases/context.ts';
import type { Steps } from '../src/cases/ladder.ts';
import type { RecipientAddress } from '../src/cases/recipients.ts';
import type { Alert, ClearReason } from '../src/model/alert.ts';
import type { Case } from '../src/model/case.ts';
import { definitionOf } from '../src/model/case-kind.ts';
import type { Effect } from '../src/model/effect.ts';
import type { Notice } from '../src/model/notice.ts';
import { targetsFor } from '../src/model/target-lines.ts';

/** A morning in the demo community. */
export const NOON = Date.UTC(2026, 2, 1, 4);
export const MINUTE = 60_000;

/** What is owed to a case about the person, where nobody configured it otherwise. */
export const SAFETY = definitionOf('safety').targets;

const CALL_BACK_STEPS: Steps = {
  steps: [{ afterMs: MINUTE, roles: ['committee'], channels: [] }],
  repeatEveryMs: 24 * 60 * MINUTE,
};

/** A finding of a rule that has just been raised. */
export function draftOf(id: string, change: Partial<Alert> = {}): AlertDraft {
  return {
    id,
    subject: 'h1',
    home: 'h1',
    path: 'haitang/g1/b3/u2/h1',
    rule: 'B2',
    ruleKind: 'event',
    ruleSetVersion: '1',
    about: 'person',
    priority: 'P2',
    title: { zh: '手环报告跌倒', en: 'The band reports a fall' },
    since: NOON,
    raisedAt: NOON,
    evidence: { text: { zh: '08:30 跌倒', en: 'Fall at 08:30' }, readings: [], values: {} },
    count: 1,
    version: 1,
    history: [],
    ...change,
  };
}

export const ended = (draft: AlertDraft, at: number, clearReason: ClearReason = 'recovered'): AlertDraft => ({
  ...draft,
  clearedAt: at,
  clearReason,
  version: draft.version + 1,
});

export const wayTo = (id: string, channel = 'duty-robot', address = ''): RecipientAddress => ({
  recipient: { kind: 'staff', id, name: id, role: 'grid-worker' },
  channel,
  address,
  fallback: false,
});

export function contextAt(now: number, told: readonly RecipientAddress[] = [wayTo('zhang')]): CaseContext {
  return {
    now,
    subject: {
      id: 'h1',
      home: 'h1',
      path: 'haitang/g1/b3/u2/h1',
      place: { zh: '3号楼2单元501 王秀英', en: 'Building 3, 501 · 王秀英' },
      residents: ['王秀英'],
    },
    recipients: () => told,
    escalation: () => undefined,
    callBackEscalation: () => CALL_BACK_STEPS,
    targets: (of) => targetsFor([], of),
    timeZone: 'Asia/Shanghai',
    assignee: (to) => (to.kind === 'user' ? { name: to.name, ways: [wayTo(to.name)] } : undefined),
    fallback: () => [],
  };
}

export const caseIn = (effects: readonly Effect[]): Case | undefined =>
  effects.flatMap((effect) => (effect.type === 'case' ? [effect.case] : []))[0];
export const noticesIn = (effects: readonly Effect[]): Notice[] =>
  effects.flatMap((effect) => (effect.type === 'notice' ? [effect.notice] : []));
export const linesIn = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.type === 'case' ? effect.entries.map((entry) => entry.type) : []));
export const wordsIn = (effects: readonly Effect[]): string =>
  effects
    .flatMap((effect) => (effect.type === 'case' ? effect.entries.map((entry) => entry.text.en) : []))
    .join('\n');

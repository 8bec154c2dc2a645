import type { DeviceModels } from '../devices/match.ts';
import { DAY } from '../lib/clock.ts';
import { ABOUTS, type About, type Alert } from '../model/alert.ts';
import type { Notice } from '../model/notice.ts';
import type { Device } from '../model/registry.ts';
import type { RuleMode, RuleSet } from '../model/rule-set.ts';
import type { Registry } from '../registry/registry.ts';
import type { RuleKinds } from '../rules/compile.ts';
import { ruleContent } from '../rules/content.ts';
import { BOOTSTRAP_SEED, HomeBootstrap, RESAMPLES } from './bootstrap.ts';
import { byName, countBy, groupBy, round } from './numbers.ts';
import type { RunResult } from './run.ts';
import { type Figures, Scoring } from './scoring.ts';
import { type Foothold, footingOf, looksAtOf, sightsOf } from './sight.ts';
import { type NoticeCounts, noticeCounts, type StaffFigures, staffFigures } from './staff.ts';
import { AFTERMATH_MS, type Incident, type Reads } from './truth.ts';

export interface RuleFigures extends Figures {
  readonly kind: string;
  readonly about: readonly About[];
  /** Of the time between the first and the last reading of what it looks at: for which share that was heard. */
  readonly measuredShare: number;
  /** What staff would have been sent because of it. */
  readonly notices: NoticeCounts;
  /** What the rule looks at is in no recording: that it raised nothing says nothing. */
  readonly notRecorded?: 'visits';
}

export interface Report {
  readonly recording: {
    /** When its first message arrived and its last; null where there is none. */
    readonly from: string | null;
    readonly to: string | null;
    readonly messages: number;
    readonly readings: number;
    /** With --visits: as many as were told. */
    readonly visits?: number;
    readonly rejections: RunResult['rejections'];
    readonly outOfOrder: number;
  };
  readonly ruleSet: string;
  /** What it said: the version is whatever its author wrote. */
  readonly ruleContent: string;
  readonly homes: number;
  /** Homes with devices of which nothing came: nobody watched them. */
  readonly homesNeverHeard: number;
  readonly homeDays: number;
  readonly measuredShare: number;
  readonly incidents: number;
  /** With truth: how it was scored. */
  readonly scoring?: {
    readonly aftermathHours: number;
    readonly intervals: string;
    readonly incidentsByKind: Readonly<Record<string, number>>;
    readonly incidentsByAbout: Readonly<Record<string, number>>;
    /** Homes that the truth names and the registry does not know: what was in them is in no figure of rules. */
    readonly homesUnknown: readonly string[];
    /** Incidents that were over before the recording began, or began after its end: they are in no figure either. */
    readonly incidentsOutside: number;
  };
  /** All alerts about a person together. */
  readonly person: Figures;
  /** All alerts of all rules together. */
  readonly overall: Figures & Pick<Report, 'measuredShare'>;
  readonly rules: Readonly<Record<string, RuleFigures>>;
  /** Rules on trial: they told nobody. */
  readonly shadowRules: Readonly<Record<string, RuleFigures>>;
  readonly cases: Readonly<Record<string, number>>;
  readonly notices: StaffFigures;
}

export interface ReportOptions {
  readonly run: RunResult;
  readonly ruleSet: RuleSet;
  readonly kinds: RuleKinds;
  readonly models: DeviceModels;
  readonly registry: Registry;
  readonly truth: readonly Incident[] | undefined;
}

/** A run, its score and its figures: what the files and pages are made of. */
export interface Scored {
  readonly report: Report;
  readonly run: RunResult;
  readonly scoring: Scoring;
  readonly ruleSet: RuleSet;
}

/** The figures of a run; with truth also recall, delay and false alerts. */
export function scored({ run, ruleSet, kinds, models, registry, truth: given }: ReportOptions): Scored {
  const truth = given?.filter((incident) => isWithin(run, incident));
  const { coverage } = run;
  const homes = [...registry.homes()]
    .filter(({ id }) => registry.devices(id).length > 0)
    .map(({ id }) => {
      const watched = coverage.home(id);
      return { id, days: watched ? coverage.daysOf(watched) : 0 };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const bootstrap = new HomeBootstrap(homes.length);
  const scoring = new Scoring({
    truth: truth?.filter(({ home }) => registry.home(home)),
    homes,
    registry,
    bootstrap,
    measuredIn: measuredBy(registry, models),
    modelOf: (device) => models.get(registry.device(device)?.model ?? ''),
    looksAt: looksAtOf(ruleSet, kinds),
  });
  const isFalse = falseAlerts(run.alerts, scoring);
  const parts = { run, ruleSet, kinds, models, registry, scoring };
  const days = (run.to - run.from) / DAY;
  const measuredShare = round(coverage.measuredShare, 4);
  const report: Report = {
    recording: {
      from: run.messages === 0 ? null : new Date(run.from).toISOString(),
      to: run.messages === 0 ? null : new Date(run.to).toISOString(),
      messages: run.messages,
      readings: run.readings,
      ...(run.visits > 0 ? { visits: run.visits } : {}),
      rejections: byName(run.rejections as Record<string, number>),
      outOfOrder: run.beyondWindow,
    },
    ruleSet: ruleSet.version,
    ruleContent: ruleContent(ruleSet),
    homes: coverage.homes,
    homesNeverHeard: homes.filter(({ id }) => coverage.home(id) === undefined).length,
    homeDays: round(coverage.homeDays, 2),
    measuredShare,
    incidents: truth?.length ?? 0,
    ...(given && truth ? { scoring: scoringOf(truth, registry, given.length - truth.length) } : {}),
    person: scoring.figures(
      run.alerts.filter(({ about }) => about === 'person'),
      ['person'],
    ),
    overall: { ...scoring.figures(run.alerts, ABOUTS), measuredShare },
    rules: ruleFigures(parts, 'active'),
    shadowRules: ruleFigures(parts, 'shadow'),
    cases: countBy(run.cases, ({ kind, priority }) => `${kind} ${priority}`),
    notices: staffFigures({ notices: run.notices, registry, days, ...(truth ? { isFalse } : {}) }),
  };
  return { report, run, scoring, ruleSet };
}

/** What the devices of each home measure, and of what they tell. */
function measuredBy(registry: Registry, models: DeviceModels): (home: string) => Reads {
  return (home) =>
    new Set(
      registry.devices(home).flatMap(({ model }) => {
        const known = models.get(model);
        return known ? [...known.metrics, ...known.events] : [];
      }),
    );
}

function falseAlerts(alerts: readonly Alert[], scoring: Scoring): (id: string) => boolean {
  const wrong = new Set(alerts.filter((alert) => !scoring.isExplained(alert)).map(({ id }) => id));
  return (id) => wrong.has(id);
}

/** Nothing can find what happened while nothing was recorded, and nothing has missed it. */
const isWithin = ({ from, to, messages }: RunResult, incident: Incident): boolean =>
  messages === 0 || (incident.from <= to && incident.to + AFTERMATH_MS >= from);

function scoringOf(
  truth: readonly Incident[],
  registry: Registry,
  incidentsOutside: number,
): NonNullable<Report['scoring']> {
  const unknown = new Set(truth.map(({ home }) => home).filter((home) => !registry.home(home)));
  return {
    aftermathHours: AFTERMATH_MS / 3_600_000,
    intervals: `95 %, bootstrap over homes, ${RESAMPLES} draws, seed ${BOOTSTRAP_SEED}; exact where all or nothing came true`,
    incidentsByKind: countBy(truth, ({ kind }) => kind),
    incidentsByAbout: countBy(truth, ({ about }) => about),
    homesUnknown: [...unknown].sort(),
    incidentsOutside,
  };
}

/** What the figures of single rules are made of. */
type RuleParts = Omit<ReportOptions, 'truth'> & { readonly scoring: Scoring };

/** Every rule that is switched on in this mode, also those that found nothing; by override one may be in both. */
function ruleFigures(parts: RuleParts, mode: RuleMode): Record<string, RuleFigures> {
  const { run, ruleSet, kinds, registry, scoring } = parts;
  const notices = mode === 'shadow' ? new Map<string, Notice[]>() : noticesByRule(run);
  const byRule = groupBy(mode === 'shadow' ? run.shadow : run.alerts, ({ rule }) => rule);
  const sights = sightsOf(ruleSet, kinds);
  const entries = ruleSet.rules.flatMap((rule): [string, RuleFigures][] => {
    const { id, kind, enabled, params, mode: own = 'active' } = rule;
    const raised = byRule.get(id) ?? [];
    if (raised.length === 0 && !(enabled && own === mode)) return [];
    const told = ABOUTS.filter((about) => raised.some((alert) => alert.about === about));
    const usual = (params['about'] as About | undefined) ?? kinds.get(kind)?.about ?? 'person';
    const about = told.length > 0 ? told : [usual];
    const lacks = run.visits === 0 && kinds.get(kind)?.homeDeadline !== undefined;
    const lacking = lacks ? ({ notRecorded: 'visits' } as const) : {};
    return [
      [
        id,
        {
          kind,
          about,
          ...lacking,
          ...watchedBy(rule, raised, parts, (watches) =>
            scoring.figures(raised, about, sights.get(id), watches),
          ),
          notices: noticeCounts(notices.get(id) ?? [], registry),
        },
      ],
    ];
  });
  return byName(Object.fromEntries(entries));
}

/** Figures of a rule, of the homes in which something measures what it looks at, and for how long that was heard. */
function watchedBy<F>(
  rule: RuleSet['rules'][number],
  raised: readonly Alert[],
  { run, ruleSet, kinds, models, registry, scoring }: RuleParts,
  figuresOf: (watches: (home: string) => boolean) => F,
): F & Pick<RuleFigures, 'measuredShare'> {
  const { lists, atLeast } = footingOf(rule, ruleSet, kinds);
  const tells = ({ model, expectedIntervalMs }: Device, { reads, readEveryMs }: Foothold): boolean => {
    const known = models.get(model);
    if (!known || (expectedIntervalMs ?? known.expectedIntervalMs) > readEveryMs) return false;
    return !reads || [...known.metrics, ...known.events].some((name) => reads.has(name));
  };
  const stands = (device: Device, list: readonly Foothold[]): boolean =>
    list.some((foothold) => tells(device, foothold));
  const watches = (home: string): boolean => {
    const here = registry.devices(home);
    return lists.filter((list) => here.some((device) => stands(device, list))).length >= atLeast;
  };
  // What raised it somewhere can see there, whatever the models say.
  const where = new Set(raised.flatMap((alert) => scoring.homesOf(alert)));
  const share = run.coverage.measuredShareOf((id) => {
    const device = registry.device(id);
    if (device?.home === undefined || !lists.some((list) => stands(device, list))) return false;
    return where.has(device.home) || watches(device.home);
  });
  return {
    ...figuresOf((home) => where.has(home) || watches(home)),
    measuredShare: round(share, 4),
  };
}

/** What was told because of the alerts of each rule. */
function noticesByRule({ alerts, notices }: RunResult): ReadonlyMap<string, Notice[]> {
  const ruleOf = new Map(alerts.map(({ id, rule }) => [id, rule]));
  return groupBy(notices, ({ alert }) => ruleOf.get(alert) ?? '');
}

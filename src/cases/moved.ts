import type { Case } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import type { Effect } from '../model/effect.ts';
import type { Text } from '../model/text.ts';
import { type CaseBook, isAtWork, type Line, type OpenCase, systemLine, write } from './case-book.ts';
import type { CaseContext, CaseSubject } from './context.ts';
import { isNewLadder, type LadderStep, moveLadder } from './ladder.ts';
import { bareFinding, type Titled } from './notice-parts.ts';
import { call, deliveredAt } from './notices.ts';
import { ownersOf, waysToThem } from './owner.ts';
import { isGrave, type RecipientAddress, together } from './recipients.ts';
import { titleText } from './texts.ts';

/** Where a case was, and whom it was about, before the registry changed. */
export interface FormerPlace extends Titled {
  readonly path: string;
  readonly spot: Text;
  /** The names of the nodes above it, for whom two homes are called alike. */
  readonly area: Text;
}

/** As it stands in the registry now. */
export const placeOf = ({ path, place, spot, area, residents }: CaseSubject): FormerPlace => ({
  path,
  place,
  spot: spot ?? place,
  area: area ?? place,
  residents: residents ?? [],
});

/**
 * The registry says otherwise than before where the cases of this book are: they go along, with the right to them and those
 * who are called for them. Whoever was told of a grave one, or has it, may be on the way to the wrong door: they hear so
 * once, together with those who would have been told of it at its right place.
 */
export function followPlace(book: CaseBook, before: FormerPlace, ctx: CaseContext): Effect[] {
  const after = placeOf(ctx.subject);
  const lines = [placeLine(before, after), residentsLine(before, after)].filter((line) => line !== undefined);
  return book.cases.flatMap((open) =>
    lines.length === 0 && open.case.path === after.path ? [] : follow(open, before, lines, ctx),
  );
}

function follow(open: OpenCase, before: FormerPlace, said: readonly Text[], ctx: CaseContext): Effect[] {
  const current = open.case;
  const { path, place } = ctx.subject;
  const isMoved = path !== before.path;
  const title = titleText(place, bareFinding(current.title, before, open.findings));
  const next: Case = { ...current, path, title };
  if (isMoved && isNewLadder(open, next, ctx)) moveLadder(open, next, ctx);
  const lines: Line[] = said.map((text) => systemLine(ctx.now, 'note', text));
  const news = correctionText(before, placeOf(ctx.subject));
  const at = deliveredAt(next, next.priority, 'case-raised', ctx);
  const ways = news ? toHear(open, next, before, at, ctx) : [];
  if (!news || ways.every(({ screen }) => screen)) return [write(open, next, lines, undefined)];
  const what = { event: 'case-raised', name: `moved.v${current.version + 1}`, news } as const;
  const { told, notices } = call(open, next, what, ctx, () => ways);
  lines.push(systemLine(ctx.now, 'notice', told));
  // No change that counts: it must not refuse who is about to acknowledge.
  const effect = write(open, next, lines, undefined);
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}

/**
 * At another place the people of that place, as far down as the steps have gone; of a grave case also whoever has it and all
 * who were told of it before. A question after an absence and a drill are asked at home: nobody sets out for them.
 */
function toHear(
  open: OpenCase,
  current: Case,
  { path }: FormerPlace,
  at: number,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const { kind, priority, status } = current;
  const { abouts, asked } = definitionOf(kind);
  const setsOut = abouts.length > 0 || asked;
  const grave = isGrave(priority);
  if (!setsOut || !isAtWork({ ...open, case: current }) || (!grave && status !== 'open')) return [];
  const told = (step?: LadderStep) => ctx.recipients(current, step, at);
  const first = told().filter(({ recipient }) => recipient.kind !== 'resident');
  const isMoved = ctx.subject.path !== path;
  const steps = open.ladder?.steps.slice(0, open.ladder.taken) ?? [];
  const here = isMoved ? [...first, ...steps.flatMap((step) => [...told(step)])] : [];
  if (!grave) return here;
  const owners = ownersOf(current).flatMap((who) => waysToThem(who, ctx, path));
  const before = [...owners, ...(ctx.waysToTold?.(open.toldTo ?? []) ?? [])];
  // Of a case of before nobody knows who was told: those who would be.
  return together(before.length > 0 ? before : first, [...here, ...first.filter(({ screen }) => screen)]);
}

const both = (zh: string, en: string): Text => ({ zh, en });
const same = (a: Text, b: Text): boolean => a.zh === b.zh && a.en === b.en;

/** What people hear who know the place of before; undefined: they know the right one. */
function correctionText(before: FormerPlace, after: FormerPlace): Text | undefined {
  if (!same(before.spot, after.spot))
    return both(
      `地址更正：现为${after.spot.zh}（原${before.spot.zh}）`,
      `The address is corrected: now ${after.spot.en} (it was ${before.spot.en})`,
    );
  if (before.path === after.path) return undefined;
  return both(
    `片区更正：现属${after.area.zh}（原属${before.area.zh}）`,
    `The place is corrected: now in ${after.area.en} (it was ${before.area.en})`,
  );
}

function placeLine(before: FormerPlace, after: FormerPlace): Text | undefined {
  const said = correctionText(before, after);
  if (!said || same(before.spot, after.spot) || same(before.area, after.area)) return said;
  return both(
    `${said.zh}；现属${after.area.zh}（原属${before.area.zh}）`,
    `${said.en}; now in ${after.area.en} (it was ${before.area.en})`,
  );
}

function residentsLine(before: FormerPlace, after: FormerPlace): Text | undefined {
  const [was, is] = [before, after].map(({ residents = [] }) => residents);
  if (was?.join() === is?.join()) return undefined;
  const [zh, en] = ['、', ', '].map((comma) => [is, was].map((names) => names?.join(comma) ?? ''));
  return both(
    `老人登记更正：现为${zh?.[0] || '无'}（原${zh?.[1] || '无'}）`,
    `The residents are corrected: now ${en?.[0] || 'none'} (before: ${en?.[1] || 'none'})`,
  );
}

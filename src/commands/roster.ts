import { resolve } from 'node:path';
import type { Command } from 'commander';
import { askService, type Control, runningService } from '../api/control.ts';
import { rostersOfFiles } from '../app/roster-files.ts';
import { configOption, dataOption, UsageError } from '../cli.ts';
import { spoken, tell } from '../cli-words.ts';
import { DAY } from '../lib/clock.ts';
import { calendarText } from '../lib/icalendar.ts';
import { localTime } from '../lib/local-time.ts';
import { LIMITS } from '../model/limits.ts';
import type { RosterFault, RosterGap } from '../model/roster.ts';
import { GAP_REASONS } from '../model/roster-words.ts';
import { TextError } from '../model/text.ts';
import type { DutyPerson, DutyShift } from '../ports/rosters.ts';
import { checkedParts } from './start.ts';

interface Options {
  readonly config: string;
  readonly data?: string;
  readonly from?: string;
  readonly to?: string;
  readonly days: string;
  readonly gaps?: boolean;
  readonly ics?: boolean;
  readonly json?: boolean;
}

/** One roster with its shifts in the period that was asked for. */
interface Shown {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly called: readonly DutyPerson[];
  readonly shifts: readonly DutyShift[];
}

interface Answer {
  readonly rosters: readonly Shown[];
  readonly gaps: readonly RosterGap[];
  readonly faults: readonly RosterFault[];
}

/** `roster`: who is on duty now and in a period, gaps, and a calendar file. */
export default function addRosterCommand(program: Command): void {
  program
    .command('roster [id]')
    .description(
      'Shows who is on duty now and in a period, and the gaps. Asks the service that runs on the data; where none runs, ' +
        'the files alone are read, without leave and swaps. Exit code 1: there are gaps, with --gaps.',
    )
    .addOption(configOption())
    .addOption(dataOption())
    .option('--from <time>', 'begin of the period: 2026-03-01 or RFC 3339; now if absent')
    .option('--to <time>', 'its end')
    .option('--days <number>', 'its length in days, where no end is given', '7')
    .option('--gaps', 'only the gaps and faults that were found in advance')
    .option('--ics', 'the shifts as a calendar file (RFC 5545) on standard output')
    .option('--json', 'answer in JSON')
    .action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const now = Date.now();
  const from = options.from === undefined ? now : instantOf('--from', options.from);
  const to = options.to === undefined ? from + daysOf(options.days) * DAY : instantOf('--to', options.to);
  if (to <= from || to - from > LIMITS.rosterPeriodMsMax)
    throw new UsageError({
      zh: '时间段为空，或超过 400 天',
      en: 'the period is empty, or longer than 400 days',
    });
  const answer = await answerOf(options, id, from, to, now);
  if (id !== undefined && answer.rosters.length === 0)
    throw new UsageError({ zh: `没有值班表 “${id}”`, en: `there is no roster "${id}"` });
  if (options.json) console.log(JSON.stringify(answer, undefined, 2));
  else if (options.ics) process.stdout.write(icsOf(answer.rosters, now));
  else {
    if (!options.gaps) for (const roster of answer.rosters) console.log(tableOf(roster));
    for (const line of problemLines(answer)) console.log(line);
  }
  const wrong = answer.gaps.length + answer.faults.length;
  if (options.gaps && wrong > 0)
    throw new TextError({ zh: `预先发现 ${wrong} 处空缺或错误`, en: `${wrong} found in advance` });
}

async function answerOf(
  { config, data }: Options,
  id: string | undefined,
  from: number,
  to: number,
  now: number,
): Promise<Answer> {
  const parts = await checkedParts(config, {});
  const service = await runningService(resolve(data ?? parts.loaded.config.dataDir));
  if (service) return ofService(service, id, from, to);
  tell({
    zh: '没有服务在使用这些数据：以下只据文件，不含休假和调班',
    en: 'no service runs on the data: this is what the files say, without leave and swaps',
  });
  const reader = rostersOfFiles(parts, now);
  const rosters = reader.all
    .filter((roster) => id === undefined || roster.id === id)
    .flatMap(({ id: of, name }) => {
      const view = reader.view(of);
      return view
        ? {
            id: of,
            name,
            timeZone: view.timeZone,
            called: view.called,
            shifts: reader.shifts(of, from, to) ?? [],
          }
        : [];
    });
  return { rosters, ...concerning(id, reader.report) };
}

async function ofService(
  service: Control,
  id: string | undefined,
  from: number,
  to: number,
): Promise<Answer> {
  const listed = await askService<{ items: Shown[]; gaps: RosterGap[]; faults: RosterFault[] }>(
    service,
    'GET',
    '/rosters',
  );
  const rosters = await Promise.all(
    listed.items
      .filter((roster) => id === undefined || roster.id === id)
      .map(async ({ id: of, name, timeZone, called }) => {
        const path = `/rosters/${encodeURIComponent(of)}/shifts?from=${from}&to=${to}`;
        const { items } = await askService<{ items: DutyShift[] }>(service, 'GET', path);
        return { id: of, name, timeZone, called, shifts: items };
      }),
  );
  return { rosters, ...concerning(id, listed) };
}

/** Of one roster where one was asked for; what is wrong elsewhere is not its affair. */
function concerning(
  id: string | undefined,
  { gaps, faults }: Omit<Answer, 'rosters'>,
): Omit<Answer, 'rosters'> {
  if (id === undefined) return { gaps, faults };
  return {
    gaps: gaps.filter(({ roster }) => roster === id),
    faults: faults.filter(({ where }) => where === id),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

function timeOf(at: number, timeZone: string): string {
  const { month, day, hour, minute } = localTime(at, timeZone);
  return `${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

const personText = ({ name, phone }: DutyPerson): string => (phone ? `${name} ${phone}` : name);

function tableOf({ id, name, timeZone, called, shifts }: Shown): string {
  const now = called.length === 0 ? 'NOBODY 无人' : called.map(personText).join(', ');
  const rows = shifts.flatMap(({ name: shift, pieces, dayName }) =>
    pieces.map(({ from, until, posts }) => {
      const people = posts.map(({ planned, person, because }) => {
        if (!person)
          return `NOBODY 无人 (${personText(planned)}: ${because ? spoken(GAP_REASONS[because]) : ''})`;
        return person.id === planned.id
          ? personText(person)
          : `${personText(person)} (for 代 ${planned.name})`;
      });
      const day = dayName ? `  ${dayName.zh} ${dayName.en}` : '';
      return `  ${timeOf(from, timeZone)} – ${timeOf(until, timeZone)}  ${shift}  ${people.join(', ')}${day}`;
    }),
  );
  return [`${id} ${name} (${timeZone})`, `  now 现在: ${now}`, ...rows].join('\n');
}

function* problemLines({ rosters, gaps, faults }: Answer): Generator<string> {
  const zoneOf = new Map(rosters.map(({ id, timeZone }) => [id, timeZone]));
  for (const { roster, from, until, reason, planned } of gaps) {
    const zone = zoneOf.get(roster) ?? 'UTC';
    const who = planned.length > 0 ? ` (${planned.join(', ')})` : '';
    yield `GAP 空缺 ${roster}: ${timeOf(from, zone)} – ${timeOf(until, zone)}: ${spoken(GAP_REASONS[reason])}${who}`;
  }
  for (const { fault, where, what } of faults) yield `FAULT 有误 ${where} ${what}: ${fault}`;
}

function icsOf(rosters: readonly Shown[], now: number): string {
  const events = rosters.flatMap(({ id, name, shifts }) =>
    shifts.flatMap(({ shift, date, name: title, pieces }) =>
      pieces.map(({ from, until, posts }, i) => {
        const people = posts.flatMap(({ person }) => person ?? []);
        const who = people.length === 0 ? '无人 nobody' : people.map((person) => person.name).join(', ');
        return {
          id: `${id}.${shift}.${date}.${i}@shouwang`,
          from,
          until,
          summary: `${title} ${who}`,
          description: [name, ...people.map(personText)].join('\n'),
        };
      }),
    ),
  );
  return calendarText(rosters.map(({ name }) => name).join(', '), events, now);
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1)
    throw new UsageError({
      zh: `--days：写了 “${text}”，应为整数`,
      en: `--days: found "${text}", expected a whole number`,
    });
  return days;
}

/** A day begins at midnight of this machine; whoever means another zone writes it. */
function instantOf(option: string, text: string): number {
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(at))
    throw new UsageError({
      zh: `${option}：写了 “${text}”，应为 2026-03-01 或 RFC 3339`,
      en: `${option}: found "${text}", expected 2026-03-01 or RFC 3339`,
    });
  return at;
}

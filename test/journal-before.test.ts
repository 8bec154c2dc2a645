import { expect, test } from 'vitest';
import { type JournalEntry, JournalWriter, readJournal } from '../src/app/journal.ts';
import type { Command, CommandInput } from '../src/model/command.ts';
import { instant, type Setting, Story } from './scenarios/story.ts';

/** The number that commands had in a journal before words were asked for. */
const BEFORE = 2;
const COMMAND_AT = 0;

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
} satisfies Setting;

/** The command as a restart reads it in a journal of before, or of now. */
function replayed(command: Command, isBefore: boolean): Command {
  const input: CommandInput = { kind: 'command', receivedAt: 0, id: '1', by: '吴强', command };
  const writer = new JournalWriter();
  writer.add(input, undefined);
  const bytes = Uint8Array.from(writer.bytes());
  if (isBefore) bytes[COMMAND_AT] = BEFORE;
  const [entry] = [...readJournal(bytes)] as [JournalEntry];
  return (entry.input as CommandInput).command;
}

test('a replay takes what was taken before words were asked for; who asks now is refused', () => {
  const other = { outcome: 'other', note: '', contactMadeBy: '周敏', contact: 'seen' } as const;
  for (const isBefore of [true, false]) {
    const story = new Story(setting);
    story.until('10:00');
    story.home('h1').band.presses();
    const resolve: Command = { type: 'case.resolve', case: 'h1.c1', ...other };
    expect(story.command(replayed(resolve, isBefore), '周敏').ok).toBe(isBefore);
    if (!isBefore) story.resolve('h1.c1');
    const unhappy: Command = { type: 'case.call-back', case: 'h1.c1', result: 'not-satisfied', note: '' };
    expect(story.command(replayed(unhappy, isBefore), '吴强').ok).toBe(isBefore);
    expect(story.case('h1.c1')).toMatchObject(
      isBefore ? { status: 'open', reopened: 1, openedAt: instant('10:00') } : { status: 'resolved' },
    );
  }
});

import type { imports as chinese } from '../zh/imports.ts';
import type { InEnglish } from './in-english.ts';

export const imports: InEnglish<typeof chinese> = {
  'import.title': 'Import a list',
  'import.lead':
    'Homes, residents, contacts and devices from a table (CSV or YAML). A file that you choose is tried first: what it would change, and which rows are probably wrong, line by line. Nothing is changed before you confirm.',
  'import.columns':
    'The first line names the columns: community, grid, building, unit, room, resident, phone, contact, contact_phone; with devices also device, model, gateway, enrolled_at. Without home the id is made of place and room, the same each time.',
  'import.file': 'Choose a file',
  'import.notText': 'This is an Excel file: save it as CSV in the spreadsheet, and choose that file.',
  'import.otherFile': 'Only files in .csv, .tsv, .yaml and .yml can be imported.',
  'import.reading': 'Trying it…',
  'import.problems':
    '{n} {n|mistake|mistakes}; nothing was imported. Please correct the file and choose it again:',
  'import.more': '{n} more that are not listed',
  'import.line': 'Line {n}',
  'import.counts': '{added} to add, {changed} to change, {unchanged} as they are. Nothing is removed.',
  'import.nothing': 'All that stands in the file is registered already: nothing to change.',
  'import.warnings':
    '{n} {n|thing is|things are} probably wrong; please look at each (all can be imported as it is):',
  'import.noWarnings': 'No row looks wrong.',
  'import.made': '{n} {n|home|homes} without an id',
  'import.madeNew': 'a new home, {home}',
  'import.madeKnown': 'the home {home}, which is there already',
  'import.moves': '{n} {n|entry moves|entries move}: please look at each',
  'import.move': '{what} {key}: from {from} to {to}',
  'import.invented': '{n} {n|gateway|gateways} made only because devices name them: please look at the ids',
  'import.inventedOne': '{gateway} ({n} {n|device|devices})',
  'import.inventedMeant': '{gateway} ({n} {n|device|devices}); did you mean {meant}?',
  'import.changes': 'All changes ({n})',
  'import.untold': 'Afterwards nobody could be told of a P1 or P2 of {n} {n|home|homes}.',
  'import.added': 'new',
  'import.changed': 'changed',
  'import.removed': 'removed',
  'import.submit': 'Import it',
  'import.done': 'Imported: {added} added, {changed} changed.',
  'import.noun.node': 'place',
  'import.noun.home': 'home',
  'import.noun.resident': 'resident',
  'import.noun.contact': 'contact',
  'import.noun.device': 'device',
  'import.noun.gateway': 'gateway',
  'import.noun.staff': 'staff',
};

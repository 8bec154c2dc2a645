import type { changes as chinese } from '../zh/changes.ts';
import type { InEnglish } from './in-english.ts';

export const changes: InEnglish<typeof chinese> = {
  'change.open': 'Move, replace, stop',
  'change.title': '{device}: move, replace, stop',
  'change.overtaken':
    'Somebody else has just changed this device; nothing was saved. Please close this and look again.',
  'change.openCases': 'Resolve these first:',
  'change.case': 'See this case',
  'change.back': 'Back',

  'change.move': 'Move to another home',
  'change.moveMeans':
    'From the moment you confirm, its data are those of the new home, and rules learn there from the beginning. What it measured before stays with the device and is of the old home: do not take it for the new one’s.',
  'change.moveEnds':
    'What is open about the device itself in the old home ends with that. It cannot be moved while what it told of its resident is not attended to.',
  'change.moveLast': 'It is the last device of the old home: no device watches there afterwards.',
  'change.moveTo': 'Which home it moves to',
  'change.moveSearch': 'Building, room or name, such as 3-2-501',
  'change.moveChosen': 'Moves to: {home}',
  'change.moveGateway':
    'Gateway {gateway} is not where the new home is and was not taken over; a device that reports through a gateway needs the new one.',
  'change.moveNone': 'No home was found',
  'change.moveMore': 'There are more: please say more of it',
  'change.moveMissing': 'Please choose the new home first.',
  'change.moveSubmit': 'Move it',
  'change.moved': 'Moved',

  'change.replace': 'Replace by a new device',
  'change.replaceMeans':
    'Enrol a new device in the same home and place; once it is enrolled the old one is stopped. The readings of the two are kept apart, and the new one learns from the beginning. Where only the meter is exchanged and the device keeps its id, use “Exchange”.',
  'replace.title': 'A new device in place of {device}',
  'replace.lead':
    'Model, home, place and gateway are those of the old device; scan or type the code of the new one. Afterwards the old one is stopped, and its readings stay.',
  'replace.sameId':
    'The new device needs an id of its own, not {device} again. Where only the meter is exchanged and the id stays, use “Exchange”.',
  'replace.done': '{id} is enrolled; the old device {old} is stopped, and its readings stay.',

  'change.stop': 'Stop',
  'change.stopMeans':
    'Its data are not taken any more, nobody is told that it is silent, and its rules stop. Where it can call for help, its calls are still told. Its readings stay, and it can be taken back into use.',
  'change.stopSubmit': 'Stop it',
  'change.stopped': 'Stopped',
  'change.start': 'Take back into use',
  'change.startMeans':
    'Its data are taken again, and rules learn from the beginning; if it does not report, people are told.',
  'change.startSubmit': 'Take it back into use',
  'change.started': 'In use again',

  'change.remove': 'Remove',
  'change.removeMeans':
    'The device is removed with all its readings, and there is no way back but a backup. For what was enrolled by mistake; of a broken one use “Replace”, of one that is not needed “Stop”.',
  'change.removeSubmit': 'Remove device and readings',
  'change.removed': 'Removed',

  'end.open': 'Remove this home…',
  'end.title': 'Remove the home: {place}',
  'end.instead':
    'Where somebody moved out, is in hospital or has died, it need not be removed: enter “moved out”, “deceased” or the like under Absence. Watching rests, and the history stays; devices can be moved to another home or stopped.',
  'end.what': 'This is gone at once, and there is no way back but a backup:',
  'end.people':
    'what is known of {residents} {residents|resident|residents} and {contacts} {contacts|contact|contacts}',
  'end.devices': '{n} {n|device|devices} with all readings',
  'end.devicesHint': 'Move those first that are still needed:',
  'end.links': 'the personal links of family and resident end at once; the log of visits goes as well',
  'end.stays':
    'Cases that are struck off, and notices, stay as the record of what was done until their time is over (mostly three years). What is in backups and exports has to be deleted there.',
  'end.openCases':
    '{n} {n|case is|cases are} not struck off: it can be removed once these are resolved and called back:',
  'end.confirm': 'To confirm, type the room “{name}”',
  'end.confirmWrong': 'That is not “{name}”.',
  'end.submit': 'Remove home and readings',
  'end.done': 'Removed',
};

import type { Command } from '../model/command.ts';

/**
 * A word on one case, a finding of the service or of a gateway, a call for help: what is due for all homes needs not fire
 * before it. That a test of a call begins is none of these: a call that waits before it is no answer to it.
 */
export const concernsFew = (command: Command): boolean =>
  'case' in command ||
  command.type === 'service.finding' ||
  command.type === 'device.called' ||
  command.type === 'device.fault' ||
  command.type === 'call-test.end' ||
  command.type === 'call-test.real' ||
  command.type.startsWith('stranger.');

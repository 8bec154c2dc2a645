import { askService, type Control, ServiceRefusal } from '../api/control.ts';
import { dataFolder, namedService, type ServiceName } from '../app/named-service.ts';
import { type AddCommand, UsageError, withPlace } from '../cli.ts';
import { noService, tell } from '../cli-words.ts';
import { parseSettings } from '../model/device-settings.ts';
import type { Device } from '../model/registry.ts';
import { settingsWithoutKey, takenFrom } from '../model/successor.ts';
import { TextError } from '../model/text.ts';

interface Options extends ServiceName {
  readonly model?: string;
  readonly address?: string;
  readonly settings?: string;
  readonly json?: boolean;
}

/** `replace`: a device in the place of another, in one step. */
const add: AddCommand = (program) => {
  withPlace(
    program
      .command('replace')
      .summary('enrol a device in the place of another, which is stopped')
      .description(
        'Enrols a device with the home, place, gateway, wearer and settings of another and stops that one, whose readings ' +
          'stay: both or neither. Where only the meter is another and the id is the same, register an exchange instead.',
      )
      .argument('<old>', 'id of the device that is taken away')
      .argument('<new>', 'id of the one that comes')
      .option('--model <model>', 'its model, where that is another')
      .option('--address <address>', 'how it is called outside, such as deveui:70b3d59bd0000001')
      .option(
        '--settings <settings>',
        'key=value; key=value, over those of the old one; its key is not taken over',
      ),
  )
    .option('--url <url>', 'address of a service elsewhere (or SHOUWANG_URL)')
    .option('--token <token>', 'token for it (or SHOUWANG_TOKEN)')
    .option('--json', 'answer in JSON')
    .action(run);
};
export default add;

const addressOf = (device: string): string => `/registry/device/${encodeURIComponent(device)}`;

async function run(oldId: string, id: string, options: Options): Promise<void> {
  const { settings: own, wrong } = parseSettings(options.settings ?? '');
  if (wrong !== undefined)
    throw new UsageError({
      zh: `--settings：“${wrong}” 不是 键=值`,
      en: `--settings: "${wrong}" is not key=value`,
    });
  if (id === oldId)
    throw new UsageError({
      zh: `新设备要用自己的编号，不能再用 ${oldId}`,
      en: `the new device wants an id of its own, and not ${oldId}`,
    });
  const service = await namedService(options);
  if (!service) throw new TextError(noService(await dataFolder(options)));
  const old = await registered(service, oldId);
  const device = successorOf(old, id, options, own);
  const path = `${addressOf(id)}?replaces=${encodeURIComponent(oldId)}`;
  const answer = await askService<unknown>(service, 'PUT', path, device, { 'if-none-match': '*' });
  if (options.json) console.log(JSON.stringify(answer, undefined, 2));
  tell({
    zh: `已登记 ${id}（住户 ${old.home}），旧设备 ${oldId} 已停用，读数保留`,
    en: `${id} is enrolled in home ${old.home}; ${oldId} is stopped, and its readings stay`,
  });
}

async function registered(service: Control, id: string): Promise<Device> {
  try {
    return (await askService<{ entry: Device }>(service, 'GET', addressOf(id))).entry;
  } catch (error) {
    if (!(error instanceof ServiceRefusal) || error.problem.code !== 'NOT_FOUND') throw error;
    throw new TextError({ zh: `没有设备 ${id}`, en: `there is no device ${id}` }, { cause: error });
  }
}

function successorOf(old: Device, id: string, options: Options, own: NonNullable<Device['settings']>) {
  const { model = old.model, address } = options;
  const settings = { ...(model === old.model ? settingsWithoutKey(old) : {}), ...own };
  return {
    ...takenFrom(old, model),
    noun: 'device',
    id,
    model,
    home: old.home,
    enrolledAt: Date.now(),
    ...(old.gateway === undefined ? {} : { gateway: old.gateway }),
    ...(old.place === undefined ? {} : { place: old.place }),
    ...(address === undefined ? {} : { address }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

import { loadParts, type Parts } from '../app/load.ts';
import type { AddCommand } from '../cli.ts';
import { type Effective, type LoadOptions, loadServiceConfig } from '../config/service-config.ts';
import { formatProblem } from '../config/yaml-file.ts';

interface Options {
  readonly config: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

const add: AddCommand = (program) => {
  program
    .command('check')
    .summary('check the configuration: service, registry, rules, channels, who is told')
    .description(
      'Reads all configuration files and reports every mistake with file, line and column, what was found and what ' +
        'is allowed. Exit code 0: all is well; 1: there are mistakes. Nothing is started and nothing is changed.',
    )
    .option('--config <dir>', 'configuration folder', 'config')
    .option('--explain', 'show every setting of the service as it is in force, and who said so')
    .option('--json', 'answer in JSON')
    .action(run);
};
export default add;

async function run(options: Options): Promise<void> {
  const source: LoadOptions = { dir: options.config, env: process.env };
  const configuration = await loadParts(source);
  const problems = configuration.ok ? [] : configuration.error;
  const service = options.explain ? await loadServiceConfig(source) : undefined;
  const settings = service?.ok ? service.value.explain() : undefined;
  if (options.json) {
    const answer = { ok: problems.length === 0, problems, ...(settings ? { settings } : {}) };
    console.log(JSON.stringify(answer, undefined, 2));
  } else {
    for (const setting of settings ?? []) console.log(settingLine(setting));
    for (const problem of problems) console.error(formatProblem(problem));
  }
  if (!configuration.ok) throw new Error(`${counted(problems.length, 'mistake')} in ${options.config}`);
  if (!options.json) console.error(summary(options.config, configuration.value));
}

function summary(dir: string, { registry, ruleSet, channels }: Parts): string {
  const devices = registry.filter(({ noun }) => noun === 'device').length;
  const homes = registry.filter(({ noun }) => noun === 'home').length;
  const parts = [
    `${counted(homes, 'home')} with ${counted(devices, 'device')}`,
    `rule set ${ruleSet?.version} with ${counted(ruleSet?.rules.length ?? 0, 'rule')}`,
    counted(channels.size, 'channel'),
  ];
  return `${dir} is in order: ${parts.join(', ')}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function settingLine({ path, value, unit, source, variable }: Effective): string {
  const shown = value === undefined ? '(not set)' : JSON.stringify(value);
  const named = variable === undefined || variable === source ? '' : `, or ${variable}`;
  return `${path} = ${shown}${value === undefined || !unit ? '' : ` ${unit}`}  # ${source}${named}`;
}

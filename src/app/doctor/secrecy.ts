import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { plainYaml } from '../../config/yaml-file.ts';
import { type Finding, finding } from './finding.ts';

/** Anybody on the machine: groups are made on purpose, and one of them may be who copies the backups. */
const OTHERS_READ = 0o004;
const OTHERS_PASS = 0o001;
const NAMED_MAX = 5;

/** What lies in the data folder are names, telephones, what was measured, and the key of links; in the configuration what channels and stores are entered with. */
export async function secrecy(
  dataDir: string,
  configDir: string,
  configFiles: readonly string[],
): Promise<Finding[]> {
  // Windows has no such modes: there who may read is inherited from the folder.
  if (process.platform === 'win32') return [];
  const secrets = (await Promise.all(configFiles.map((file) => secretsIn(file, configDir)))).flat();
  const open = [...new Set([...filesIn(dataDir), ...secrets])].filter(isOpen);
  if (open.length === 0)
    return [finding('secrecy', 'ok', '其他用户不能读', 'Other users of the machine cannot read them')];
  const named = open.slice(0, NAMED_MAX);
  const more = open.length - named.length;
  return [
    finding(
      'secrecy',
      'warning',
      `本机任何用户都能读：${named.join('、')}${more > 0 ? `，另有 ${more} 个` : ''}`,
      `Any user of the machine can read ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ),
  ];
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir).map((name) => join(dir, name));
  } catch {
    return [];
  }
}

/** What keeps others out is the file or its folder. One that is not there nobody reads. */
function isOpen(file: string): boolean {
  const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (modeOf(file) & OTHERS_READ) !== 0 && (modeOf(dirname(resolve(file))) & OTHERS_PASS) !== 0;
}

const SECRET = /(password|secret|token|key)$/i;
const SECRET_FILE = /(password|secret|token|key)File$/i;

/** This file, where a secret stands in it, and the files of secrets that it names, by the names of its keys. What is no YAML its reader tells of. */
async function secretsIn(file: string, configDir: string): Promise<string[]> {
  const found: string[] = [];
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) look(one, Array.isArray(value) ? key : name);
    else if (typeof value !== 'string' || value === '') return;
    else if (SECRET_FILE.test(key)) found.push(resolve(configDir, value));
    else if (SECRET.test(key)) found.push(file);
  };
  look(await plainYaml(file), basename(file));
  return found;
}

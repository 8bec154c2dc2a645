import { resolve } from 'node:path';
import type { Command } from 'commander';
import { examine } from '../app/doctor/examine.ts';
import { DOCTOR_CHECKS, type DoctorResult, type Finding } from '../app/doctor/finding.ts';
import { packageVersion, UsageError, withPlace } from '../cli.ts';
import { locale } from '../cli-words.ts';
import { LOCALES, type Locale, TextError } from '../model/text.ts';

interface DoctorOptions {
  readonly config: string;
  readonly data?: string;
  readonly ntp: string;
  readonly backups?: string;
  readonly locale: Locale;
  readonly json?: boolean;
}

const SIGNS: Readonly<Record<DoctorResult, string>> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' };

/** `doctor`: looks at machine, stores, certificates and service, and says what to do. Exit code 1: there is a problem. */
export default function addDoctorCommand(program: Command): void {
  withPlace(
    program
      .command('doctor')
      .summary('look for what is wrong: disk, clock, certificates, versions, stores, timers, backups')
      .description(
        'Looks at everything around the service, whether it runs or not, and says what to do. Changes nothing. Exit ' +
          'code 0: no problem, though there may be warnings and things that could not be looked at; 1: a problem.',
      ),
  )
    .option('--ntp <host>', 'time server to compare the clock with', 'pool.ntp.org')
    .option('--backups <folder>', 'folder in which the folders of backups lie')
    .option('--locale <locale>', 'language: zh or en; that of the terminal if absent', locale())
    .option('--json', 'answer in JSON')
    .action(async (options: DoctorOptions) => {
      if (!LOCALES.includes(options.locale))
        throw new UsageError({
          zh: `--locale ${options.locale}：应为 zh 或 en`,
          en: `--locale ${options.locale}: zh or en`,
        });
      const findings = await examine({
        config: options.config,
        ...(options.data === undefined ? {} : { data: resolve(options.data) }),
        ntp: options.ntp,
        ...(options.backups === undefined ? {} : { backups: resolve(options.backups) }),
        version: await packageVersion(),
        env: process.env,
        now: Date.now,
      });
      print(findings, options);
      const problems = findings.filter(({ result }) => result === 'problem').length;
      if (problems > 0)
        throw new TextError({
          zh: `${findings.length} 项检查中 ${problems} 项有问题`,
          en: `${problems} of ${findings.length} checks found a problem`,
        });
    });
}

function print(findings: readonly Finding[], { json, locale }: DoctorOptions): void {
  if (json) {
    const checks = findings.map((each) => ({ ...each, ...DOCTOR_CHECKS[each.check] }));
    const ok = findings.every(({ result }) => result !== 'problem');
    console.log(JSON.stringify({ ok, checks }, undefined, 2));
    return;
  }
  for (const { check, result, found } of findings) {
    const { title, advice } = DOCTOR_CHECKS[check];
    console.log(`${SIGNS[result]} ${title[locale]}: ${found[locale]}`);
    if (result === 'warning' || result === 'problem') console.log(`    → ${advice[locale]}`);
  }
}

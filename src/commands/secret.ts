import type { Command } from 'commander';
import { generateSecret, hashSecret } from '../lib/secrets.ts';

/** `secret`: for what stands in a configuration file, where only the hash belongs. */
export default function addSecret(program: Command): void {
  program
    .command('secret')
    .summary('make a secret and its hash, for a service account of the broker')
    .description(
      'Makes a secret and prints it with its hash. The hash goes into config/service.yaml (mqtt.serviceAccounts), the ' +
        'secret to the program that connects; it is stored nowhere. Devices get theirs from the API.',
    )
    .option('--json', 'one JSON object on standard output')
    .action(({ json }: { json?: boolean }) => {
      const secret = generateSecret();
      const secretHash = hashSecret(secret);
      if (json) console.log(JSON.stringify({ secret, secretHash }));
      else console.log(`secret      ${secret}\nsecretHash  ${secretHash}`);
    });
}

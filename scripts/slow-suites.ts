/** What `npm test` leaves out, and why. `.ci/run` runs all of it. */
const SUITES: readonly (readonly [script: string, what: string, needs: string])[] = [
  [
    'test:slow',
    'properties twenty times as often, stories restarted after every input, what takes long',
    'takes minutes',
  ],
  ['test:browser', 'the console in a real browser', 'wants Chromium'],
  [
    'test:servers',
    'outside brokers and stores, and the README step by step',
    'wants mosquitto, its clients, PostgreSQL, InfluxDB, rtl_433 and curl',
  ],
  ['test:fuzz', 'a million broken payloads through all decoders', 'takes minutes'],
  ['test:crash', 'kill -9 under load, again and again', 'takes minutes'],
  ['test:soak', 'a day of a fleet through the whole service', 'takes a minute; SOAK_HOMES=10000 takes ten'],
];

console.log('\nLeft out, because they are slow or want programs that are not from npm:');
for (const [script, what, needs] of SUITES) console.log(`  npm run ${script.padEnd(13)} ${what} (${needs})`);
console.log('.ci/run installs what they want and runs everything.');

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerToSmtp } from '../../src/notify/channels/e-mail.ts';
import { someOf } from '../runs.ts';
import { SmtpServer } from '../stand-ins/smtp-server.ts';
import { makeCertificate } from './certificate.ts';
import { Bench } from './notify-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'shouwang-mail-'));
makeCertificate(folder, 'mail');
const caFile = join(folder, 'mail.crt');
const tls = { key: readFileSync(join(folder, 'mail.key'), 'utf8'), cert: readFileSync(caFile, 'utf8') };
afterAll(() => rmSync(folder, { recursive: true }));

const ZHANG = 'zhang@example.org';
const account = { user: 'watch', password: 'a secret' };
const channel = (port: number, over: object = {}) => ({
  id: 'mail',
  channel: 'e-mail',
  config: { host: '127.0.0.1', port, from: '守望 <watch@example.org>', caFile, ...over },
});

describe('a notice by mail', () => {
  it('goes over TLS to whom it is for, with the id of its notice', async () => {
    await using server = await SmtpServer.open({ tls, account });
    await using bench = await Bench.open({ channels: [channel(server.port, account)] });
    const [id = ''] = await bench.raise('h1', ['mail'], 'P1', ZHANG);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({
      state: 'accepted',
      providerAnswer: '250 2.0.0 Ok: queued as 4F1A2B',
      providerId: `<${encodeURIComponent(id)}@example.org>`,
    });
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: 'watch@example.org', encrypted: true, user: 'watch' });
    expect(mail?.data).toContain(`Message-ID: <${encodeURIComponent(id)}@example.org>`);
    expect(mail?.data).toContain('Auto-Submitted: auto-generated');
    expect(mail?.data).toMatch(/X-Priority: 1|Importance: High/i);
    expect(bench.outbox.stats().channels[0]?.session).toMatchObject({ connected: true });
  });

  it('goes over STARTTLS, and over nothing less where that is asked for', async () => {
    await using server = await SmtpServer.open({ tls, startTls: true });
    await using plain = await SmtpServer.open();
    const security = 'starttls';
    await using bench = await Bench.open({
      channels: [
        channel(server.port, { security }),
        { ...channel(plain.port, { security }), id: 'stripped' },
      ],
    });
    const [secured, stripped] = await bench.raise('h1', ['mail', 'stripped'], 'P2', ZHANG);
    await bench.settle();
    expect(await bench.notice(secured)).toMatchObject({ state: 'accepted' });
    expect(server.received[0]?.encrypted).toBe(true);
    expect(await bench.notice(stripped)).not.toMatchObject({ state: 'accepted' });
    expect(plain.received).toEqual([]);
  });

  it('does not go to a server whose certificate we do not know', async () => {
    await using server = await SmtpServer.open({ tls });
    await using bench = await Bench.open({ channels: [channel(server.port, { caFile: undefined })] });
    const [id] = await bench.raise('h1', ['mail'], 'P2', ZHANG);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'channel-misconfigured' });
    expect(server.received).toEqual([]);
  });

  it('with a wrong password fails at once, and its channel says why before the first alert', async () => {
    await using server = await SmtpServer.open({ tls, account });
    const wrong = channel(server.port, { user: 'watch', password: 'another' });
    await using bench = await Bench.open({ channels: [wrong] });
    bench.outbox.start();
    await expect
      .poll(() => bench.outbox.stats().channels[0]?.session, { interval: 5 })
      .toMatchObject({ connected: false, detail: '535 5.7.8 Error: authentication failed' });
    const [id] = await bench.raise('h1', ['mail'], 'P2', ZHANG);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'channel-misconfigured' });
  });

  it.each(
    someOf(
      [
        ['RCPT', '550 5.1.1 No such user', 'failed', 'recipient-invalid'],
        ['RCPT', '550 no such user here', 'failed', 'recipient-invalid'],
        ['RCPT', '552 5.2.2 Mailbox full', 'failed', 'recipient-invalid'],
        ['RCPT', '554 5.7.1 Relay access denied', 'failed', 'channel-misconfigured'],
        ['MAIL', '553 5.7.1 Sender not owned by user', 'failed', 'channel-misconfigured'],
        ['.', '554 5.7.1 Looks like spam', 'failed', 'channel-misconfigured'],
        ['RCPT', '450 4.2.1 Too fast', 'queued', 'provider-busy'],
        ['MAIL', '421 4.7.0 Try again later', 'queued', 'provider-busy'],
        ['.', '451 4.3.0 Local error', 'queued', 'provider-error'],
      ],
      3,
    ),
  )('that hears at %s "%s" is %s: %s', async (command, line, state, failure) => {
    await using server = await SmtpServer.open({ tls });
    await using bench = await Bench.open({ channels: [channel(server.port)] });
    server.refusals.push({ command, line });
    const [id] = await bench.raise('h1', ['mail'], 'P2', ZHANG);
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({
      state,
      failure,
      providerAnswer: expect.stringContaining(line),
    });
    await bench.pass(10_000);
    if (state === 'queued') expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 2 });
  });

  it('as a test to nobody says that there is nobody', async () => {
    await using server = await SmtpServer.open({ tls });
    await using bench = await Bench.open({ channels: [channel(server.port)] });
    await bench.settle();
    expect(await bench.outbox.test('mail', '')).toMatchObject({ ok: false, failure: 'recipient-invalid' });
  });

  it('to a server that is away is tried again', () => {
    expect(answerToSmtp(Object.assign(new Error('refused'), { code: 'ECONNECTION' }))).toMatchObject({
      kind: 'retry',
      failure: 'provider-unreachable',
    });
    expect(answerToSmtp(Object.assign(new Error('slow'), { code: 'ETIMEDOUT' }))).toMatchObject({
      kind: 'retry',
      failure: 'provider-timeout',
    });
  });
});

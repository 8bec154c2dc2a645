import { type BareReply, beijingTime, type Report, textOf } from '../phone.ts';
import { callFailure } from './codes.ts';

/**
 * What one entry of a push says: a VoiceCallReport while the call goes on (status_time; with the key once one was pressed),
 * or the VoiceReport at its end (help.aliyun.com, vms, voicecallreport-4 and voicereport-5). Answered is delivered, no more:
 * a mailbox answers too. A key is a person: of a resident who is asked, the second one says that they need help.
 */
export function voiceReply(report: Report, keys: Keys, now: number): BareReply | undefined {
  const callId = textOf(report['call_id']);
  if (callId === '') return undefined;
  const about = { providerId: callId };
  const key = textOf(report['dtmf']).at(-1);
  const isUnderWay = 'status_time' in report;
  const at = beijingTime(report[isUnderWay ? 'status_time' : 'end_time'], now);
  const said = key === undefined ? undefined : saidBy(key, keys);
  if (said === 'seen') return { kind: said, at, about };
  // Said as it is pressed, said again at the end of the call, and pushed again whenever the vendor doubts that we heard.
  if (said !== undefined) return { kind: said, at, about, once: true };
  if (isUnderWay) return undefined;
  const code = textOf(report['status_code']);
  const failure = callFailure(code);
  if (failure === undefined) return { kind: 'delivered', at, about };
  return {
    kind: 'undelivered',
    at,
    about,
    failure,
    detail: `${code} ${textOf(report['status_msg'])}`.trim(),
  };
}

interface Keys {
  readonly acknowledge: string;
  /** Of those who cannot come; absent where no call asks for it. */
  readonly decline: string | undefined;
}

function saidBy(key: string, { acknowledge, decline }: Keys): 'acknowledge' | 'cannot-come' | 'seen' {
  if (key === acknowledge) return 'acknowledge';
  return key === decline ? 'cannot-come' : 'seen';
}

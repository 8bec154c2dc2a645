import { type BareReply, beijingTime, type Report, textOf } from '../phone.ts';
import { callFailure } from './codes.ts';

/**
 * What one entry of a push says: a VoiceCallReport while the call goes on (status_time; with the key once one was pressed),
 * or the VoiceReport at its end (help.aliyun.com, vms, voicecallreport-4 and voicereport-5). Answered is delivered, no more:
 * a mailbox answers too. A key is a person.
 */
export function voiceReply(report: Report, acknowledgeKey: string, now: number): BareReply | undefined {
  const callId = textOf(report['call_id']);
  if (callId === '') return undefined;
  const about = { providerId: callId };
  const key = textOf(report['dtmf']).at(-1);
  const isUnderWay = 'status_time' in report;
  const at = beijingTime(report[isUnderWay ? 'status_time' : 'end_time'], now);
  if (key !== undefined) return { kind: key === acknowledgeKey ? 'acknowledge' : 'seen', at, about };
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

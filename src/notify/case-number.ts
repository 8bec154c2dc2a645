import type { Notice } from '../model/notice.ts';
import type { RecordStore } from '../ports/records.ts';

/**
 * The notice with the number of its case, which people say on the telephone and find in the console. The records give it
 * when the case is stored, so it is known when the notice is sent and not when it is made.
 */
export async function withCaseNumber(notice: Notice, records: Pick<RecordStore, 'case'>): Promise<Notice> {
  // A resident who is asked whether all is well hears nothing of cases.
  if (notice.case === '' || notice.content.event === 'resident-asked') return notice;
  try {
    const found = await records.case(notice.case);
    return found ? numbered(notice, found.number) : notice;
  } catch {
    return notice; // It says what happened all the same.
  }
}

const numbered = (notice: Notice, number: number): Notice => {
  const { content } = notice;
  const { zh, en } = content.body;
  const body = { zh: `事项 ${number}：${zh}`, en: `Case ${number}: ${en}` };
  return { ...notice, content: { ...content, body, number } };
};

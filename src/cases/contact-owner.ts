import type { Case } from '../model/case.ts';
import { newestMarks } from '../model/case-marks.ts';
import { signatureOf } from '../model/signature.ts';
import type { CaseSubject } from './context.ts';

type Home = Pick<CaseSubject, 'contacts'>;

/** Does a contact of the home have it? They sign with their relation. */
export const isWithContact = ({ status, acknowledgedBy }: Case, { contacts = [] }: Home): boolean =>
  status === 'acknowledged' &&
  contacts.some((one) => signatureOf({ kind: 'contact', ...one }) === acknowledgedBy);

/**
 * A contact has an emergency, and has not said that they come, are there, or have reached the person: they may be 300 km away, and
 * whoever is near goes on being called.
 */
export const isStillCalled = (current: Case, home: Home): boolean =>
  current.priority === 'P1' && isWithContact(current, home) && newestMarks(current).length === 0;

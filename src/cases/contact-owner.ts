import type { Case } from '../model/case.ts';
import { newestMarks } from '../model/case-marks.ts';
import { signatureOf } from '../model/signature.ts';
import type { CaseSubject } from './context.ts';

type Home = Pick<CaseSubject, 'contacts'>;

/** Does a contact of the home have it? They sign with their relation. */
export const isWithContact = ({ status, acknowledgedBy }: Case, { contacts = [] }: Home): boolean =>
  status === 'acknowledged' &&
  contacts.some((one) => signatureOf({ kind: 'contact', ...one }) === acknowledgedBy);

/** A contact has an emergency: from afar, or they come, are there, or have reached the person. */
export type EmergencyOfContact = 'far' | 'near';

/**
 * While a contact who has an emergency has not said that they come, are there, or have reached the person, whoever is near goes on
 * being called: they may be 300 km away. Undefined: it is no emergency, or somebody else has it.
 */
export function emergencyOfContact(current: Case, home: Home): EmergencyOfContact | undefined {
  if (current.priority !== 'P1' || !isWithContact(current, home)) return undefined;
  return newestMarks(current).length === 0 ? 'far' : 'near';
}

export const isStillCalled = (current: Case, home: Home): boolean =>
  emergencyOfContact(current, home) === 'far';

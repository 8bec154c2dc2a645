import { setImmediate as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { VisitKey } from '../../model/visit.ts';
import type {
  AlertFilter,
  CaseEntriesRequest,
  CaseFilter,
  CasePhoto,
  IdempotentAnswer,
  NoticeFilter,
  PageRequest,
  RecordStore,
  Session,
  User,
  VisitFilter,
} from '../../ports/records.ts';
import * as accounts from './accounts.ts';
import * as findings from './findings.ts';
import { Forgetting, forgetRemoved } from './forget.ts';
import * as notices from './notices.ts';
import * as photos from './photos.ts';
import type { RecordTables } from './schema.ts';
import * as stream from './stream.ts';
import * as visits from './visits.ts';

/** What every engine answers with the same queries. */
export abstract class KyselyRecords {
  /** After an entry was removed; to be ended before the store is closed. */
  protected readonly forgetting = new Forgetting((stops) => forgetRemoved(this.db, pause, stops));

  /** @throws Error if the store is not open */
  protected abstract get db(): Kysely<RecordTables>;

  alerts(filter: AlertFilter, page: PageRequest) {
    return findings.listAlerts(this.db, filter, page);
  }

  alert(id: string) {
    return findings.findAlert(this.db, id);
  }

  cases(filter: CaseFilter, page: PageRequest) {
    return findings.listCases(this.db, filter, page);
  }

  case(id: string) {
    return findings.findCase(this.db, id);
  }

  caseEntries(id: string, which?: CaseEntriesRequest) {
    return findings.listCaseEntries(this.db, id, which);
  }

  savePhoto(photo: CasePhoto) {
    return photos.savePhoto(this.db, photo);
  }

  photo(of: string, id: string) {
    return photos.findPhoto(this.db, of, id);
  }

  removePhoto(id: string) {
    return photos.removePhoto(this.db, id);
  }

  visits(filter: VisitFilter, page: PageRequest) {
    return visits.listVisits(this.db, filter, page);
  }

  findVisits(keys: readonly VisitKey[]) {
    return visits.findVisits(this.db, keys);
  }

  counts(paths: readonly string[]) {
    return findings.countOpen(this.db, paths);
  }

  openCases(paths: readonly string[]) {
    return findings.countOpenCases(this.db, paths);
  }

  notices(filter: NoticeFilter, page: PageRequest) {
    return notices.listNotices(this.db, filter, page);
  }

  notice(id: string) {
    return notices.findNotice(this.db, id);
  }

  dueNotices(now: number, limit: number, except: readonly string[] = []) {
    return notices.listDueNotices(this.db, now, limit, except);
  }

  noticeByProvider(channel: string, providerId: string) {
    return notices.findByProvider(this.db, channel, providerId);
  }

  dueNoticesOf(channel: string, now: number, limit: number) {
    return notices.listDueNotices(this.db, now, limit, [], channel);
  }

  nextNoticeAt(except: readonly string[] = []) {
    return notices.earliestNoticeAt(this.db, except);
  }

  rejections(filter: Parameters<RecordStore['rejections']>[0], page: PageRequest) {
    return stream.listRejections(this.db, filter, page);
  }

  rejectionCounts() {
    return stream.listRejectionCounts(this.db);
  }

  events(after: number, paths: readonly string[], limit: number, account?: string, upTo?: number) {
    return stream.listEvents(this.db, after, paths, limit, account, upTo);
  }

  eventSpan() {
    return stream.spanOfEvents(this.db);
  }

  users() {
    return accounts.listUsers(this.db);
  }

  user(id: string) {
    return accounts.findUser(this.db, id);
  }

  saveUser(user: User) {
    return accounts.saveUser(this.db, user);
  }

  removeUser(id: string) {
    return accounts.removeUser(this.db, id);
  }

  saveSession(session: Session) {
    return accounts.saveSession(this.db, session);
  }

  slideSession(session: Parameters<RecordStore['slideSession']>[0]) {
    return accounts.slideSession(this.db, session);
  }

  session(tokenHash: string) {
    return accounts.findSession(this.db, tokenHash);
  }

  sessions(user: string) {
    return accounts.listSessions(this.db, user);
  }

  removeSession(tokenHash: string) {
    return accounts.removeSession(this.db, tokenHash);
  }

  idempotent(key: string) {
    return accounts.findAnswer(this.db, key);
  }

  saveIdempotent(answer: IdempotentAnswer) {
    return accounts.saveAnswer(this.db, answer);
  }

  meta(key: string) {
    return accounts.findMeta(this.db, key);
  }

  metaUnder(prefix: string) {
    return accounts.listMeta(this.db, prefix);
  }
}

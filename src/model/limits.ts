/**
 * Every queue, map, window and retry has its limit here, with its unit in the name. At a limit there is back-pressure
 * or a counted, named refusal, never silent growth.
 */
export const LIMITS = {
  /** MQTT frame before the client has been let in: a CONNECT has no reason to be larger. */
  connectFrameBytesMax: 4 * 1024,
  /** MQTT frame of a client that is in. */
  frameBytesMax: 256 * 1024,
  connectTimeoutMs: 5_000,
  keepAliveSMax: 65_535,
  connectionsPerAddressMax: 2_000,
  /** Connections that have not shown who they are, as a share of their address's and in all: the oldest makes room for the next. */
  knockingShare: 0.5,
  knockingMax: 12_500,
  /** Connects of one client id within the window before it is sent away. */
  flappingConnectsMax: 15,
  flappingWindowMs: 60_000,
  flappingBanMs: 60_000,
  /** Wrong secrets within the flapping window before it is sent away; of one name, or of an address, and only where a check is slow. */
  authFailuresMax: 50,
  /** Of those who are sent away one is let through in this time: an SOS that is behind it waits no longer. */
  banOneEveryMs: 3_000,
  /** Clients that wait for the slow check of a secret that somebody set by hand. */
  slowChecksWaitingMax: 10_000,
  /** So many times in a row was one connection of a client id displaced by the next, each within this time of the one before. */
  displacedInARowMax: 8,
  displacedWithinMs: 60_000,
  /** A case about how a device connects that was resolved is opened anew after this long, if it is still so. */
  deviceFaultRearmMs: 4 * 60 * 60_000,
  /** For how long it is shown of a device that two used its credential. */
  twoAsOneShownMs: 60 * 60_000,
  drainTimeoutMs: 10_000,
  /** How often the broker looks after its connections: silence, full sockets, bans that ended. */
  brokerSweepMs: 1_000,
  connectionsMax: 50_000,
  /** Client ids and addresses whose failures are remembered; beyond it the oldest is forgotten. */
  bansKeptMax: 100_000,
  subscriptionsPerClientMax: 100,
  /** What waits for one MQTT subscriber, in bytes and in messages, before it is dropped and counted. */
  subscriberQueueBytesMax: 4 * 1024 * 1024,
  subscriberQueueLengthMax: 16_384,
  /** QoS 1 messages that a subscriber may leave unacknowledged. */
  subscriberUnackedMax: 10_000,
  retainedMessagesMax: 250_000,
  /** How long a stopping broker waits for the acknowledgements of what it has taken. */
  brokerStopMs: 2_000,

  /** A frame of a watch before it has said who it is, and after: voice comes in pieces of some kilobytes. */
  watchFirstFrameBytesMax: 4 * 1024,
  watchFrameBytesMax: 64 * 1024,
  /** A watch says who it is within this time, also over a slow network. */
  watchLoginMs: 30_000,
  /** Watches speak every 5 to 10 minutes, pendants every half an hour; one that is silent for longer has lost its way to us. */
  watchIdleMs: 60 * 60_000,
  /** Thousands of watches may stand behind one address of a mobile network, all of them behind that of a proxy. */
  watchConnectionsPerAddressMax: 5_000,
  /** Answers and commands that a watch has not taken. */
  watchUnsentBytesMax: 64 * 1024,
  /** Refused watches that are remembered, and how often each of them is shown. */
  watchRefusedKeptMax: 10_000,
  watchRefusedShownEveryMs: 10 * 60_000,

  /** The write-ahead log of a store that is archived is carried over into it at this size. */
  archiveLogBytesCarried: 16 * 1024 * 1024,
  /** Size at which it is carried over though the archive cannot be written: the archive has a gap then, and says so. */
  archiveLogBytesMax: 1024 * 1024 * 1024,
  archiveGenerationsMax: 400,

  /** Messages that wait for an outside broker. */
  upstreamOutboxMax: 1_000,
  /** Alerts whose last change it has not taken. */
  alertsUnpublishedMax: 10_000,
  /** How often, in a shared group of three or more, one says that it does not know a device, and how many are remembered. */
  notOursToldEveryMs: 60_000,
  notOursRememberedMax: 100_000,
  sharedGroupMembersMax: 1_000,
  /** Messages of a shared group that we leave unacknowledged (MQTT 5, receive maximum). */
  upstreamUnackedMax: 1_000,
  upstreamPublishTimeoutMs: 60_000,
  upstreamBackoffMsFirst: 1_000,
  upstreamBackoffMsMax: 60_000,

  /** Messages that wait for the loop, some seconds of a city. Above it sockets are not read, up to what each holds: the back-pressure. */
  inboxLengthMax: 16_384,
  /** Room in the inbox beyond that, for the connections on which somebody calls for help. */
  inboxReserve: 1_024,
  /** Bytes of what waits for the loop, for a message may be as long as a thousand others: some seconds of work. */
  inboxBytesMax: 32 * 1024 * 1024,
  /** Bytes in reserve beyond that, for the same connections. */
  inboxReserveBytes: 8 * 1024 * 1024,
  /** What of one MQTT client may wait in the service, in messages and in bytes: two of the longest. Others do not stand behind more. */
  clientWaitingMax: 4_096,
  clientWaitingBytesMax: 512 * 1024,
  /** What one device may bring in a minute, a gateway for each behind it: a month of a reading a minute is less. The rest waits. */
  deviceMessagesPerMinuteMax: 60_000,
  deviceBytesPerMinuteMax: 32 * 1024 * 1024,
  /** How long a push by HTTP waits for its commit before the platform is asked to send it again. */
  pushWaitMsMax: 20_000,
  /** Refusals of a push that its answer names. */
  pushRefusalsMax: 20,
  /** What a pusher is told to wait when there is no room. */
  pushRetryAfterS: 10,
  /** Devices by whose clocks ours is judged, on either side. */
  clockWitnessesMax: 2_000,
  /** Messages that were refused for their clock, and are taken when ours turns out to be wrong. */
  clockHeldMessagesMax: 2_000,
  /** Topics under which clients of the broker published, with what was found out about each. */
  topicsRememberedMax: 500_000,
  /** Messages that one transaction carries. */
  batchLengthMax: 1_024,
  /** Readings that end a transaction before: whoever calls for help meanwhile waits for its end, some 30 ms. */
  batchReadingsMax: 8_192,
  /** Due-dates that one step works off, of more; each may open a case: some ten milliseconds, then messages have their turn. */
  dueSliceMax: 100,
  /** So often a home or gateway may be due still at the instant at which it has fired, before it is put off: by right it is never. A slice of due-dates whose rule fails takes some hundredths of a second by it. */
  firedAtOnceMax: 100,
  /** Readings of one message of one device: more than an MQTT frame can hold. Of a longer one over HTTP the newest are taken. */
  readingsPerMessageMax: 20_000,
  /** Events of one message, each of which people may be told of; and values of one message that are refused one by one. */
  eventsPerMessageMax: 1_000,
  refusalsPerMessageMax: 1_000,
  /** Devices that one message of a gateway or platform speaks for: each is a step of its own. */
  devicesPerMessageMax: 1_000,
  /** Unknown devices that are remembered with what they sent last; unknown names under which a login was refused, in all and of one address. */
  knockingKeptMax: 1_000,
  refusedNamesKeptMax: 200,
  refusedNamesOfAddressMax: 20,
  /** Devices whose messages are kept as they come, because somebody looks at them, and messages of each. */
  capturedDevicesMax: 200,
  capturedMessagesMax: 20,
  /** Homes that are kept of those where a device was before; characters of what a self-describing device says of itself. */
  homesBeforeMax: 10,
  /** Devices that left the registry of which it is kept where they were. */
  leftHomesMax: 2_000,
  announcedCharsMax: 16 * 1024,
  /** Bytes of a rejected payload that are kept. */
  rejectionPayloadBytesMax: 4_096,
  /** Rejections kept for the operator; the counters are never cut. */
  rejectionsKeptMax: 10_000,

  /** A device clock may be ahead by this much; beyond it the reading is refused. */
  clockAheadMsMax: 10 * 60_000,
  /** A device may bring readings from before it was enrolled: a new meter uploads what it has measured on the shelf. */
  beforeEnrolmentMsMax: 7 * 86_400_000,
  /** Readings older than this on arrival are refused. */
  readingAgeMsMax: 400 * 86_400_000,
  /** Recent messages remembered for each device, to tell a repeat from a correction. */
  recentMessagesMax: 6,
  /** Numbers of frames remembered for each device behind a network, to know one that comes over two ways. */
  recentFramesMax: 8,

  /** Events kept for the resumable stream. */
  streamEventsKeptMax: 100_000,
  /**
   * Events that wait for one reader of the stream before it is dropped and counted. Several full commits
   * (batchLengthMax) in which each message brings an event: a reader that reads outlives a day's upload of a town.
   */
  streamReaderQueueMax: 8_192,
  streamReadersMax: 500,
  /** Of one account: the oldest gives way. Pages that somebody has open, or the stations that share an account. */
  streamReadersPerAccountMax: 20,
  /** A reader of the stream whose socket takes nothing for this long is dropped. */
  streamStallMsMax: 30_000,

  /** Calls for help that no rule tells of, by which technicians hear of it. Each home has its case all the same. */
  callsWithoutRuleMax: 200,

  /** How often one device that nobody enrolled is told to call for help, and how many in a minute one by one. */
  strangerCallMs: 60_000,
  strangerCallsPerMinuteMax: 30,
  /** Calls of strangers that are open at one gateway, each with its alert; all beyond share one. */
  strangersCallingMax: 20,
  /** Strangers whose calls people resolved or dismissed, remembered for each gateway. */
  strangersRememberedMax: 200,
  /** A case that was resolved while the device goes on calling is opened anew after this long. */
  strangerRearmMs: 30 * 60_000,
  /** The same of an enrolled device for which somebody else calls: it may be forged. */
  foreignRearmMs: 5 * 60_000,
  /** A state that calls for help and has stood since people resolved its case is told to them again after this long. */
  standingCallMs: 12 * 60 * 60_000,
  /** Devices for which one sender calls that is not theirs are counted over this long, up to `strangersCallingMax`. */
  foreignCallsCountMs: 24 * 60 * 60_000,
  /** Where a device was longer than this before its wearer called says nothing about where they are. */
  callPositionAgeMsMax: 24 * 60 * 60_000,
  /** A stranger that was dismissed with a reason is told again after this long. */
  strangerDismissedMs: 30 * 86_400_000,

  /** Edge nodes of Sparkplug B whose numbers are watched. */
  sparkplugNodesMax: 2_000,
  /** Before a node that did not answer is asked again to be born; twice as long each time, up to the second. */
  rebirthMsFirst: 60_000,
  rebirthMsMax: 6 * 3_600_000,
  rebirthsPerMinuteMax: 60,

  /** Raw rejections that one batch may add; the newest, and of each reason at least one. */
  rejectionsPerBatchMax: 50,
  /** Readings in memory before they go into blocks, and how long the first of them waits at most until it is on disk. */
  hotPointsMax: 200_000,
  hotAgeMsMax: 10 * 60_000,
  /** Readings in memory at which taking more waits for sealing: the back-pressure of the telemetry store. */
  hotPointsHardMax: 500_000,
  /** Readings that go to an outside store in one request. */
  outsideBatchPointsMax: 5_000,
  outsideTimeoutMs: 30_000,
  outsideBackoffMsFirst: 1_000,
  outsideBackoffMsMax: 60_000,
  /** An outside store may ask for more patience than that, up to this much. */
  outsideRetryAfterMsMax: 60 * 60_000,
  /** Bytes of a server's answer that are read where it refuses something, and characters of it that are kept. */
  outsideAnswerBytesMax: 16 * 1024,
  outsideDetailCharsMax: 300,
  /** A file of the spool; the smallest piece of it that gives way. */
  spoolSegmentBytesMax: 4 * 1024 * 1024,
  /** Periods that are owed to an outside store; beyond it they become one. */
  spoolOwedMax: 16,
  /** Characters of readings that wait in memory because the spool cannot be written: beyond it they are owed out of the local store. */
  spoolBufferCharsMax: 32 * 1024 * 1024,
  /** The file of readings that an outside store refused; beyond it the older half is dropped. */
  setAsideBytesMax: 16 * 1024 * 1024,
  /** Reports that wait, after a start, until the telemetry store has those of before. */
  telemetryWaitingMax: 100_000,

  /** Attempts for one notice before it is failed for good. */
  noticeAttemptsMax: 12,
  /** So many attempts that went wrong are no chance: their channel may be reported. */
  failingAttemptsMin: 3,
  noticeBackoffMsFirst: 5_000,
  noticeBackoffMsMax: 30 * 60_000,
  noticeTimeoutMs: 15_000,
  /** Notices that are on their way at the same moment, for each configured channel: a slow one delays no other. */
  noticesInFlightMax: 16,
  /** Telephone numbers whose last messages are remembered, for each channel that has a limit for a number. */
  addressesKeptMax: 20_000,
  /** A notice waits this long for a number that has got enough, or fails, so that others are told; so they are of a P1 or P2 whose channel is held longer. */
  addressWaitMsMax: 3 * 60_000,
  /** Bytes of a provider's answer that are read, and characters that are kept with the notice. */
  noticeAnswerBytesMax: 16 * 1024,
  noticeAnswerCharsMax: 300,
  /** A connection to a provider is usable within this time, or tried anew. */
  sessionConnectMs: 15_000,
  /** Pauses between tries to connect, doubled each time: after a failure of the network… */
  sessionPauseMsFirst: 1_000,
  sessionPauseMsMax: 60_000,
  /** …and after a refusal or a displacement, which trying at once makes worse. */
  sessionRefusedPauseMsFirst: 60_000,
  sessionRefusedPauseMsMax: 30 * 60_000,
  /** A frame of a provider. */
  sessionFrameBytesMax: 256 * 1024,
  /** How often we show a provider that we are there. */
  sessionHeartbeatMs: 30_000,
  /** A provider from which nothing came for this many heartbeats is taken for gone. */
  sessionSilentHeartbeatsMax: 2,
  /** Trouble that did not end a connection is shown for so long. */
  sessionTroubleShownMs: 60 * 60_000,
  /** How long a closing connection waits for the provider's farewell. */
  sessionCloseMs: 1_000,
  /** Presses of buttons that are being handled at the same time, for each channel; more are told to try again. */
  sessionPressesMax: 64,
  /** Parts of messages that wait for the rest of their message. */
  sessionPartsMax: 64,
  /** Cards that a session remembers, to know what it has changed already. */
  sessionCardsKeptMax: 1_000,
  /** How long a stopping service waits for the connection of a channel to close. */
  channelSessionCloseMs: 3_000,
  /** What comes back over channels and is being worked on; beyond it the provider is asked to send it again. */
  channelRepliesPendingMax: 1_000,
  /** Answers that one push of a provider may hold, and pushes of one channel in a minute. */
  channelRepliesPerPushMax: 1_000,
  channelPushesPerMinuteMax: 600,
  /** Notices of one drill over the channels. */
  drillNoticesMax: 1_000,
  /** Browsers of one account that are pushed to, and characters of the address of one. */
  pushSubscriptionsPerUserMax: 10,
  pushEndpointCharsMax: 1_000,
  /** How long the link of a notice leads somewhere: a night; and how much longer where it may be kept from eight in the evening till nine, clocks changing. */
  noticeLinkMs: 12 * 60 * 60_000,
  noticeKeptMsMax: 14 * 60 * 60_000,
  /** How often one link of a notice or a home may be asked for in a minute. */
  noticePagesPerMinuteMax: 120,
  /** How long a personal link of a home leads somewhere unless staff say otherwise, and at most. */
  homeLinkDays: 180,
  homeLinkDaysMax: 366,
  /** How far from now an absence may reach, and how far ahead begin; after so many days of one it is asked whether it still is. Longer: one that an operator registers, and says why. */
  awayDaysMax: 90,
  awayLongDaysMax: 366,
  awayNoteLengthMin: 3,
  /** How long an absence may be that is registered over one, and how far ahead it may begin. */
  homeLinkAwayDaysMax: 90,
  homeLinkAheadDaysMax: 90,
  /** Absences that one person registers or ends over a link in a day, requests that they send, and buttons that are pressed over one link in a minute. */
  homeLinkChangesPerDayMax: 12,
  homeLinkRequestsPerDayMax: 5,
  homeLinkPressesPerMinuteMax: 20,
  /** Notices that one digest stands for, and titles that it names. */
  digestNoticesMax: 200,
  digestTitlesMax: 5,
  /** Notices of one case that are looked at when somebody takes it. */
  noticesPerCaseMax: 1_000,
  /** When the service starts so many of what waits are looked at, and, by as many at a time, so many of the newest for what failed. */
  unreportedNoticesMax: 200,
  unreportedLookedMax: 4_000,
  /** Whoever was told of a case does not hear later than this that somebody has it. */
  followUpAgeMsMax: 24 * 60 * 60_000,
  /** People and channels told in one step of a case; the nearest come first, the rest is counted in the time line. */
  recipientsPerStepMax: 50,

  /** Alerts that a case lists: the newest. Older ones keep their case, the time line keeps them all. */
  caseAlertsMax: 200,
  /** Lines of a case's time line that come with it: the newest. The others come page by page. */
  caseEntriesShownMax: 300,
  /** Findings that may yet give a case its title: those that matter most. */
  caseFindingsMax: 8,
  /** Ways to people who were told of a case: they hear if its place was wrong. The last told are remembered. */
  caseToldMax: 100,
  /** Rounds of a case that was reopened again and again which are kept with it: the newest. */
  caseRoundsMax: 20,
  /** Of each kind at one home or gateway: resolved cases that wait for their call-back; and requests that are not over. */
  casesAwaitingCallBackMax: 20,
  requestsOpenMax: 30,
  /** Commands on the cases of one home or gateway whose keys are remembered, so that none is done twice; and for how long. */
  commandsRememberedMax: 32,
  commandKeyMs: 24 * 60 * 60_000,
  /** One photo, as it is stored: consoles shrink what a camera gives to some 300 kB. */
  photoBytesMax: 1_000_000,
  photosPerCaseMax: 20,
  /** Cases of one ledger: a community's year with room. Homes of one answer about precision: those with most false findings. */
  ledgerCasesMax: 50_000,
  precisionHomesMax: 500,
  alertLoadMax: 200_000, // Alerts of one answer about their load, and cases: a month of 100,000 homes.
  /** Visits of one import, and how old one may be that is recorded now: older ones would be deleted again. */
  visitsPerImportMax: 20_000,
  visitAgeMsMax: 3 * 365 * 24 * 60 * 60_000,
  /** Cleared alerts of resolved cases, for each home or gateway, that late data may still correct. */
  alertsRememberedMax: 16,
  /** Exchanges of shifts, periods of leave and hand-over notes that are kept, and for how long after they are over. */
  dutySwapsMax: 2_000,
  dutyLeaveMax: 2_000,
  dutyNotesMax: 500,
  dutyKeptMs: 90 * 24 * 60 * 60_000,
  /** The longest silence, and the longest time that a site may be on trial. */
  silenceMsMax: 7 * 24 * 60 * 60_000,
  /** One that holds back calls for help as well. */
  silenceCallsMsMax: 24 * 60 * 60_000,
  logOnlyMsMax: 60 * 24 * 60 * 60_000,
  /** Silences that are remembered; those that are over for so long. */
  silencesMax: 200,
  silencesKeptMs: 30 * 24 * 60 * 60_000,
  /** Gaps of one roster that are named; who has more knows enough. */
  rosterGapsShownMax: 200,
  /** How far into a leave it is looked for gaps that it opens, at once. */
  leaveGapsMsMax: 92 * 24 * 60 * 60_000,
  /** The longest period for which anybody may ask who is on duty. */
  rosterPeriodMsMax: 400 * 24 * 60 * 60_000,

  /** Connections to console and API, and this part of the files that the process may have open; the rest is for devices and disk. */
  httpConnectionsMax: 4_000,
  httpShareOfFiles: 1 / 4,
  /** Of them, of one address, those over which nobody has said who they are. */
  httpStrangersPerAddressMax: 200,
  /** The head of a request takes no longer; all of it, with a photo over a slow network. */
  httpHeadersTimeoutMs: 15_000,
  httpRequestTimeoutMs: 60_000,
  apiBodyBytesMax: 1024 * 1024,
  refusedBodyBytesMax: 64 * 1024 * 1024, // Of one that is too large: read and thrown away, so that its sender hears why.
  /** The same where nobody has said yet who asks: a name and a password. */
  openBodyBytesMax: 4 * 1024,
  /** Lists and objects within each other in a body, and values in it: long texts are one. Documents of devices hold more. */
  apiBodyNestingMax: 64,
  apiBodyValuesMax: 10_000,
  documentValuesMax: 250_000,
  /** Things wrong with one request that its answer names, and unknown names that one of them does; all are counted. */
  issuesToldMax: 20,
  /** A registry file: 100,000 rows of CSV are about 8 MB. */
  importBytesMax: 16 * 1024 * 1024,
  /** To read one, in a thread beside: 100,000 rows of CSV take some 5 s. */
  importReadMsMax: 60_000,
  /** Heap of that thread: a quarter of what there is, within these. */
  importHeapMbMin: 192,
  importHeapMbMax: 1024,
  /** Changes and moves of an import that are told one by one. */
  importChangesTold: 1000,
  /** Registry files that wait while another one is read. */
  importsWaitingMax: 4,
  /** Gateways of an import that nothing describes, each compared with the names of all others. */
  inventedComparedMax: 100,
  /** A document that is brought in for a device: a thousand observations of FHIR are about 1 MB. */
  documentBytesMax: 4 * 1024 * 1024,
  /** Points or buckets of one answer. */
  pointsPerAnswerMax: 20_000,
  /** Requests with an Idempotency-Key that run at the same time. */
  idempotentInFlightMax: 1_000,
  /** Passwords checked at the same time, of people and of MQTT clients: scrypt takes 32 MB each. */
  passwordChecksMax: 8,
  /** Wrong sign-ins in one window, of one account from one address, and of one address (an office behind one router). */
  signInsPerAccountMax: 10,
  signInsPerAddressMax: 60,
  signInWindowMs: 60_000,
  /** Sign-ins that wait for the check of their password: of people who were here before, and of others. */
  signInsWaitingMax: 100,
  /** Addresses from which an account signed in that are remembered. */
  signInPlacesKeptMax: 20_000,
  /** A session ends when it was not used for this long, and for good at the second age. */
  sessionIdleMsMax: 7 * 86_400_000,
  sessionAgeMsMax: 90 * 86_400_000,
  pageLengthMax: 500,
  pageLengthDefault: 50,
} as const;

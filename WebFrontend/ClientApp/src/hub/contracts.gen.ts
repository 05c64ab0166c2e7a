// Generated from the C# contracts by tests/WebFrontend.Tests; not to be edited. `UPDATE_CONTRACTS=1 ./test WebFrontend.Tests` writes it anew.

/** A time in ISO 8601. */
export type Instant = string;

export type Account = {
  readonly user: string;
  readonly extension: string;
  readonly name: string;
  readonly tenant: TenantInfo;
  readonly settings: UserSettings;
  readonly callerIds: readonly string[];
  readonly hasWebphone: boolean;
  readonly signOutMinutes: number | null;
};

export type AttachRequest = {
  readonly sessionId: string;
  readonly tabId: string;
  readonly takePhone: boolean;
  readonly lastVersion: number;
  readonly clientVersion: string;
};

export type AutoAnswerDevice = {
  readonly device: string;
  readonly ringSeconds: number;
};

export type BrowserCall = {
  readonly leg: string | null;
  readonly here: boolean;
  readonly callKey: string;
  readonly version: number;
  readonly phase: CallPhase;
  readonly direction: CallDirection;
  readonly dialled: string;
  readonly peer: Peer;
  readonly held: boolean;
  readonly heldByPeer: boolean;
  readonly away: boolean;
  readonly peerAway: boolean;
  readonly startedAt: Instant;
  readonly answeredAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly end: CallEnd;
  readonly room: string | null;
  readonly consults: string | null;
  readonly backFrom: Peer | null;
  readonly recording: CallRecording | null;
  readonly peerRecords: boolean;
};

export type CallRecording = {
  readonly phase: RecordingPhase;
  readonly automatic: boolean;
  readonly startedAt: Instant;
};

export type Conference = {
  readonly number: string;
  readonly version: number;
  readonly host: string;
  readonly locked: boolean;
  readonly members: readonly ConferenceMember[];
  readonly startedAt: Instant | null;
  readonly invitees: readonly ConferenceInvitee[];
};

export type ConferenceInvitee = {
  readonly leg: string;
  readonly who: Peer;
  readonly by: Peer;
  readonly since: Instant;
};

export type ConferenceMember = {
  readonly leg: string;
  readonly who: Peer;
  readonly joinedAt: Instant;
  readonly muted: boolean;
  readonly holding: boolean;
  readonly speaking: boolean;
};

export type ConferenceOrder = {
  readonly room: string;
  readonly act: ConferenceAct;
  readonly leg: string | null;
  readonly on: boolean;
};

export type ConferenceResult = {
  readonly refusal: CallEnd;
};

export type DialRequest = {
  readonly leg: string;
  readonly number: string;
  readonly offer: string;
  readonly callerId: string | null;
  readonly consults: string | null;
};

export type DirectoryPage = {
  readonly entries: readonly DirectoryPerson[];
  readonly more: boolean;
};

export type DirectoryPerson = {
  readonly extension: string;
  readonly name: string;
};

export type HistoryItem = {
  readonly callKey: string;
  readonly direction: CallDirection;
  readonly peer: Peer;
  readonly line: string;
  readonly startedAt: Instant;
  readonly answeredAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly durationSeconds: number;
  readonly end: CallEnd;
  readonly missed: boolean;
  readonly recordings: readonly RecordingItem[];
};

export type HistoryPage = {
  readonly entries: readonly HistoryItem[];
  readonly more: boolean;
};

export type IceServer = {
  readonly urls: readonly string[];
  readonly username: string | null;
  readonly credential: string | null;
};

export type KeyBoard = {
  readonly version: number;
  readonly keys: readonly KeySetting[];
};

export type KeySetting = {
  readonly kind: PhoneKeyKind;
  readonly target: string;
  readonly label: string;
};

export type Me = {
  readonly extension: string;
  readonly name: string;
  readonly doNotDisturb: boolean;
  readonly reachable: boolean;
  readonly state: PresenceState;
  readonly devices: readonly MyDevice[];
  readonly recording: RecordingRules;
  readonly version: number;
};

export type MyCallSettings = {
  readonly holdRecallSeconds: number;
  readonly autoAnswer: readonly AutoAnswerDevice[];
};

export type MyConference = {
  readonly number: string;
  readonly members: number;
  readonly version: number;
};

export type MyDevice = {
  readonly id: string;
  readonly sessionId: string | null;
  readonly userAgent: string;
};

export type OfferResult = {
  readonly ok: boolean;
  readonly answer: string | null;
  readonly refusal: OfferRefusal | null;
};

export type ParkBoard = {
  readonly version: number;
  readonly slots: readonly ParkSlot[];
};

export type ParkSlot = {
  readonly slot: string;
  readonly who: Peer | null;
  readonly by: Peer | null;
  readonly since: Instant | null;
};

export type PasswordChange = {
  readonly current: string;
  readonly new: string;
};

export type PasswordProof = {
  readonly password: string;
};

export type PasswordRecovery = {
  readonly token: string;
  readonly password: string;
};

export type Peer = {
  readonly number: string;
  readonly name: string;
  readonly extension: string | null;
};

export type PhoneHolder = {
  readonly tabId: string | null;
  readonly reachable: boolean;
  readonly missedRingAt: Instant | null;
};

export type PresenceEntry = {
  readonly extension: string;
  readonly version: number;
  readonly state: PresenceState;
  readonly doNotDisturb: boolean;
  readonly calls: number;
};

export type Problem = {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly retryAfter: number | null;
};

export type PushKey = {
  readonly publicKey: string | null;
};

export type PushSubscriptionRequest = {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly session: string | null;
};

export type RecordingAccessItem = {
  readonly recordingId: string;
  readonly owner: string;
  readonly by: string | null;
  readonly use: RecordingUse;
  readonly at: Instant;
  readonly address: string;
};

export type RecordingAccessPage = {
  readonly entries: readonly RecordingAccessItem[];
  readonly more: boolean;
};

export type RecordingItem = {
  readonly id: string;
  readonly extension: string;
  readonly callKey: string;
  readonly direction: CallDirection;
  readonly peer: Peer;
  readonly kind: RecordingFileKind;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly durationSeconds: number;
  readonly size: number;
  readonly sha256: string;
  readonly missingSeconds: number;
  readonly interrupted: boolean;
};

export type RecordingPage = {
  readonly recordings: readonly RecordingItem[];
  readonly more: boolean;
};

export type RecordingResult = {
  readonly refusal: RecordingRefusal;
};

export type RecordingRules = {
  readonly internal: RecordingWhen;
  readonly inbound: RecordingWhen;
  readonly outbound: RecordingWhen;
  readonly pause: boolean;
  readonly download: boolean;
  readonly delete: boolean;
  readonly all: boolean;
};

export type RecordingWave = {
  readonly durationSeconds: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
};

export type RecoveryCodes = {
  readonly codes: readonly string[];
};

export type Ring = {
  readonly leg: string;
  readonly callKey: string;
  readonly caller: Peer;
  readonly startedAt: Instant;
  readonly reason: RingReason;
  readonly autoAnswerSeconds: number | null;
};

export type RingStop = {
  readonly leg: string;
  readonly reason: CallEnd;
  readonly by: string | null;
};

export type SecondFactorCode = {
  readonly code: string;
};

export type SecondFactorSecret = {
  readonly secret: string;
  readonly uri: string;
};

export type SecondFactorStatus = {
  readonly enabled: boolean;
  readonly recoveryCodes: number;
};

export type SignInRequest = {
  readonly user: string;
  readonly password: string;
  readonly code: string | null;
  readonly remember: boolean;
};

export type Snapshot = {
  readonly version: number;
  readonly serverTime: Instant;
  readonly me: Me;
  readonly tenant: TenantInfo;
  readonly settings: UserSettings;
  readonly calls: readonly BrowserCall[];
  readonly transfers: readonly TransferStatus[];
  readonly conferences: readonly Conference[];
  readonly myConference: MyConference | null;
  readonly parkBoard: ParkBoard | null;
  readonly keyBoard: KeyBoard;
  readonly presence: readonly PresenceEntry[];
  readonly holdsPhone: boolean;
  readonly phone: PhoneHolder;
  readonly iceServers: readonly IceServer[];
};

export type TenantInfo = {
  readonly name: string;
  readonly domain: string;
};

export type TransferOrder = {
  readonly requestId: string;
  readonly leg: string;
  readonly kind: MoveKind;
  readonly target: string | null;
  readonly consultation: string | null;
};

export type TransferStatus = {
  readonly requestId: string;
  readonly leg: string;
  readonly kind: MoveKind;
  readonly target: string | null;
  readonly consultation: string | null;
  readonly phase: TransferPhase;
  readonly reason: CallEnd;
  readonly place: string | null;
};

export type UserSettings = {
  readonly language: string | null;
  readonly theme: Theme;
  readonly notifications: boolean;
};

export interface PhoneHub {
  attach(request: AttachRequest): Promise<Snapshot>;
  takePhone(): Promise<boolean>;
  releasePhone(): Promise<void>;
  dial(request: DialRequest): Promise<OfferResult>;
  ringReceived(leg: string): Promise<void>;
  answer(leg: string, offer: string): Promise<OfferResult>;
  decline(leg: string): Promise<void>;
  hangUp(leg: string): Promise<void>;
  hold(leg: string): Promise<void>;
  resume(leg: string): Promise<void>;
  sendDigits(leg: string, digits: string): Promise<void>;
  transfer(order: TransferOrder): Promise<void>;
  conference(order: ConferenceOrder): Promise<ConferenceResult>;
  record(callKey: string, act: RecordingAct): Promise<RecordingResult>;
  reconnect(leg: string, offer: string): Promise<OfferResult>;
  probe(probe: string, offer: string): Promise<OfferResult>;
  setDoNotDisturb(on: boolean): Promise<void>;
  setKeys(keys: readonly KeySetting[]): Promise<KeyBoard>;
  watchPresence(extensions: readonly string[]): Promise<readonly PresenceEntry[]>;
}

/** The names of the methods of PhoneHub on the wire. */
export const phoneHubMethods = {
  attach: 'Attach',
  takePhone: 'TakePhone',
  releasePhone: 'ReleasePhone',
  dial: 'Dial',
  ringReceived: 'RingReceived',
  answer: 'Answer',
  decline: 'Decline',
  hangUp: 'HangUp',
  hold: 'Hold',
  resume: 'Resume',
  sendDigits: 'SendDigits',
  transfer: 'Transfer',
  conference: 'Conference',
  record: 'Record',
  reconnect: 'Reconnect',
  probe: 'Probe',
  setDoNotDisturb: 'SetDoNotDisturb',
  setKeys: 'SetKeys',
  watchPresence: 'WatchPresence',
} as const satisfies Record<keyof PhoneHub, string>;

export interface PhoneClient {
  ringing(ring: Ring): void;
  ringStopped(stop: RingStop): void;
  callChanged(call: BrowserCall): void;
  transferChanged(transfer: TransferStatus): void;
  conferenceChanged(conference: Conference): void;
  myConferenceChanged(conference: MyConference): void;
  parkBoardChanged(board: ParkBoard): void;
  keyBoardChanged(board: KeyBoard): void;
  meChanged(me: Me): void;
  presenceChanged(changes: readonly PresenceEntry[]): void;
  phoneTaken(holder: PhoneHolder): void;
  signedOut(reason: SignOutReason): void;
}

/** The names of the methods of PhoneClient on the wire. */
export const phoneClientMethods = {
  ringing: 'Ringing',
  ringStopped: 'RingStopped',
  callChanged: 'CallChanged',
  transferChanged: 'TransferChanged',
  conferenceChanged: 'ConferenceChanged',
  myConferenceChanged: 'MyConferenceChanged',
  parkBoardChanged: 'ParkBoardChanged',
  keyBoardChanged: 'KeyBoardChanged',
  meChanged: 'MeChanged',
  presenceChanged: 'PresenceChanged',
  phoneTaken: 'PhoneTaken',
  signedOut: 'SignedOut',
} as const satisfies Record<keyof PhoneClient, string>;

export type CallDirection =
  | 'inbound'
  | 'outbound';

export type CallEnd =
  | 'none'
  | 'completed'
  | 'cancelled'
  | 'answeredElsewhere'
  | 'noAnswer'
  | 'busy'
  | 'declined'
  | 'doNotDisturb'
  | 'unreachable'
  | 'notFound'
  | 'forbidden'
  | 'noCommonMedia'
  | 'overloaded'
  | 'mediaTimeout'
  | 'partyLost'
  | 'sessionExpired'
  | 'edgeLost'
  | 'serverStopped'
  | 'interrupted'
  | 'failed'
  | 'roomFull'
  | 'roomLocked'
  | 'slotTaken'
  | 'removed'
  | 'noMediaPath';

export type CallPhase =
  | 'routing'
  | 'ringing'
  | 'connected'
  | 'ended';

export type ConferenceAct =
  | 'mute'
  | 'remove'
  | 'lock';

export type MoveKind =
  | 'send'
  | 'merge'
  | 'switch';

export type OfferRefusal =
  | 'gone'
  | 'notHolder'
  | 'badOffer'
  | 'overloaded'
  | 'unavailable'
  | 'wrongState';

export type PhoneKeyKind =
  | 'person'
  | 'number'
  | 'slot'
  | 'conference';

export type PresenceState =
  | 'offline'
  | 'idle'
  | 'doNotDisturb'
  | 'held'
  | 'onCall'
  | 'ringing';

export type RecordingAct =
  | 'start'
  | 'stop'
  | 'pause'
  | 'resume';

export type RecordingFileKind =
  | 'wav'
  | 'opus';

export type RecordingPhase =
  | 'off'
  | 'starting'
  | 'on'
  | 'paused'
  | 'failed';

export type RecordingRefusal =
  | 'none'
  | 'notFound'
  | 'forbidden';

export type RecordingUse =
  | 'listen'
  | 'download'
  | 'delete'
  | 'expire';

export type RecordingWhen =
  | 'never'
  | 'onDemand'
  | 'always';

export type RingReason =
  | 'call'
  | 'intercom'
  | 'switch'
  | 'holdRecall'
  | 'conference';

export type SignOutReason =
  | 'signedOut'
  | 'passwordChanged'
  | 'removed'
  | 'refused';

export type Theme =
  | 'system'
  | 'light'
  | 'dark';

export type TransferPhase =
  | 'trying'
  | 'done'
  | 'failed';

export const hubPaths = {
  phone: '/hub',
  requestHeader: 'X-Webphone',
} as const;

export const hubLimits = {
  messageBytes: 32768,
  offerLength: 16384,
  watched: 500,
  keys: 60,
  keyLabelLength: 40,
  digits: 64,
  numberLength: 64,
  callsPerSecond: 20,
  callBurst: 60,
  connectionsPerUser: 20,
  legsPerSession: 20,
  heartbeatMs: 6000,
  silenceMs: 12000,
  pageHeartbeatMs: 40000,
} as const;

import type { AttachRequest, BrowserCall, CallEnd, CallPhase, Conference, ConferenceOrder, DialRequest, KeyBoard, Me, OfferResult, ParkBoard, Peer, PhoneHolder, PresenceEntry, RecordingAct, RecordingRefusal, Snapshot, TransferOrder, TransferPhase, TransferStatus, UserSettings, RingReason } from '../hub/contracts.gen'
import { HubGone, NotSignedIn, type HubConnection, type HubEvents } from '../core/phone/ports'

interface Connection {
  readonly events: HubEvents
  request: AttachRequest | null
}

/** The server's side of the hub in memory, for one user: calls, rings, tabs, and a switch that drops everything. */
export class MemoryServer {
  readonly calls = new Map<string, BrowserCall>()
  /** The last one of each leg. */
  readonly transfers = new Map<string, TransferStatus>()
  /** The number that the last call was to be shown as. */
  callerId: string | null = null
  /** What was asked, in order: "dial <leg>", "hangUp <leg>"… */
  readonly asked: string[] = []
  /** False: no connection opens, and those that are there are dead. */
  reachable = true
  signedIn = true
  /** What the next commands do instead of their work: arrive and lose their answer, or not arrive. */
  losing: 'nothing' | 'answers' | 'commands' = 'nothing'
  refusal: OfferResult['refusal'] = null
  holder: string | null = null
  presence: PresenceEntry[] = []
  readonly conferences = new Map<string, Conference>()
  parkBoard: ParkBoard = { version: 1, slots: ['701', '702', '703', '704'].map((slot) => ({ slot, who: null, by: null, since: null })) }
  keyBoard: KeyBoard = { version: 1, keys: [] }
  /** Why conferences refuse what is asked of them. */
  conferenceRefusal: CallEnd = 'none'
  recordingRefusal: RecordingRefusal = 'none'
  settings: UserSettings = { language: null, theme: 'system', notifications: true }
  me: Me = { extension: '101', name: 'Ada Lindqvist', doNotDisturb: false, reachable: true, state: 'idle', devices: [], recording: { internal: 'onDemand', inbound: 'onDemand', outbound: 'onDemand', pause: true, download: true, delete: true, all: true }, version: 1 }
  #connections: Connection[] = []
  #version = 1
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  readonly open = (events: HubEvents): HubConnection => {
    const connection: Connection = { events, request: null }
    const command = async <T>(name: string, work: () => T): Promise<T> => {
      if (!this.reachable || !this.#connections.includes(connection)) throw new HubGone()
      if (this.losing === 'commands') throw new HubGone()
      this.asked.push(name)
      const result = work()
      if (this.losing === 'answers') throw new HubGone()
      return Promise.resolve(result)
    }
    return {
      start: async () => {
        await Promise.resolve()
        if (!this.reachable) throw new HubGone()
        if (!this.signedIn) throw new NotSignedIn()
        this.#connections.push(connection)
      },
      stop: () => {
        this.#connections = this.#connections.filter((other) => other !== connection)
      },
      attach: (request) => command('attach', () => this.#attach(connection, request)),
      takePhone: () => command('takePhone', () => this.#take(connection)),
      releasePhone: () => command('releasePhone', () => this.#hold(null)),
      dial: (request) => command(`dial ${request.leg}`, () => this.#dial(request)),
      ringReceived: (leg) => command(`ringReceived ${leg}`, () => undefined),
      answer: (leg) => command(`answer ${leg}`, () => this.#offered(leg, () => this.connect(leg))),
      decline: (leg) => command(`decline ${leg}`, () => this.end(leg, 'declined')),
      hangUp: (leg) => command(`hangUp ${leg}`, () => this.end(leg, 'completed')),
      hold: (leg) => command(`hold ${leg}`, () => this.change(leg, { held: true })),
      resume: (leg) => command(`resume ${leg}`, () => this.change(leg, { held: false })),
      sendDigits: (leg, digits) => command(`sendDigits ${leg} ${digits}`, () => undefined),
      transfer: (order) => command(`transfer ${order.leg} ${order.target ?? order.consultation}`, () => this.#transfer(order)),
      conference: (order) => command(`conference ${order.act} ${order.leg ?? ''} ${order.on}`, () => {
        if (this.conferenceRefusal === 'none') this.#moderate(order)
        return { refusal: this.conferenceRefusal }
      }),
      record: (callKey, act) => command(`record ${callKey} ${act}`, () => {
        if (this.recordingRefusal === 'none') this.#record(callKey.replace('key-', ''), act)
        return { refusal: this.recordingRefusal }
      }),
      setKeys: (keys) => command('setKeys', () => {
        this.keyBoard = { version: ++this.#version, keys }
        this.#tell((events) => events.keyBoardChanged(this.keyBoard))
        return this.keyBoard
      }),
      probe: (name) => command(`probe ${name}`, () => (this.refusal === null ? { ok: true, answer: 'answer', refusal: null } : { ok: false, answer: null, refusal: this.refusal })),
      reconnect: (leg) => command(`reconnect ${leg}`, () => this.#offered(leg, () => this.change(leg, { away: false }))),
      setDoNotDisturb: (on) => command(`setDoNotDisturb ${on}`, () => {
        this.me = { ...this.me, doNotDisturb: on, version: ++this.#version }
        this.#tell((events) => events.meChanged(this.me))
      }),
      watchPresence: () => command('watchPresence', () => this.presence),
    }
  }

  ring(leg: string, caller: Peer, reason: RingReason = 'call', autoAnswerSeconds: number | null = null): void {
    const startedAt = this.#iso()
    this.calls.set(leg, this.#call(leg, 'inbound', 'ringing', caller))
    this.#tell((events) => events.ringing({ leg, callKey: `key-${leg}`, caller, startedAt, reason, autoAnswerSeconds }))
  }

  stopRinging(leg: string, reason: CallEnd, by: string | null = null): void {
    this.calls.delete(leg)
    this.#tell((events) => events.ringStopped({ leg, reason, by }))
  }

  /** The far side answers, or this side does. */
  connect(leg: string, answeredMsAgo = 0): void {
    this.change(leg, { phase: 'connected', answeredAt: new Date(this.#now() - answeredMsAgo).toISOString() })
  }

  end(leg: string, end: CallEnd): void {
    if (!this.calls.has(leg)) return
    this.change(leg, { phase: 'ended', endedAt: this.#iso(), end })
    this.calls.delete(leg)
  }

  /** What becomes of the transfer of a leg's far side. */
  settle(leg: string, phase: TransferPhase, reason: CallEnd = 'none', place: string | null = null): void {
    const before = this.transfers.get(leg)
    if (before === undefined) return
    const after = { ...before, phase, reason, place }
    this.transfers.set(leg, after)
    this.#tell((events) => events.transferChanged(after))
    if (phase !== 'done') return
    const stays = after.kind === 'merge' || (after.place !== null && this.calls.get(leg)?.room === after.place)
    for (const over of stays ? [after.consultation] : [leg, after.consultation]) if (over !== null) this.end(over, 'completed')
  }

  /** A conference as it is now. */
  meet(conference: Omit<Conference, 'version'>): void {
    const next = { ...conference, version: ++this.#version }
    this.conferences.set(next.number, next)
    this.#tell((events) => events.conferenceChanged(next))
  }

  /** Says something again that was said before. */
  repeat(conference: Conference): void {
    this.#tell((events) => events.conferenceChanged(conference))
  }

  park(slot: string, who: Peer | null, by: Peer | null = null): void {
    const since = who === null ? null : this.#iso()
    this.parkBoard = { version: ++this.#version, slots: this.parkBoard.slots.map((known) => (known.slot === slot ? { slot, who, by, since } : known)) }
    this.#tell((events) => events.parkBoardChanged(this.parkBoard))
  }

  change(leg: string, change: Partial<BrowserCall>): void {
    const before = this.calls.get(leg)
    if (before === undefined) return
    const after = { ...before, ...change, version: before.version + 1 }
    this.calls.set(leg, after)
    this.push(after)
  }

  push(call: BrowserCall): void {
    this.#tell((events) => events.callChanged(call))
  }

  /** Every connection breaks, and the tabs notice. */
  drop(): void {
    const broken = this.#connections
    this.#connections = []
    for (const { events } of broken) events.closed()
  }

  signOut(): void {
    this.signedIn = false
    this.#tell((events) => events.signedOut('signedOut'))
  }

  takenBy(tab: string | null): void {
    this.#hold(tab)
  }

  /** The holder did not acknowledge a ring: it counts as unreachable until it is heard of. */
  missedRing(): void {
    const missed = { tabId: this.holder, reachable: false, missedRingAt: this.#iso() }
    this.#tell((events) => events.phoneTaken(missed))
  }

  #attach(connection: Connection, request: AttachRequest): Snapshot {
    connection.request = request
    const others = this.#connections.some((other) => other.request?.tabId === this.holder && other !== connection)
    if (request.takePhone && (this.holder === null || !others)) this.holder = request.tabId
    return {
      version: ++this.#version, serverTime: this.#iso(), me: this.me, tenant: { name: 'Northwind Studio', domain: 'demo.example' }, settings: this.settings,
      calls: [...this.calls.values()], transfers: [...this.transfers.values()].filter(({ leg }) => this.calls.has(leg)),
      conferences: [...this.conferences.values()], myConference: null, parkBoard: this.parkBoard, keyBoard: this.keyBoard, presence: this.presence, holdsPhone: this.holder === request.tabId, phone: this.#phone(), iceServers: [],
    }
  }

  #take(connection: Connection): boolean {
    this.#hold(connection.request?.tabId ?? null)
    return true
  }

  #hold(tab: string | null): void {
    this.holder = tab
    this.#tell((events) => events.phoneTaken(this.#phone()))
  }

  #phone(): PhoneHolder {
    return { tabId: this.holder, reachable: this.holder !== null, missedRingAt: null }
  }

  #dial(request: DialRequest): OfferResult {
    this.callerId = request.callerId
    if (this.refusal !== null) return { ok: false, answer: null, refusal: this.refusal }
    if (!this.calls.has(request.leg)) {
      this.calls.set(request.leg, { ...this.#call(request.leg, 'outbound', 'ringing', { number: request.number, name: '', extension: null }), consults: request.consults })
      if (request.consults !== null) this.change(request.consults, { held: true })
    }
    return { ok: true, answer: 'answer', refusal: null }
  }

  #moderate({ room, act, leg, on }: ConferenceOrder): void {
    const conference = this.conferences.get(room)
    if (conference === undefined) return
    if (act === 'lock') this.meet({ ...conference, locked: on })
    else if (act === 'mute') this.meet({ ...conference, members: conference.members.map((member) => (member.leg === leg ? { ...member, muted: on } : member)) })
    else this.meet({ ...conference, members: conference.members.filter((member) => member.leg !== leg), invitees: conference.invitees.filter((invitee) => invitee.leg !== leg) })
  }

  #transfer(order: TransferOrder): void {
    const known = this.transfers.get(order.leg)
    if (known?.requestId === order.requestId) this.#tell((events) => events.transferChanged(known))
    else if (this.calls.has(order.leg)) {
      this.transfers.set(order.leg, { ...order, phase: 'trying', reason: 'none', place: null })
      this.settle(order.leg, 'trying')
    }
  }

  #record(leg: string, act: RecordingAct): void {
    const automatic = this.calls.get(leg)?.recording?.automatic ?? false
    this.change(leg, { recording: act === 'stop' ? null : { phase: act === 'pause' ? 'paused' : 'on', automatic, startedAt: this.#iso() } })
  }

  #offered(leg: string, work: () => void): OfferResult {
    if (this.refusal !== null) return { ok: false, answer: null, refusal: this.refusal }
    if (!this.calls.has(leg)) return { ok: false, answer: null, refusal: 'gone' }
    work()
    return { ok: true, answer: 'answer', refusal: null }
  }

  #call(leg: string, direction: BrowserCall['direction'], phase: CallPhase, peer: Peer): BrowserCall {
    return {
      leg, here: true, callKey: `key-${leg}`, version: 1, phase, direction, dialled: peer.number, peer, held: false, heldByPeer: false, away: false, peerAway: false,
      startedAt: this.#iso(), answeredAt: null, endedAt: null, end: 'none', room: null, consults: null, backFrom: null, recording: null, peerRecords: false,
    }
  }

  #iso(): string {
    return new Date(this.#now()).toISOString()
  }

  #tell(say: (events: HubEvents) => void): void {
    if (!this.reachable) return
    for (const { events, request } of this.#connections) if (request !== null) say(events)
  }
}

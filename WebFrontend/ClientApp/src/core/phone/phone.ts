import type { BrowserCall, Me, OfferRefusal, OfferResult, PhoneHolder, PresenceEntry, Ring, RingStop, Snapshot } from '../../hub/contracts.gen'
import { hubLimits } from '../../hub/contracts.gen'
import type { CallEnd } from '../calls/call'
import { isHeldByMe, isLive, isOver } from '../calls/call'
import * as list from '../calls/callList'
import type { CallEvent } from '../calls/callMachine'
import { placed } from '../calls/callMachine'
import { elsewhereOf, localiser, viewOf, viewOfRing, type CallElsewhere, type Localise } from '../calls/views'
import { Store } from '../store'
import { HangUps } from './hangUps'
import { Link } from './link'
import type { HubConnection, PhonePorts } from './ports'
import { HubGone, MicrophoneRefused } from './ports'
import { Sounds } from './sounds'
import { initialState, type Notice, type PhoneState } from './state'

/** How long a call that could not be sent waits for the connection. */
const dialPatienceMs = 15_000

/** How long an ended call stays on the grid. */
const endedShownMs = 4_000

interface Dialled {
  readonly number: string
  readonly callerId: string | null
  readonly offer: string
}

/**
 * The browser's phone without the browser: what the user does goes in, state comes out, and the ports do the rest. Every command can be
 * repeated: a leg's id is made here, and what the user wants (a call, a hold, a hang-up) is kept until the server has it.
 */
export class Phone {
  readonly state = new Store<PhoneState>(initialState)
  readonly #ports: PhonePorts
  readonly #link: Link
  readonly #sounds: Sounds
  readonly #hangUps: HangUps
  readonly #dialled = new Map<string, Dialled>()
  readonly #holds = new Map<string, boolean>()
  readonly #answers = new Set<string>()
  #away: readonly string[] = []
  #watched: readonly string[] = []
  #leads = false
  #sweeping = false
  #snapshotVersion = 0
  #notices = 0
  #local: Localise = (instant) => Date.parse(instant)

  constructor(ports: PhonePorts) {
    this.#ports = ports
    this.#hangUps = new HangUps(ports.memory)
    this.#link = new Link(ports.openHub, ports.clock, ports.chance, {
      changed: (connection) => this.#set({ connection }),
      attach: (hub) => this.#attach(hub),
      attached: (snapshot) => this.#attached(snapshot),
      ringing: (ring) => this.#ringing(ring),
      ringStopped: (stop) => this.#ringStopped(stop),
      callChanged: (call) => this.#callChanged(call),
      meChanged: (me) => this.#meChanged(me),
      presenceChanged: (changes) => this.#presenceChanged(changes),
      phoneTaken: (holder) => this.#phoneTaken(holder),
      signedOut: (reason) => {
        this.#forget()
        this.#set({ ...initialState, armed: this.#now.armed, connection: { kind: 'signedOut', reason } })
      },
    })
    this.#sounds = new Sounds(ports.sound, ports.clock, ports.chance, {
      sound: (leg, sound) => this.#step(leg, { kind: 'sound', sound }),
      reconnect: (leg, offer) => this.#ask((hub) => hub.reconnect(leg, offer)),
      wanted: (leg) => this.#carries(leg),
      microphone: (error) => this.#noticeMicrophone(error),
    })
  }

  get #now(): PhoneState {
    return this.state.get()
  }

  /** Connects; signed in is who has the cookie. */
  open(): void {
    this.#link.open()
    this.#ports.lead.enter(
      () => {
        this.#leads = true
        this.#takeIfLeading()
      },
      () => {
        this.#leads = false
      },
    )
  }

  close(): void {
    this.#ports.lead.leave()
    this.#leads = false
    this.#link.close()
    this.#forget()
    this.#set({ ...initialState, armed: this.#now.armed })
  }

  /** The network or the machine came back. */
  nudge(): void {
    this.#link.nudge()
  }

  /** The network changed under the calls: their sound finds a new way. */
  networkChanged(): void {
    this.#link.nudge()
    if (this.#now.connection.kind === 'attached') this.#sounds.recoverAll()
  }

  /** The user let this tab ring and listen; without it calls come to other devices only. */
  arm(on: boolean): void {
    if (this.#now.armed === on) return
    this.#set({ armed: on })
    if (on) this.#takeIfLeading()
    else if (this.#now.holdsPhone) {
      this.#set({ holdsPhone: false })
      void this.#send((hub) => hub.releasePhone())
    }
  }

  /** Takes the phone from another tab, with the calls' sound. */
  async takePhone(): Promise<void> {
    this.#ports.lead.steal()
    this.#leads = true
    await this.#take()
  }

  async dial(number: string, callerId: string | null = null): Promise<string | null> {
    const wanted = number.trim().slice(0, hubLimits.numberLength)
    if (wanted === '') return null
    if (!this.#now.holdsPhone) {
      this.#notice('notHere')
      return null
    }
    const leg = this.#ports.chance.id()
    this.#holdOthers(leg)
    const call = placed(leg, { number: wanted, name: '', extension: null }, this.#ports.clock.now())
    this.state.update((state) => ({ ...state, calls: [...state.calls, call], chosen: leg }))
    try {
      const offer = await this.#sounds.begin(leg)
      if (!this.#isWanted(leg)) return null
      this.#dialled.set(leg, { number: wanted, callerId, offer })
      this.#ports.clock.after(dialPatienceMs, () => {
        if (this.#dialled.has(leg)) this.#over(leg, 'notSent')
      })
      await this.#sendDial(leg)
    } catch (error) {
      this.#fail(leg, error)
    }
    return leg
  }

  async answer(leg: string): Promise<void> {
    const call = list.find(this.#now.calls, leg)
    if (call?.state.kind !== 'ringingIn') return
    if (!this.#now.holdsPhone) await this.takePhone()
    this.#holdOthers(leg)
    this.#step(leg, { kind: 'answer' })
    this.#set({ chosen: leg })
    try {
      const offer = await this.#sounds.begin(leg)
      if (!this.#isWanted(leg)) return
      const result = await this.#ask((hub) => hub.answer(leg, offer))
      if (await this.#sounds.settle(leg, result)) return
      this.#sounds.close(leg)
      if (!this.#isWanted(leg)) return
      if (result.refusal === 'gone' || result.refusal === 'badOffer') this.#over(leg, endAfter(result.refusal))
      else this.#step(leg, { kind: 'answerFailed' })
    } catch (error) {
      this.#sounds.close(leg)
      this.#step(leg, { kind: 'answerFailed' })
      if (error instanceof MicrophoneRefused) this.#noticeMicrophone(error)
      else if (error instanceof HubGone) this.#answers.add(leg)
    }
  }

  /** Declines what rings, hangs up what goes on. */
  hangUp(leg: string): void {
    const call = list.find(this.#now.calls, leg)
    if (call === undefined || !isLive(call)) return
    const decline = call.state.kind === 'ringingIn'
    const unsent = call.state.kind === 'dialling' && !this.#dialled.has(leg) && call.version === 0
    this.#dialled.delete(leg)
    this.#holds.delete(leg)
    this.#sounds.close(leg)
    this.#step(leg, { kind: 'hangUp' })
    if (unsent) {
      this.#over(leg, 'cancelled')
      return
    }
    this.#hangUps.add(leg, decline)
    void this.#sendHangUp(leg, decline)
  }

  mute(leg: string, on: boolean): void {
    this.#step(leg, { kind: 'mute', on })
    this.#sounds.mute(leg, on)
  }

  hold(leg: string, on: boolean): void {
    const call = list.find(this.#now.calls, leg)
    if (call?.state.kind !== 'connected') return
    if (!on) this.#holdOthers(leg)
    this.#step(leg, { kind: 'hold', on })
    if (!on) this.#set({ chosen: leg })
    this.#holds.set(leg, on)
    void this.#sendHold(leg, on)
  }

  async sendDigits(leg: string, digits: string): Promise<void> {
    const call = list.find(this.#now.calls, leg)
    if (call === undefined || (call.state.kind !== 'connected' && call.state.kind !== 'ringingOut')) return
    this.#step(leg, { kind: 'digits', digits })
    try {
      // Digits that come late are worse than digits that are missing: they are not repeated.
      await this.#ask((hub) => hub.sendDigits(leg, digits))
    } catch {
      this.#notice('digitsNotSent')
    }
  }

  hide(leg: string, on: boolean): void {
    this.#step(leg, { kind: 'hide', on })
    this.#set({ chosen: on ? (this.#now.chosen === leg ? null : this.#now.chosen) : leg })
  }

  choose(leg: string): void {
    this.#set({ chosen: leg })
  }

  async doNotDisturb(on: boolean): Promise<void> {
    const me = this.#now.me
    if (me === null) return
    this.#set({ me: { ...me, doNotDisturb: on } })
    if (await this.#send((hub) => hub.setDoNotDisturb(on))) return
    const now = this.#now.me
    if (now !== null) this.#set({ me: { ...now, doNotDisturb: me.doNotDisturb } })
    this.#notice('commandFailed')
  }

  watch(extensions: readonly string[]): void {
    this.#watched = extensions.slice(0, hubLimits.watched)
    void this.#watch()
  }

  // What the server says.

  #attach(hub: HubConnection): Promise<Snapshot> {
    return hub.attach({
      sessionId: this.#ports.sessionId,
      tabId: this.#ports.tabId,
      takePhone: this.#leads && this.#now.armed,
      lastVersion: this.#snapshotVersion,
      clientVersion: this.#ports.clientVersion,
    })
  }

  #attached(snapshot: Snapshot): void {
    const now = this.#ports.clock.now()
    this.#local = localiser(snapshot.serverTime, now)
    this.#snapshotVersion = snapshot.version
    this.#sounds.servers = snapshot.iceServers
    const here = snapshot.calls.flatMap((call) => (call.here && call.leg !== null ? [viewOf(call, call.leg, this.#local)] : []))
    this.#away = snapshot.calls.flatMap((call) => (call.here && call.away && call.leg !== null ? [call.leg] : []))
    const elsewhere = snapshot.calls.filter((call) => !call.here && call.phase !== 'ended').map((call) => elsewhereOf(call, this.#local))
    this.#set({
      me: snapshot.me, tenant: snapshot.tenant, settings: snapshot.settings, holdsPhone: snapshot.holdsPhone, holder: snapshot.phone,
      presence: new Map(snapshot.presence.map((entry) => [entry.extension, entry])),
      calls: list.catchUp(this.#now.calls, here, now), elsewhere,
    })
    this.#sweep()
    void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    for (const [leg, decline] of this.#hangUps.list()) {
      if (this.#isKnown(leg)) void this.#sendHangUp(leg, decline)
      else this.#hangUps.done(leg)
    }
    for (const [leg, on] of this.#holds) void this.#sendHold(leg, on)
    for (const leg of this.#dialled.keys()) void this.#sendDial(leg)
    const answers = [...this.#answers]
    this.#answers.clear()
    void this.#watch()
    // A live call that this browser left by a reload brings the phone back to it without being asked.
    const asleep = this.#now.holdsPhone && this.#now.holder?.reachable === false
    if (asleep || (!this.#now.holdsPhone && this.#leads && (this.#now.armed || this.#now.calls.some(isLive)))) await this.#take()
    this.#acknowledgeRings()
    for (const leg of answers) void this.answer(leg)
    for (const leg of this.#away) this.#recoverCalls(leg)
    this.#recoverCalls()
  }

  #ringing(ring: Ring): void {
    const view = viewOfRing(ring, this.#local)
    this.#set({ calls: list.applyView(this.#now.calls, view, this.#ports.clock.now()) })
    this.#acknowledgeRings()
  }

  #ringStopped(stop: RingStop): void {
    const call = list.find(this.#now.calls, stop.leg)
    if (call?.state.kind !== 'ringingIn' && call?.state.kind !== 'ending') return
    this.#over(stop.leg, stop.reason === 'none' ? 'cancelled' : stop.reason, stop.by ?? '')
  }

  #callChanged(call: BrowserCall): void {
    if (call.here && call.leg !== null) {
      this.#set({
        calls: list.applyView(this.#now.calls, viewOf(call, call.leg, this.#local), this.#ports.clock.now()),
        elsewhere: without(this.#now.elsewhere, call.callKey),
      })
      this.#sweep()
      if (call.phase === 'connected' && this.#holds.get(call.leg) === call.held) this.#holds.delete(call.leg)
      if (call.away || (call.phase === 'connected' && !this.#sounds.has(call.leg))) this.#recoverCalls(call.leg)
      return
    }
    const known = this.#now.elsewhere.find((other) => other.callKey === call.callKey)
    if (known !== undefined && known.version > call.version) return
    const others = without(this.#now.elsewhere, call.callKey)
    this.#set({ elsewhere: call.phase === 'ended' ? others : [...others, elsewhereOf(call, this.#local)] })
  }

  #meChanged(me: Me): void {
    if (me.version >= (this.#now.me?.version ?? 0)) this.#set({ me })
  }

  #presenceChanged(changes: readonly PresenceEntry[]): void {
    const presence = new Map(this.#now.presence)
    for (const entry of changes) {
      if (entry.version >= (presence.get(entry.extension)?.version ?? 0)) presence.set(entry.extension, entry)
    }
    this.#set({ presence })
  }

  #phoneTaken(holder: PhoneHolder): void {
    const mine = holder.tabId === this.#ports.tabId
    this.#set({ holder, holdsPhone: mine })
    if (!mine) this.#sounds.closeAll()
    if (holder.tabId === null) this.#takeIfLeading()
    // A ring came while this tab slept: it is awake again, and says so.
    else if (mine && !holder.reachable) void this.#take()
    else if (mine) this.#recoverCalls()
  }

  // What goes out.

  #takeIfLeading(): void {
    if (this.#leads && this.#now.connection.kind === 'attached' && !this.#now.holdsPhone && (this.#now.armed || this.#now.calls.some(isLive))) void this.#take()
  }

  async #take(): Promise<void> {
    try {
      if (!(await this.#ask((hub) => hub.takePhone()))) return
    } catch {
      return
    }
    this.#set({ holdsPhone: true, holder: { tabId: this.#ports.tabId, reachable: true, missedRingAt: null } })
    this.#acknowledgeRings()
    this.#recoverCalls()
  }

  #acknowledgeRings(): void {
    if (!this.#now.holdsPhone) return
    for (const call of this.#now.calls) {
      if (call.state.kind === 'ringingIn') void this.#send((hub) => hub.ringReceived(call.leg))
    }
  }

  /** Sound for every call that goes on and has none here: all after an attach, one when the server says so. */
  #recoverCalls(only?: string): void {
    for (const call of this.#now.calls) {
      if ((only !== undefined && call.leg !== only) || !this.#carries(call.leg) || this.#dialled.has(call.leg)) continue
      if (call.sound === 'flowing' && only === undefined) continue
      this.#sounds.recover(call.leg, call.muted)
    }
  }

  #carries(leg: string): boolean {
    const call = list.find(this.#now.calls, leg)
    return this.#now.holdsPhone && (call?.state.kind === 'connected' || call?.state.kind === 'ringingOut')
  }

  async #sendDial(leg: string): Promise<void> {
    const dialled = this.#dialled.get(leg)
    if (dialled === undefined) return
    try {
      const result = await this.#ask((hub) => hub.dial({ leg, number: dialled.number, offer: dialled.offer, callerId: dialled.callerId }))
      if (!this.#dialled.delete(leg)) return
      if (await this.#sounds.settle(leg, result)) this.#step(leg, { kind: 'placed' })
      else this.#over(leg, endAfter(result.refusal))
    } catch (error) {
      if (error instanceof HubGone) return
      this.#dialled.delete(leg)
      this.#fail(leg, error)
    }
  }

  async #sendHangUp(leg: string, decline: boolean): Promise<void> {
    if (!(await this.#send((hub) => (decline ? hub.decline(leg) : hub.hangUp(leg))))) return
    this.#hangUps.done(leg)
    this.#over(leg, decline ? 'declined' : 'completed')
  }

  async #sendHold(leg: string, on: boolean): Promise<void> {
    const sent = await this.#send((hub) => (on ? hub.hold(leg) : hub.resume(leg)))
    if (sent && this.#holds.get(leg) === on) this.#holds.delete(leg)
  }

  async #watch(): Promise<void> {
    if (this.#watched.length === 0) return
    try {
      this.#presenceChanged(await this.#ask((hub) => hub.watchPresence(this.#watched)))
    } catch {
      // The next attach asks again.
    }
  }

  /** True when the server has it or refused it: in both cases it need not be sent again. */
  async #send(command: (hub: HubConnection) => Promise<void>): Promise<boolean> {
    try {
      await this.#ask(command)
      return true
    } catch (error) {
      return !(error instanceof HubGone)
    }
  }

  #ask<T>(command: (hub: HubConnection) => Promise<T>): Promise<T> {
    const hub = this.#link.hub
    return hub === null ? Promise.reject(new HubGone()) : command(hub)
  }

  // The state.

  /** One voice at a time: a call that is placed, answered or resumed holds the one that talks. */
  #holdOthers(leg: string): void {
    for (const call of this.#now.calls) {
      if (call.leg !== leg && call.state.kind === 'connected' && !isHeldByMe(call)) this.hold(call.leg, true)
    }
  }

  #isKnown(leg: string): boolean {
    const call = list.find(this.#now.calls, leg)
    return call !== undefined && !isOver(call)
  }

  #isWanted(leg: string): boolean {
    const call = list.find(this.#now.calls, leg)
    return call !== undefined && isLive(call)
  }

  #fail(leg: string, error: unknown): void {
    if (error instanceof MicrophoneRefused) {
      this.#noticeMicrophone(error)
      this.#over(leg, 'microphone')
    } else if (!(error instanceof HubGone)) {
      this.#over(leg, 'failed')
    }
  }

  #over(leg: string, end: CallEnd, by = ''): void {
    this.#dialled.delete(leg)
    this.#step(leg, { kind: 'over', end, by, now: this.#ports.clock.now() })
  }

  #step(leg: string, event: CallEvent): void {
    this.#set({ calls: list.change(this.#now.calls, leg, event) })
    this.#sweep()
  }

  /** Calls that are over give back their sound path at once and leave the grid after a while. */
  #sweep(): void {
    for (const call of this.#now.calls) {
      if (call.state.kind !== 'ended') continue
      this.#sounds.close(call.leg)
      this.#hangUps.done(call.leg)
      this.#holds.delete(call.leg)
    }
    const oldest = Math.min(...this.#now.calls.flatMap((call) => (call.state.kind === 'ended' ? [call.state.endedAt] : [])))
    if (!Number.isFinite(oldest) || this.#sweeping) return
    this.#sweeping = true
    this.#ports.clock.after(endedShownMs, () => {
      this.#sweeping = false
      const until = this.#ports.clock.now() - endedShownMs
      this.#set({ calls: dropEnded(this.#now.calls, until) })
      this.#sweep()
    })
  }

  #forget(): void {
    this.#sounds.closeAll()
    this.#dialled.clear()
    this.#holds.clear()
    this.#answers.clear()
    this.#snapshotVersion = 0
  }

  #noticeMicrophone(error: MicrophoneRefused): void {
    this.#notice(error.reason === 'denied' ? 'microphoneDenied' : error.reason === 'busy' ? 'microphoneBusy' : 'microphoneMissing')
  }

  #notice(kind: Notice['kind']): void {
    this.#set({ notice: { id: ++this.#notices, kind } })
  }

  #set(change: Partial<PhoneState>): void {
    this.state.update((state) => {
      const keys = Object.keys(change) as (keyof PhoneState)[]
      return keys.every((key) => change[key] === state[key]) ? state : { ...state, ...change }
    })
  }
}

function endAfter(refusal: OfferRefusal | OfferResult['refusal']): CallEnd {
  switch (refusal) {
    case 'overloaded':
      return 'overloaded'
    case 'badOffer':
      return 'noCommonMedia'
    case 'unavailable':
      return 'unreachable'
    case 'gone':
      return 'cancelled'
    default:
      return 'failed'
  }
}

const without = (calls: readonly CallElsewhere[], callKey: string): readonly CallElsewhere[] =>
  calls.some((call) => call.callKey === callKey) ? calls.filter((call) => call.callKey !== callKey) : calls

function dropEnded(calls: list.CallList, until: number): list.CallList {
  const kept = calls.filter((call) => call.state.kind !== 'ended' || call.state.endedAt > until)
  return kept.length === calls.length ? calls : kept
}

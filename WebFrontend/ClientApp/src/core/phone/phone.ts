import type { IceServer, OfferResult, Snapshot } from '../../hub/contracts.gen'
import { hubLimits } from '../../hub/contracts.gen'
import { isHeldByMe, isLive } from '../calls/call'
import { placed } from '../calls/callMachine'
import { Board } from './board'
import { Holding } from './holding'
import { Link } from './link'
import { Moves } from './moves'
import { News } from './news'
import { Places } from './places'
import { Recordings } from './recordings'
import type { HubConnection, PhonePorts } from './ports'
import { HubGone, MicrophoneRefused } from './ports'
import { Sounds } from './sounds'
import { initialState } from './state'
import { Watching } from './watching'
import { endAfter, Wishes } from './wishes'

/**
 * The browser's phone without the browser: what the user does goes in, state comes out, and the ports do the rest. Every command can be
 * repeated: a leg's id is made here, and what the user wants (a call, a hold, a hang-up) is kept until the server has it.
 */
export class Phone {
  /** Where people of calls go: elsewhere, into slots and conferences, to another device. */
  readonly moves: Moves
  /** Conferences and keys. */
  readonly places: Places
  readonly recordings: Recordings
  readonly #ports: PhonePorts
  readonly #board: Board
  readonly #link: Link
  readonly #sounds: Sounds
  readonly #wishes: Wishes
  readonly #watching: Watching
  readonly #holding: Holding
  readonly #news: News

  constructor(ports: PhonePorts) {
    const { clock, chance } = ports
    this.#ports = ports
    this.#board = new Board(clock, (leg) => this.#ended(leg))
    this.#link = new Link(ports.openHub, clock, chance, {
      changed: (connection) => this.#board.set({ connection }),
      attach: (hub) => this.#attach(hub),
      attached: (snapshot) => void this.#catchUp(this.#news.attached(snapshot)),
      ringing: (ring) => this.#news.ringing(ring),
      ringStopped: (stop) => this.#news.ringStopped(stop),
      callChanged: (call) => this.#news.callChanged(call),
      meChanged: (me) => this.#news.meChanged(me),
      transferChanged: (transfer) => this.moves.heard(transfer),
      conferenceChanged: (conference) => this.places.conference(conference),
      myConferenceChanged: (conference) => this.places.myConference(conference),
      parkBoardChanged: (board) => this.places.parkBoard(board),
      keyBoardChanged: (board) => this.places.keyBoard(board),
      presenceChanged: (changes) => this.#watching.changed(changes),
      phoneTaken: (holder) => this.#holding.told(holder),
      signedOut: (reason) => {
        this.#forget()
        this.#board.set({ ...initialState, armed: this.#board.now.armed, connection: { kind: 'signedOut', reason } })
      },
    })
    this.#sounds = new Sounds(ports.sound, clock, chance, {
      sound: (leg, sound) => this.#board.step(leg, { kind: 'sound', sound }),
      reconnect: (leg, offer) => this.#ask((hub) => hub.reconnect(leg, offer)),
      wanted: (leg) => this.#carries(leg),
      lost: () => this.#link.prove(),
      microphone: (error) => this.#board.noticeMicrophone(error),
    })
    this.#wishes = new Wishes({ board: this.#board, sounds: this.#sounds, clock, memory: ports.memory, ask: (command) => this.#ask(command) })
    this.moves = new Moves({ board: this.#board, clock, chance, ask: (command) => this.#ask(command) })
    this.places = new Places(this.#board, (command) => this.#ask(command))
    this.recordings = new Recordings(this.#board, (command) => this.#ask(command))
    this.#watching = new Watching(this.#board, (command) => this.#ask(command))
    this.#holding = new Holding({
      board: this.#board, lead: ports.lead, tabId: ports.tabId,
      ask: (command) => this.#ask(command),
      taken: () => {
        this.#acknowledgeRings()
        this.#recoverCalls()
      },
      lost: () => this.#sounds.closeAll(),
      kept: () => this.#recoverCalls(),
    })
    this.#news = new News({
      board: this.#board, clock, sounds: this.#sounds, wishes: this.#wishes, moves: this.moves, places: this.places,
      rings: () => this.#acknowledgeRings(),
      answersItself: (leg, afterMs, muted) => void clock.after(afterMs, () => void this.#answerItself(leg, muted)),
      silent: (leg) => this.#recoverCalls(leg),
    })
  }

  /** This browser, among the user's devices. */
  get sessionId(): string {
    return this.#ports.sessionId
  }

  get state(): Board['state'] {
    return this.#board.state
  }

  /** Connects; signed in is who has the cookie. */
  open(): void {
    this.#link.open()
    this.#holding.enter()
  }

  close(): void {
    this.#holding.leave()
    this.#link.close()
    this.#forget()
    this.#board.set({ ...initialState, armed: this.#board.now.armed })
  }

  /** The network or the machine came back. */
  nudge(): void {
    this.#link.nudge()
  }

  /** The network changed under the calls: their sound finds a new way. */
  networkChanged(): void {
    this.#sounds.doubt()
    this.#link.renew()
  }

  /** The user let this tab ring and listen; without it calls come to other devices only. */
  arm(on: boolean): void {
    if (this.#board.now.armed === on) return
    this.#board.set({ armed: on })
    if (on) {
      this.#holding.takeIfLeading()
    } else if (this.#board.now.holdsPhone) {
      this.#board.set({ holdsPhone: false })
      void this.#wishes.send((hub) => hub.releasePhone())
    }
  }

  /** Takes the phone from another tab, with the calls' sound. */
  takePhone(): Promise<void> {
    return this.#holding.steal()
  }

  /** The leg of the call that was placed; null when none was. `consults` is the leg for whose far side it asks. */
  async dial(number: string, callerId: string | null = null, consults: string | null = null): Promise<string | null> {
    const wanted = number.trim().slice(0, hubLimits.numberLength)
    if (wanted === '') return null
    if (!this.#board.now.holdsPhone) {
      this.#board.notice('notHere')
      return null
    }
    const leg = this.#ports.chance.id()
    this.#holdOthers(leg)
    const call = placed(leg, { number: wanted, name: '', extension: null }, this.#ports.clock.now(), consults)
    this.#board.set({ calls: [...this.#board.now.calls, call], chosen: leg })
    try {
      const offer = await this.#sounds.begin(leg)
      if (!this.#board.isWanted(leg)) return null
      await this.#wishes.dial(leg, { number: wanted, callerId, consults, offer })
    } catch (error) {
      this.#wishes.fail(leg, error)
    }
    return leg
  }

  /** `muted`: nobody hears this user until they say so. */
  async answer(leg: string, muted = false): Promise<void> {
    if (this.#board.find(leg)?.state.kind !== 'ringingIn') return
    if (!this.#board.now.holdsPhone) await this.takePhone()
    this.#holdOthers(leg)
    this.#board.step(leg, { kind: 'answer' })
    this.#board.set({ chosen: leg })
    try {
      const offer = await this.#sounds.begin(leg)
      if (muted) this.mute(leg, true)
      if (!this.#board.isWanted(leg)) return
      const result = await this.#ask((hub) => hub.answer(leg, offer))
      if (await this.#sounds.settle(leg, result)) return
      this.#sounds.close(leg)
      if (!this.#board.isWanted(leg)) return
      if (result.refusal === 'gone' || result.refusal === 'badOffer') this.#board.over(leg, endAfter(result.refusal))
      else this.#board.step(leg, { kind: 'answerFailed' })
    } catch (error) {
      this.#sounds.close(leg)
      this.#board.step(leg, { kind: 'answerFailed' })
      if (error instanceof MicrophoneRefused) this.#board.noticeMicrophone(error)
      else if (error instanceof HubGone) this.#wishes.answerLater(leg)
    }
  }

  /** Declines what rings, hangs up what goes on. */
  hangUp(leg: string): void {
    const call = this.#board.find(leg)
    if (call === undefined || !isLive(call)) return
    const decline = call.state.kind === 'ringingIn'
    const unsent = call.state.kind === 'dialling' && !this.#wishes.isDialling(leg) && call.version === 0
    this.#sounds.close(leg)
    this.#board.step(leg, { kind: 'hangUp' })
    if (unsent) this.#board.over(leg, 'cancelled')
    else void this.#wishes.hangUp(leg, decline)
  }

  mute(leg: string, on: boolean): void {
    this.#board.step(leg, { kind: 'mute', on })
    this.#sounds.mute(leg, on)
  }

  /** Looks for a way of the call's sound now. */
  retrySound(leg: string): void {
    this.#sounds.retry(leg)
  }

  /** Offers a test of the way of sound, which is no call; {@link endProbe} ends it. */
  probe(name: string, offer: string): Promise<OfferResult> {
    return this.#ask((hub) => hub.probe(name, offer))
  }

  endProbe(name: string): void {
    void this.#wishes.send((hub) => hub.hangUp(name))
  }

  get iceServers(): readonly IceServer[] {
    return this.#sounds.servers
  }

  hold(leg: string, on: boolean): void {
    if (this.#board.find(leg)?.state.kind !== 'connected') return
    if (!on) this.#holdOthers(leg)
    this.#board.step(leg, { kind: 'hold', on })
    if (!on) this.choose(leg)
    void this.#wishes.hold(leg, on)
  }

  async sendDigits(leg: string, digits: string): Promise<void> {
    const kind = this.#board.find(leg)?.state.kind
    if (kind !== 'connected' && kind !== 'ringingOut') return
    this.#board.step(leg, { kind: 'digits', digits })
    try {
      // Digits that come late are worse than digits that are missing: they are not repeated.
      await this.#ask((hub) => hub.sendDigits(leg, digits))
    } catch {
      this.#board.notice('digitsNotSent')
    }
  }

  /** Asks somebody first, for the far side of a call; {@link Moves.complete} or hanging up ends that. */
  consult(leg: string, number: string): Promise<string | null> {
    return this.#board.find(leg)?.state.kind === 'connected' ? this.dial(number, null, leg) : Promise.resolve(null)
  }

  hide(leg: string, on: boolean): void {
    this.#board.step(leg, { kind: 'hide', on })
    if (!on) this.choose(leg)
    else if (this.#board.now.chosen === leg) this.#board.set({ chosen: null })
  }

  choose(leg: string): void {
    this.#board.set({ chosen: leg })
  }

  async doNotDisturb(on: boolean): Promise<void> {
    const me = this.#board.now.me
    if (me === null) return
    this.#board.set({ me: { ...me, doNotDisturb: on } })
    if (await this.#wishes.send((hub) => hub.setDoNotDisturb(on))) return
    const now = this.#board.now.me
    if (now !== null) this.#board.set({ me: { ...now, doNotDisturb: me.doNotDisturb } })
    this.#board.notice('commandFailed')
  }

  /** Whose presence is told from now on. */
  watch(extensions: readonly string[]): void {
    this.#watching.watch(extensions)
  }

  #attach(hub: HubConnection): Promise<Snapshot> {
    return hub.attach({
      sessionId: this.#ports.sessionId,
      tabId: this.#ports.tabId,
      takePhone: this.#holding.wantsPhone,
      lastVersion: this.#news.version,
      clientVersion: this.#ports.clientVersion,
    })
  }

  async #catchUp(away: readonly string[]): Promise<void> {
    const answers = this.#wishes.resend()
    this.moves.resend()
    void this.#watching.again()
    await this.#holding.catchUp()
    this.#acknowledgeRings()
    for (const leg of answers) void this.answer(leg)
    for (const leg of away) this.#recoverCalls(leg)
    this.#recoverCalls()
  }

  /** Not over the head of somebody who talks. */
  async #answerItself(leg: string, muted: boolean): Promise<void> {
    const { calls, holdsPhone } = this.#board.now
    if (!holdsPhone || calls.some((call) => call.leg !== leg && isLive(call) && call.state.kind !== 'ringingIn') || this.#board.find(leg)?.state.kind !== 'ringingIn') return
    this.#board.set({ answeredItself: leg })
    await this.answer(leg, muted)
  }

  #acknowledgeRings(): void {
    if (!this.#board.now.holdsPhone) return
    for (const call of this.#board.now.calls) {
      if (call.state.kind === 'ringingIn') void this.#wishes.send((hub) => hub.ringReceived(call.leg))
    }
  }

  /** Sound for every call that goes on and has none here: all after an attach, one when the server says so. */
  #recoverCalls(only?: string): void {
    for (const call of this.#board.now.calls) {
      if ((only !== undefined && call.leg !== only) || !this.#carries(call.leg) || this.#wishes.isDialling(call.leg)) continue
      if (call.sound === 'flowing' && only === undefined) continue
      this.#sounds.recover(call.leg, call.muted)
    }
  }

  #carries(leg: string): boolean {
    const kind = this.#board.find(leg)?.state.kind
    return this.#board.now.holdsPhone && (kind === 'connected' || kind === 'ringingOut')
  }

  /** One voice at a time: a call that is placed, answered or resumed holds the one that talks. */
  #holdOthers(leg: string): void {
    for (const call of this.#board.now.calls) {
      if (call.leg !== leg && call.state.kind === 'connected' && !isHeldByMe(call)) this.hold(call.leg, true)
    }
  }

  #ask<T>(command: (hub: HubConnection) => Promise<T>): Promise<T> {
    const hub = this.#link.hub
    return hub === null ? Promise.reject(new HubGone()) : command(hub)
  }

  #ended(leg: string): void {
    this.#sounds.close(leg)
    this.#wishes.done(leg)
  }

  #forget(): void {
    this.#sounds.closeAll()
    this.#wishes.forget()
    this.moves.forget()
    this.#news.version = 0
  }
}

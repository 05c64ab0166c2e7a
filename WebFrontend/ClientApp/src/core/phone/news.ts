import type { BrowserCall, Me, Ring, RingStop, Snapshot } from '../../hub/contracts.gen'
import { isConnected, isOver } from '../calls/call'
import * as list from '../calls/callList'
import { elsewhereOf, localiser, viewOf, viewOfRing, type CallElsewhere, type Localise } from '../calls/views'
import type { Board } from './board'
import type { Moves } from './moves'
import type { Places } from './places'
import type { Clock } from './ports'
import type { Sounds } from './sounds'
import type { Wishes } from './wishes'

export interface NewsPorts {
  readonly board: Board
  readonly clock: Clock
  readonly sounds: Sounds
  readonly wishes: Wishes
  readonly moves: Moves
  readonly places: Places
  rings(): void
  /** The server says that this browser is to answer by itself. */
  answersItself(leg: string, afterMs: number, muted: boolean): void
  /** A call that goes on here has no sound. */
  silent(leg: string): void
}

/** What the server says of calls and of the user, put on the board; and what follows from that at once. */
export class News {
  readonly #ports: NewsPorts
  #local: Localise = (instant) => Date.parse(instant)
  /** Of the last snapshot; 0 before the first. */
  version = 0

  constructor(ports: NewsPorts) {
    this.#ports = ports
  }

  /** The whole truth. Gives the legs whose sound is lost at the server's side. */
  attached(snapshot: Snapshot): readonly string[] {
    const { board, clock, sounds, places, moves } = this.#ports
    const now = clock.now()
    this.#local = localiser(snapshot.serverTime, now)
    this.version = snapshot.version
    sounds.servers = snapshot.iceServers
    const here = snapshot.calls.flatMap((call) => (call.here && call.leg !== null ? [viewOf(call, call.leg, this.#local)] : []))
    const elsewhere = snapshot.calls.filter((call) => !call.here && call.phase !== 'ended').map((call) => elsewhereOf(call, this.#local))
    board.set({
      me: snapshot.me, tenant: snapshot.tenant, settings: snapshot.settings, holdsPhone: snapshot.holdsPhone, holder: snapshot.phone,
      presence: new Map(snapshot.presence.map((entry) => [entry.extension, entry])), elsewhere,
    })
    board.show(list.catchUp(board.now.calls, here, now))
    places.attached(snapshot)
    for (const transfer of snapshot.transfers) moves.heard(transfer)
    return snapshot.calls.flatMap((call) => (call.here && call.away && call.leg !== null ? [call.leg] : []))
  }

  ringing(ring: Ring): void {
    const { board, clock } = this.#ports
    board.show(list.applyView(board.now.calls, viewOfRing(ring, this.#local), clock.now()))
    this.#ports.rings()
    if (ring.autoAnswerSeconds !== null) this.#ports.answersItself(ring.leg, ring.autoAnswerSeconds * 1000, ring.reason === 'intercom')
  }

  ringStopped(stop: RingStop): void {
    const { board } = this.#ports
    const kind = board.find(stop.leg)?.state.kind
    if (kind === 'ringingIn' || kind === 'ending') board.over(stop.leg, stop.reason === 'none' ? 'cancelled' : stop.reason, stop.by ?? '')
  }

  callChanged(call: BrowserCall): void {
    const { board, clock, sounds, wishes, moves } = this.#ports
    if (!call.here || call.leg === null) {
      this.#changedElsewhere(call)
      return
    }
    board.set({ elsewhere: without(board.now.elsewhere, call.callKey) })
    const before = board.find(call.leg)
    board.show(list.applyView(board.now.calls, viewOf(call, call.leg, this.#local), clock.now()))
    const after = board.find(call.leg)
    if (before !== undefined && after !== undefined && !isOver(before) && isOver(after)) moves.consultationOver(after)
    if (call.phase === 'connected') wishes.held(call.leg, call.held)
    if (call.away || (call.phase === 'connected' && !sounds.has(call.leg))) this.#ports.silent(call.leg)
  }

  meChanged(me: Me): void {
    const { board } = this.#ports
    if (me.version >= (board.now.me?.version ?? 0)) board.set({ me })
  }

  #changedElsewhere(call: BrowserCall): void {
    const { board } = this.#ports
    const { elsewhere } = board.now
    const known = elsewhere.find((other) => other.callKey === call.callKey)
    if (known !== undefined && known.version > call.version) return
    // What this browser had of it, its user goes on with elsewhere.
    if (call.phase === 'connected') this.#takenElsewhere(call)
    const others = without(elsewhere, call.callKey)
    board.set({ elsewhere: call.phase === 'ended' ? others : [...others, elsewhereOf(call, this.#local)] })
  }

  #takenElsewhere(call: BrowserCall): void {
    const { board, clock } = this.#ports
    for (const own of board.now.calls) {
      if (own.callKey === call.callKey && isConnected(own) && own.version < call.version) board.step(own.leg, { kind: 'moved', end: 'switched', to: '', now: clock.now() })
    }
  }
}

const without = (calls: readonly CallElsewhere[], callKey: string): readonly CallElsewhere[] =>
  calls.some((call) => call.callKey === callKey) ? calls.filter((call) => call.callKey !== callKey) : calls

import type { Snapshot } from '../../hub/contracts.gen'
import { backoffMs } from '../session/backoff'
import type { Chance, Clock, HubConnection, HubEvents, OpenHub } from './ports'
import { HubGone, NotSignedIn } from './ports'
import type { Connection } from './state'

/** An attach that takes longer counts as a dead connection. */
const attachLimitMs = 10_000

/** A connection that is doubted is to prove in this time that it lives. */
const proveLimitMs = 4_000

export interface LinkEvents extends Omit<HubEvents, 'closed'> {
  changed(connection: Connection): void
  attached(snapshot: Snapshot): void
  attach(hub: HubConnection): Promise<Snapshot>
}

/**
 * Keeps one connection to the hub: opens it, attaches, and after a loss opens the next one, slower each time. Every connection has a
 * number, and what a former one still says is not heard.
 *
 * ```
 *   signedOut ──open──► connecting ──attached──► attached
 *       ▲                 │      ▲                  │
 *       └── not signed in ┘      │ time, nudge      │ closed
 *                                └──── waiting ◄────┘ (and a failed attempt)
 * ```
 */
export class Link {
  readonly #openHub: OpenHub
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #events: LinkEvents
  #hub: HubConnection | null = null
  #number = 0
  #attempt = 0
  #attached = false
  #stopWaiting: (() => void) | null = null

  constructor(openHub: OpenHub, clock: Clock, chance: Chance, events: LinkEvents) {
    this.#openHub = openHub
    this.#clock = clock
    this.#chance = chance
    this.#events = events
  }

  /** The hub while attached. */
  get hub(): HubConnection | null {
    return this.#attached ? this.#hub : null
  }

  open(): void {
    this.close()
    this.#attempt = 0
    void this.#try()
  }

  close(): void {
    this.#number++
    this.#attached = false
    this.#stopWaiting?.()
    this.#stopWaiting = null
    this.#hub?.stop()
    this.#hub = null
  }

  /** The way to the server is another one now: a new connection, whatever the old one still says. */
  renew(): void {
    if (this.#hub !== null || this.#stopWaiting !== null) this.open()
  }

  /** The world changed (online again, awake again): try now, or prove that the connection lives by attaching again. */
  nudge(): void {
    if (this.#stopWaiting !== null) {
      this.#attempt = 0
      this.#stopWaiting()
      this.#stopWaiting = null
      void this.#try()
    } else if (this.#attached && this.#hub !== null) {
      this.prove()
    }
  }

  /** Something is wrong that may be the connection's fault: an open one has to answer, a missing one is left to its time. */
  prove(): void {
    if (this.#attached && this.#hub !== null) void this.#attach(this.#hub, this.#number, proveLimitMs).catch(() => undefined)
  }

  async #try(): Promise<void> {
    const number = ++this.#number
    this.#events.changed({ kind: 'connecting', attempt: this.#attempt })
    const hub = this.#openHub(this.#heard(number))
    this.#hub = hub
    try {
      await hub.start()
      if (number !== this.#number) return
      await this.#attach(hub, number)
    } catch (error) {
      if (number === this.#number) this.#failed(error)
    }
  }

  async #attach(hub: HubConnection, number: number, limitMs = attachLimitMs): Promise<void> {
    const stop = this.#clock.after(limitMs, () => {
      if (number === this.#number) this.#failed(new HubGone())
    })
    try {
      const snapshot = await this.#events.attach(hub)
      if (number !== this.#number) return
      this.#attempt = 0
      this.#attached = true
      this.#events.changed({ kind: 'attached' })
      this.#events.attached(snapshot)
    } finally {
      stop()
    }
  }

  #failed(error: unknown): void {
    this.close()
    if (error instanceof NotSignedIn) {
      this.#events.changed({ kind: 'signedOut', reason: null })
      return
    }
    const attempt = this.#attempt++
    const waitMs = backoffMs(attempt, this.#chance.next())
    this.#events.changed({ kind: 'waiting', attempt, retryAt: this.#clock.now() + waitMs })
    this.#stopWaiting = this.#clock.after(waitMs, () => {
      this.#stopWaiting = null
      void this.#try()
    })
  }

  /** The events of one connection, deaf as soon as it is a former one. */
  #heard(number: number): HubEvents {
    const events = this.#events
    const now = (act: () => void): void => {
      if (number === this.#number) act()
    }
    return {
      ringing: (ring) => now(() => events.ringing(ring)),
      ringStopped: (stop) => now(() => events.ringStopped(stop)),
      callChanged: (call) => now(() => events.callChanged(call)),
      transferChanged: (transfer) => now(() => events.transferChanged(transfer)),
      conferenceChanged: (conference) => now(() => events.conferenceChanged(conference)),
      myConferenceChanged: (conference) => now(() => events.myConferenceChanged(conference)),
      parkBoardChanged: (board) => now(() => events.parkBoardChanged(board)),
      keyBoardChanged: (board) => now(() => events.keyBoardChanged(board)),
      meChanged: (me) => now(() => events.meChanged(me)),
      presenceChanged: (changes) => now(() => events.presenceChanged(changes)),
      phoneTaken: (holder) => now(() => events.phoneTaken(holder)),
      signedOut: (reason) => now(() => {
        this.close()
        events.signedOut(reason)
      }),
      closed: () => now(() => this.#failed(new HubGone())),
    }
  }
}

import type { IceServer, OfferResult } from '../../hub/contracts.gen'
import type { Sound } from '../calls/call'
import { backoffMs } from '../session/backoff'
import type { Chance, Clock, SoundEngine, SoundPath } from './ports'
import { HubGone, MicrophoneRefused } from './ports'

/** What an attempt may take before another way is looked for. */
const attemptMs = 5_000

/** After so many attempts in vain the user is told; more follow, slower. */
const attemptsUntold = 2
const laterAttemptMs = 10_000

export interface SoundsEvents {
  sound(leg: string, sound: Sound): void
  /** Sends an offer for a leg that goes on. */
  reconnect(leg: string, offer: string): Promise<OfferResult>
  /** May this tab carry this leg's sound now? */
  wanted(leg: string): boolean
  /** A way is lost, and what it was lost by may have taken the connection to the server as well. */
  lost(): void
  microphone(error: MicrophoneRefused): void
}

interface Carried {
  readonly path: SoundPath
  muted: boolean
  /** An offer is on its way; another one waits for it. */
  busy: boolean
  attempt: number
  stopWaiting: (() => void) | null
  flows: boolean
  /** Ways that were tried since it flowed last, and came to nothing. */
  vain: number
  stopWatching: (() => void) | null
}

/** The sound paths of the legs that this tab carries: one a leg, made anew or restarted when the way is lost. */
export class Sounds {
  readonly #carried = new Map<string, Carried>()
  readonly #engine: SoundEngine
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #events: SoundsEvents
  servers: readonly IceServer[] = []

  constructor(engine: SoundEngine, clock: Clock, chance: Chance, events: SoundsEvents) {
    this.#engine = engine
    this.#clock = clock
    this.#chance = chance
    this.#events = events
  }

  has(leg: string): boolean {
    return this.#carried.has(leg)
  }

  /** The first offer of a leg; {@link settle} takes what became of it. */
  async begin(leg: string): Promise<string> {
    const carried = this.#open(leg)
    carried.busy = true
    try {
      return await carried.path.offer(false)
    } catch (error) {
      this.close(leg)
      throw error
    }
  }

  /** True when the answer was taken; a leg that was closed meanwhile takes none. */
  async settle(leg: string, result: OfferResult): Promise<boolean> {
    const carried = this.#carried.get(leg)
    if (carried === undefined) return false
    carried.busy = false
    if (!result.ok || result.answer === null) return false
    await carried.path.accept(result.answer)
    this.#watch(leg, carried)
    return true
  }

  mute(leg: string, on: boolean): void {
    const carried = this.#carried.get(leg)
    if (carried === undefined) return
    carried.muted = on
    carried.path.setMuted(on)
  }

  /** Brings the sound of a leg that goes on to this tab, or back: after a reload, a lost path, another network. */
  recover(leg: string, muted: boolean): void {
    const known = this.#carried.get(leg)
    if (known?.busy === true) return
    known?.stopWaiting?.()
    known?.stopWatching?.()
    const carried = known ?? this.#open(leg)
    if (known === undefined) this.mute(leg, muted)
    void this.#reconnect(leg, carried, known !== undefined)
  }

  /** The user changed something and wants to know. */
  retry(leg: string): void {
    const carried = this.#carried.get(leg)
    if (carried === undefined || carried.flows) return
    carried.vain = 0
    this.recover(leg, carried.muted)
  }

  /** Nobody knows whether the ways still are: the next connection to the server brings them all back. */
  doubt(): void {
    for (const leg of this.#carried.keys()) this.#events.sound(leg, 'connecting')
  }

  close(leg: string): void {
    const carried = this.#carried.get(leg)
    if (carried === undefined) return
    this.#carried.delete(leg)
    carried.stopWaiting?.()
    carried.stopWatching?.()
    carried.path.close()
  }

  closeAll(): void {
    for (const leg of [...this.#carried.keys()]) {
      this.close(leg)
      this.#events.sound(leg, 'none')
    }
  }

  #open(leg: string): Carried {
    this.close(leg)
    const path = this.#engine.open(leg, this.servers, (sound) => {
      const known = this.#carried.get(leg)
      if (known?.path !== path) return
      known.flows = sound === 'flowing'
      if (known.flows) {
        known.vain = 0
        known.stopWatching?.()
      }
      this.#tell(leg, known, sound)
      if (sound !== 'lost') return
      this.#events.lost()
      this.recover(leg, false)
    })
    const carried: Carried = { path, muted: false, busy: false, attempt: 0, stopWaiting: null, flows: false, vain: 0, stopWatching: null }
    this.#carried.set(leg, carried)
    return carried
  }

  /** Who was told that nothing gets through is not told of every attempt. */
  #tell(leg: string, carried: Carried, sound: Sound): void {
    this.#events.sound(leg, sound !== 'flowing' && carried.vain >= attemptsUntold ? 'blocked' : sound)
  }

  /** An answer was taken: sound is to flow in time, or the next way is tried. */
  #watch(leg: string, carried: Carried): void {
    carried.stopWatching?.()
    if (carried.flows || this.#carried.get(leg) !== carried) return
    carried.stopWatching = this.#clock.after(carried.vain < attemptsUntold ? attemptMs : laterAttemptMs, () => {
      carried.stopWatching = null
      carried.vain++
      this.#tell(leg, carried, 'connecting')
      this.recover(leg, carried.muted)
    })
  }

  async #reconnect(leg: string, carried: Carried, restart: boolean): Promise<void> {
    carried.busy = true
    carried.flows = false
    this.#tell(leg, carried, 'connecting')
    try {
      const offer = await carried.path.offer(restart)
      const result = await this.#events.reconnect(leg, offer)
      if (this.#carried.get(leg) !== carried) return
      carried.busy = false
      if (result.ok && result.answer !== null) {
        await carried.path.accept(result.answer)
        carried.attempt = 0
        this.#watch(leg, carried)
        return
      }
      this.#later(leg, carried, result.refusal === 'badOffer')
    } catch (error) {
      if (this.#carried.get(leg) !== carried) return
      carried.busy = false
      if (error instanceof MicrophoneRefused) {
        this.close(leg)
        this.#events.sound(leg, 'lost')
        this.#events.microphone(error)
      } else if (error instanceof HubGone) {
        // The next attach recovers every leg.
        this.#events.sound(leg, 'lost')
      } else {
        this.#later(leg, carried, true)
      }
    }
  }

  /** The path failed in itself: the next attempt begins with a new one. */
  #later(leg: string, carried: Carried, anew: boolean): void {
    this.#tell(leg, carried, 'lost')
    const attempt = ++carried.attempt
    carried.stopWaiting = this.#clock.after(backoffMs(attempt, this.#chance.next()), () => {
      carried.stopWaiting = null
      if (this.#carried.get(leg) !== carried) return
      if (!this.#events.wanted(leg)) {
        this.close(leg)
        return
      }
      const muted = carried.muted
      if (anew) this.close(leg)
      this.recover(leg, muted)
      const next = this.#carried.get(leg)
      if (next !== undefined) next.attempt = attempt
    })
  }
}

import { backoffMs } from './backoff'

interface Timers {
  after(ms: number, callback: () => void): () => void
}

interface Dice {
  next(): number
}

/** Something that is to succeed once: tried again at once, then slower, for as long as it takes. */
export class Persistent {
  readonly #act: () => Promise<boolean>
  readonly #clock: Timers
  readonly #chance: Dice
  #attempt = 0
  #busy = false
  #stopWaiting: (() => void) | null = null

  /** `act` is true when it is done; false asks for another attempt. */
  constructor(act: () => Promise<boolean>, clock: Timers, chance: Dice) {
    this.#act = act
    this.#clock = clock
    this.#chance = chance
  }

  /** The world changed, or the user asks: a wait is over, and what is on its way is left alone. */
  async now(): Promise<void> {
    if (this.#busy) return
    this.#stopWaiting?.()
    this.#stopWaiting = null
    this.#attempt = 0
    await this.#try()
  }

  /** As {@link now}, but only for what is being waited for. */
  nudge(): void {
    if (this.#stopWaiting !== null) void this.now()
  }

  async #try(): Promise<void> {
    this.#busy = true
    const done = await this.#act()
    this.#busy = false
    if (done) return
    this.#stopWaiting = this.#clock.after(backoffMs(this.#attempt++, this.#chance.next()), () => {
      this.#stopWaiting = null
      void this.#try()
    })
  }
}

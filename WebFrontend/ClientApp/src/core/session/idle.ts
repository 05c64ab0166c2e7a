import type { Clock, Memory } from '../phone/ports'

const key = 'lastUsed'

/** Uses are noted no more often than this. */
const noteEveryMs = 5_000

export interface IdlePorts {
  readonly clock: Clock
  /** Shared by all tabs: one that is used keeps the others signed in. */
  readonly memory: Memory
  /** A call goes on: that is use enough. */
  busy(): boolean
  over(): void
}

/** Ends the session when nobody used any tab for a while (ACC-17). */
export class Idle {
  readonly #ports: IdlePorts
  readonly #limitMs: number
  #noted = 0
  #stop: (() => void) | null = null

  constructor(limitMs: number, ports: IdlePorts) {
    this.#ports = ports
    this.#limitMs = limitMs
  }

  start(): void {
    this.used()
    this.#look()
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  /** Somebody is here. */
  used(): void {
    const now = this.#ports.clock.now()
    if (now - this.#noted < noteEveryMs) return
    this.#noted = now
    this.#ports.memory.write(key, String(now))
  }

  #look(): void {
    if (this.#ports.busy()) this.used()
    const last = Math.max(this.#noted, Number(this.#ports.memory.read(key) ?? 0))
    const leftMs = last + this.#limitMs - this.#ports.clock.now()
    if (leftMs > 0) this.#stop = this.#ports.clock.after(Math.min(leftMs, this.#limitMs / 4), () => this.#look())
    else this.#ports.over()
  }
}

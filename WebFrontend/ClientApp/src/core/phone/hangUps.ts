import type { Memory } from './ports'

const key = 'hang-ups'

/** Legs that the user hung up and that the server may not know of: kept over dead sockets and reloads until it does. */
export class HangUps {
  readonly #memory: Memory
  readonly #pending: Map<string, boolean>

  constructor(memory: Memory) {
    this.#memory = memory
    this.#pending = new Map(readPairs(memory.read(key)))
  }

  has(leg: string): boolean {
    return this.#pending.has(leg)
  }

  add(leg: string, decline: boolean): void {
    this.#pending.set(leg, decline)
    this.#save()
  }

  done(leg: string): void {
    if (this.#pending.delete(leg)) this.#save()
  }

  /** Leg, and whether it is to be declined rather than hung up. */
  list(): readonly (readonly [leg: string, decline: boolean])[] {
    return [...this.#pending]
  }

  clear(): void {
    this.#pending.clear()
    this.#save()
  }

  #save(): void {
    this.#memory.write(key, this.#pending.size === 0 ? null : JSON.stringify([...this.#pending]))
  }
}

function readPairs(text: string | null): [string, boolean][] {
  if (text === null) return []
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value)) return []
    return value.filter((pair): pair is [string, boolean] => Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'boolean')
  } catch {
    return []
  }
}

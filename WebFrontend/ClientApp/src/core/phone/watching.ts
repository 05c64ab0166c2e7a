import { hubLimits, type PresenceEntry } from '../../hub/contracts.gen'
import type { Board } from './board'
import type { HubConnection } from './ports'

/** Whose presence is shown, and what is told of it: an older word never replaces a newer one. */
export class Watching {
  readonly #board: Board
  readonly #ask: (command: (hub: HubConnection) => Promise<readonly PresenceEntry[]>) => Promise<readonly PresenceEntry[]>
  #watched: readonly string[] = []

  constructor(board: Board, ask: (command: (hub: HubConnection) => Promise<readonly PresenceEntry[]>) => Promise<readonly PresenceEntry[]>) {
    this.#board = board
    this.#ask = ask
  }

  watch(extensions: readonly string[]): void {
    this.#watched = extensions.slice(0, hubLimits.watched)
    void this.again()
  }

  /** Asks for all of it: at the first time, and after each attach. */
  async again(): Promise<void> {
    if (this.#watched.length === 0) return
    try {
      this.changed(await this.#ask((hub) => hub.watchPresence(this.#watched)))
    } catch {
      // The next attach asks again.
    }
  }

  changed(changes: readonly PresenceEntry[]): void {
    const presence = new Map(this.#board.now.presence)
    for (const entry of changes) {
      if (entry.version >= (presence.get(entry.extension)?.version ?? 0)) presence.set(entry.extension, entry)
    }
    this.#board.set({ presence })
  }
}

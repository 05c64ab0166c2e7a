import type { Conference, ConferenceAct, KeyBoard, KeySetting, MyConference, ParkBoard, Snapshot } from '../../hub/contracts.gen'
import { hubLimits } from '../../hub/contracts.gen'
import type { Board } from './board'
import type { HubConnection } from './ports'

/** Conferences, park slots and the user's keys as the server tells them: an older word never replaces a newer one. */
export class Places {
  readonly #board: Board
  readonly #ask: <T>(command: (hub: HubConnection) => Promise<T>) => Promise<T>

  constructor(board: Board, ask: <T>(command: (hub: HubConnection) => Promise<T>) => Promise<T>) {
    this.#board = board
    this.#ask = ask
  }

  /** The whole truth after an absence. */
  attached(snapshot: Snapshot): void {
    this.#board.set({ conferences: new Map(snapshot.conferences.map((conference) => [conference.number, conference])), myConference: snapshot.myConference, parkBoard: snapshot.parkBoard, keyBoard: snapshot.keyBoard })
  }

  conference(conference: Conference): void {
    const { conferences } = this.#board.now
    if (conference.version < (conferences.get(conference.number)?.version ?? 0)) return
    const next = new Map(conferences)
    // It is over when nobody is in it.
    if (conference.members.length === 0) next.delete(conference.number)
    else next.set(conference.number, conference)
    this.#board.set({ conferences: next })
  }

  myConference(myConference: MyConference): void {
    if (myConference.version >= (this.#board.now.myConference?.version ?? 0)) this.#board.set({ myConference })
  }

  parkBoard(parkBoard: ParkBoard): void {
    if (parkBoard.version >= (this.#board.now.parkBoard?.version ?? 0)) this.#board.set({ parkBoard })
  }

  keyBoard(keyBoard: KeyBoard): void {
    if (keyBoard.version >= this.#board.now.keyBoard.version) this.#board.set({ keyBoard })
  }

  /** Mutes or removes somebody, or locks: the server tells what came of it, or refuses. */
  moderate(room: string, act: ConferenceAct, leg: string | null, on: boolean): void {
    void this.#moderate(room, act, leg, on)
  }

  /** Shown at once, kept by the server for all screens; taken back when it could not be kept. */
  setKeys(keys: readonly KeySetting[]): void {
    void this.#setKeys(keys.slice(0, hubLimits.keys))
  }

  async #moderate(room: string, act: ConferenceAct, leg: string | null, on: boolean): Promise<void> {
    try {
      const { refusal } = await this.#ask((hub) => hub.conference({ room, act, leg, on }))
      if (refusal !== 'none') this.#board.notice(refusal === 'forbidden' ? 'notYours' : 'commandFailed')
    } catch {
      this.#board.notice('commandFailed')
    }
  }

  async #setKeys(keys: readonly KeySetting[]): Promise<void> {
    const before = this.#board.now.keyBoard
    this.#board.set({ keyBoard: { ...before, keys } })
    try {
      this.keyBoard(await this.#ask((hub) => hub.setKeys(keys)))
    } catch {
      if (this.#board.now.keyBoard.version === before.version) this.#board.set({ keyBoard: before })
      this.#board.notice('commandFailed')
    }
  }
}

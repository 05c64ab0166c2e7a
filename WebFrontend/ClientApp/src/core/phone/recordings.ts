import type { Me, RecordingAct, RecordingWhen } from '../../hub/contracts.gen'
import { isConnected, type Call } from '../calls/call'
import type { Board } from './board'
import type { HubConnection } from './ports'

/** What a press on the record button asks for; null when there is nothing to ask. */
export function nextAct(call: Call, me: Me | null): RecordingAct | null {
  if (!isConnected(call) || me === null) return null
  const { recording } = call
  if (recording === null || recording.phase === 'failed') return recordedWhen(call, me) === 'never' ? null : 'start'
  if (!recording.automatic) return 'stop'
  if (!me.recording.pause) return null
  return recording.phase === 'paused' ? 'resume' : 'pause'
}

/** What the organisation says of this call: who is of it is in its directory, and so is whoever is in a conference. */
export function recordedWhen(call: Call, me: Me): RecordingWhen {
  if (call.room !== null || call.peer.extension !== null) return me.recording.internal
  return call.direction === 'in' ? me.recording.inbound : me.recording.outbound
}

/** The recordings of the user's calls. Nothing is shown before the server says so: what is not recorded must not look as if it were. */
export class Recordings {
  readonly #board: Board
  readonly #ask: <T>(command: (hub: HubConnection) => Promise<T>) => Promise<T>

  constructor(board: Board, ask: <T>(command: (hub: HubConnection) => Promise<T>) => Promise<T>) {
    this.#board = board
    this.#ask = ask
  }

  /** Starts or stops the recording of a call; pauses or resumes one that is not the user's to stop. */
  toggle(leg: string): void {
    const call = this.#board.find(leg)
    const act = call === undefined ? null : nextAct(call, this.#board.now.me)
    if (act !== null) this.act(leg, act)
  }

  act(leg: string, act: RecordingAct): void {
    void this.#act(leg, act)
  }

  async #act(leg: string, act: RecordingAct): Promise<void> {
    const call = this.#board.find(leg)
    if (call === undefined || !isConnected(call)) return
    try {
      const { refusal } = await this.#ask((hub) => hub.record(call.callKey, act))
      if (refusal !== 'none') this.#board.notice(refusal === 'forbidden' ? 'notRecorded' : 'commandFailed')
    } catch {
      this.#board.notice('commandFailed')
    }
  }
}

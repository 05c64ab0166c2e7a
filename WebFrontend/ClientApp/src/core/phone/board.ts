import type { Call, CallEnd } from '../calls/call'
import { isLive, isOver } from '../calls/call'
import * as list from '../calls/callList'
import type { CallEvent } from '../calls/callMachine'
import { Store } from '../store'
import type { Clock, MicrophoneRefused } from './ports'
import { initialState, type Notice, type PhoneState } from './state'

/** How long an ended call stays on the grid. */
const endedShownMs = 4_000

/** The state that everybody sees, and the few ways to change it. Calls that are over leave by themselves. */
export class Board {
  readonly state = new Store<PhoneState>(initialState)
  readonly #clock: Clock
  readonly #ended: (leg: string) => void
  #sweeping = false
  #notices = 0

  /** `ended` hears of each call that is over, maybe more than once. */
  constructor(clock: Clock, ended: (leg: string) => void) {
    this.#clock = clock
    this.#ended = ended
  }

  get now(): PhoneState {
    return this.state.get()
  }

  find(leg: string): Call | undefined {
    return list.find(this.now.calls, leg)
  }

  /** The server may still have it. */
  isKnown(leg: string): boolean {
    const call = this.find(leg)
    return call !== undefined && !isOver(call)
  }

  /** The user still wants it. */
  isWanted(leg: string): boolean {
    const call = this.find(leg)
    return call !== undefined && isLive(call)
  }

  set(change: Partial<PhoneState>): void {
    this.state.update((state) => {
      const keys = Object.keys(change) as (keyof PhoneState)[]
      return keys.every((key) => change[key] === state[key]) ? state : { ...state, ...change }
    })
  }

  /** Replaces the calls, as the server tells them. */
  show(calls: list.CallList): void {
    this.set({ calls })
    this.#sweep()
  }

  step(leg: string, event: CallEvent): void {
    this.show(list.change(this.now.calls, leg, event))
  }

  over(leg: string, end: CallEnd, by = ''): void {
    this.step(leg, { kind: 'over', end, by, now: this.#clock.now() })
  }

  notice(kind: Notice['kind']): void {
    this.set({ notice: { id: ++this.#notices, kind } })
  }

  noticeMicrophone({ reason }: MicrophoneRefused): void {
    this.notice(reason === 'denied' ? 'microphoneDenied' : reason === 'busy' ? 'microphoneBusy' : 'microphoneMissing')
  }

  #sweep(): void {
    const ends = this.now.calls.flatMap((call) => (call.state.kind === 'ended' ? [call.leg] : []))
    for (const leg of ends) this.#ended(leg)
    if (ends.length === 0 || this.#sweeping) return
    this.#sweeping = true
    this.#clock.after(endedShownMs, () => {
      this.#sweeping = false
      const until = this.#clock.now() - endedShownMs
      this.show(this.now.calls.filter((call) => call.state.kind !== 'ended' || call.state.endedAt > until))
    })
  }
}

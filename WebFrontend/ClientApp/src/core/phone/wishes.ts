import type { OfferResult } from '../../hub/contracts.gen'
import type { CallEnd } from '../calls/call'
import type { Board } from './board'
import { HangUps } from './hangUps'
import type { Clock, HubConnection, Memory } from './ports'
import { HubGone, MicrophoneRefused } from './ports'
import type { Sounds } from './sounds'

/** How long a call that could not be sent waits for the connection. */
const dialPatienceMs = 15_000

interface Dialled {
  readonly number: string
  readonly callerId: string | null
  readonly consults: string | null
  readonly offer: string
}

export interface WishesPorts {
  readonly board: Board
  readonly sounds: Sounds
  readonly clock: Clock
  readonly memory: Memory
  /** Asks the server; fails with {@link HubGone} while there is none. */
  ask<T>(command: (hub: HubConnection) => Promise<T>): Promise<T>
}

/**
 * What the user wants and the server may not know: calls, answers, holds and hang-ups, each kept until the server has it and sent again after every
 * lost connection. The server takes each any number of times.
 */
export class Wishes {
  readonly #ports: WishesPorts
  readonly #hangUps: HangUps
  readonly #dialled = new Map<string, Dialled>()
  readonly #holds = new Map<string, boolean>()
  readonly #answers = new Set<string>()

  constructor(ports: WishesPorts) {
    this.#ports = ports
    this.#hangUps = new HangUps(ports.memory)
  }

  isDialling(leg: string): boolean {
    return this.#dialled.has(leg)
  }

  async dial(leg: string, dialled: Dialled): Promise<void> {
    this.#dialled.set(leg, dialled)
    this.#ports.clock.after(dialPatienceMs, () => {
      if (this.#dialled.delete(leg)) this.#ports.board.over(leg, 'notSent')
    })
    await this.#sendDial(leg)
  }

  answerLater(leg: string): void {
    this.#answers.add(leg)
  }

  async hold(leg: string, on: boolean): Promise<void> {
    this.#holds.set(leg, on)
    if ((await this.send((hub) => (on ? hub.hold(leg) : hub.resume(leg)))) && this.#holds.get(leg) === on) this.#holds.delete(leg)
  }

  /** The server says how it is: a wish that is fulfilled is done. */
  held(leg: string, on: boolean): void {
    if (this.#holds.get(leg) === on) this.#holds.delete(leg)
  }

  async hangUp(leg: string, decline: boolean): Promise<void> {
    this.#dialled.delete(leg)
    this.#holds.delete(leg)
    this.#hangUps.add(leg, decline)
    if (!(await this.send((hub) => (decline ? hub.decline(leg) : hub.hangUp(leg))))) return
    this.#hangUps.done(leg)
    this.#ports.board.over(leg, decline ? 'declined' : 'completed')
  }

  /** The call is over: nothing more is wanted of it. */
  done(leg: string): void {
    this.#dialled.delete(leg)
    this.#holds.delete(leg)
    this.#answers.delete(leg)
    this.#hangUps.done(leg)
  }

  /** There is a connection again: everything goes out once more. Gives the calls that are to be answered. */
  resend(): readonly string[] {
    for (const [leg, decline] of this.#hangUps.list()) {
      if (this.#ports.board.isKnown(leg)) {
        this.#ports.board.step(leg, { kind: 'hangUp' })
        void this.hangUp(leg, decline)
      } else {
        this.#hangUps.done(leg)
      }
    }
    for (const [leg, on] of [...this.#holds]) void this.hold(leg, on)
    for (const leg of this.#dialled.keys()) void this.#sendDial(leg)
    const answers = [...this.#answers]
    this.#answers.clear()
    return answers
  }

  /** Signed out: nothing is wanted any more, but that what was hung up stays so. */
  forget(): void {
    this.#dialled.clear()
    this.#holds.clear()
    this.#answers.clear()
  }

  /** True when the server has it or refused it: in both cases it need not be sent again. */
  async send(command: (hub: HubConnection) => Promise<void>): Promise<boolean> {
    try {
      await this.#ports.ask(command)
      return true
    } catch (error) {
      return !(error instanceof HubGone)
    }
  }

  /** A call that could not even be offered. */
  fail(leg: string, error: unknown): void {
    if (error instanceof HubGone) return
    this.#dialled.delete(leg)
    if (error instanceof MicrophoneRefused) this.#ports.board.noticeMicrophone(error)
    this.#ports.board.over(leg, error instanceof MicrophoneRefused ? 'microphone' : 'failed')
  }

  async #sendDial(leg: string): Promise<void> {
    const dialled = this.#dialled.get(leg)
    if (dialled === undefined) return
    try {
      const result = await this.#ports.ask((hub) => hub.dial({ leg, ...dialled }))
      if (!this.#dialled.delete(leg)) return
      if (await this.#ports.sounds.settle(leg, result)) this.#ports.board.step(leg, { kind: 'placed' })
      else this.#ports.board.over(leg, endAfter(result.refusal))
    } catch (error) {
      this.fail(leg, error)
    }
  }
}

/** How a call is over whose offer was refused. */
export function endAfter(refusal: OfferResult['refusal']): CallEnd {
  switch (refusal) {
    case 'overloaded':
      return 'overloaded'
    case 'badOffer':
      return 'noCommonMedia'
    case 'unavailable':
      return 'unreachable'
    case 'gone':
      return 'cancelled'
    default:
      return 'failed'
  }
}

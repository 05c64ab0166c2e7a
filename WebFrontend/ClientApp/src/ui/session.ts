import type { Account, UserSettings } from '../hub/contracts.gen'
import { ApiError, type Api } from '../adapters/api'
import { patiently } from '../adapters/patiently'
import type { Chance, Clock } from '../core/phone/ports'
import { Persistent } from '../core/session/persistent'
import { Store } from '../core/store'

export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable' }
  /** `idle`: because nobody used it. */
  | { readonly kind: 'out'; readonly idle?: boolean }
  | { readonly kind: 'in'; readonly account: Account }

/** Who is signed in here. */
export class Session {
  readonly state = new Store<SessionState>({ kind: 'unknown' })
  readonly #api: Api
  readonly #finding: Persistent
  #missed = 0

  constructor(api: Api, clock: Clock, chance: Chance) {
    this.#api = api
    this.#finding = new Persistent(() => this.#find(), clock, chance)
  }

  /** Asks the server who is signed in, as often as it takes. */
  find(): Promise<void> {
    return this.#finding.now()
  }

  /** The network or the machine came back. */
  nudge(): void {
    this.#finding.nudge()
  }

  async #find(): Promise<boolean> {
    const { kind } = this.state.get()
    if (kind === 'in' || kind === 'out') return true
    try {
      this.state.set({ kind: 'in', account: await this.#api.account() })
      return true
    } catch (error) {
      const out = error instanceof ApiError && error.status === 401
      // A single hiccup is not worth a word: the next attempt is at once.
      if (out) this.state.set({ kind: 'out' })
      else if (this.#missed++ > 0) this.state.set({ kind: 'unreachable' })
      return out
    }
  }

  async signIn(user: string, password: string, code: string | null = null, remember = false): Promise<void> {
    const account = await patiently(() => this.#api.signIn({ user, password, code, remember }), (error) => error instanceof ApiError && error.code === 'network')
    this.state.set({ kind: 'in', account })
  }

  async signOut(everywhere: boolean): Promise<void> {
    await this.#api.signOut(everywhere)
    this.ended()
  }

  /** Nobody used it for too long. Out of reach of the server, it is over here all the same, and there by its own time. */
  async expire(): Promise<void> {
    await this.#api.signOut(false).catch(() => undefined)
    this.state.set({ kind: 'out', idle: true })
  }

  ended(): void {
    if (this.state.get().kind !== 'out') this.state.set({ kind: 'out' })
  }

  /** Shown at once, kept by the server; false when it could not be kept. */
  async save(change: Partial<UserSettings>): Promise<boolean> {
    const now = this.state.get()
    if (now.kind !== 'in') return false
    const settings = { ...now.account.settings, ...change }
    this.state.set({ kind: 'in', account: { ...now.account, settings } })
    try {
      await this.#api.saveSettings(settings)
      return true
    } catch {
      return false
    }
  }
}

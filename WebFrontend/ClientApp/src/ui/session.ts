import type { Account, UserSettings } from '../hub/contracts.gen'
import { ApiError, type Api } from '../adapters/api'
import { Store } from '../core/store'

export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly account: Account }

/** Who is signed in here. */
export class Session {
  readonly state = new Store<SessionState>({ kind: 'unknown' })
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async find(): Promise<void> {
    try {
      this.state.set({ kind: 'in', account: await this.#api.account() })
    } catch (error) {
      this.state.set({ kind: error instanceof ApiError && error.status === 401 ? 'out' : 'unreachable' })
    }
  }

  async signIn(user: string, password: string): Promise<void> {
    this.state.set({ kind: 'in', account: await this.#api.signIn({ user, password }) })
  }

  async signOut(everywhere: boolean): Promise<void> {
    await this.#api.signOut(everywhere)
    this.ended()
  }

  ended(): void {
    this.state.set({ kind: 'out' })
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

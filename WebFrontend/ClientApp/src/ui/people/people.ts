import type { HistoryItem } from '../../hub/contracts.gen'
import type { Api } from '../../adapters/api'
import { numberKey, type ToE164 } from '../../core/people/numbers'
import { Store } from '../../core/store'

export interface Person {
  readonly name: string
  readonly number: string
}

export interface Loaded<T> {
  readonly kind: 'loading' | 'ready' | 'failed'
  readonly items: readonly T[]
  readonly more: boolean
}

const nothing: Loaded<never> = { kind: 'loading', items: [], more: false }
const pageSize = 50

/** The directory and the call history, kept while signed in. */
export class People {
  readonly directory = new Store<Loaded<Person>>(nothing)
  readonly history = new Store<Loaded<HistoryItem>>(nothing)
  /** Known once the numbering plans are loaded, which nothing waits for. */
  readonly numbering = new Store<{ readonly toE164?: ToE164; readonly pretty?: (number: string) => string }>({})
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async load(): Promise<void> {
    await Promise.all([this.loadDirectory(), this.loadHistory(), this.#loadNumbering()])
  }

  /** There is a connection again: what could not be loaded is. */
  async loadMissing(): Promise<void> {
    await Promise.all([this.directory.get().kind === 'failed' && this.loadDirectory(), this.history.get().kind === 'failed' && this.loadHistory()])
  }

  async loadDirectory(): Promise<void> {
    try {
      const page = await this.#api.directory('')
      const items = page.entries.map(({ extension, name }) => ({ name, number: extension }))
      this.directory.set({ kind: 'ready', items, more: page.more })
    } catch {
      this.directory.update((state) => ({ ...state, kind: state.items.length === 0 ? 'failed' : 'ready' }))
    }
  }

  /** A directory that is larger than a page is searched by the server. */
  async searchDirectory(query: string): Promise<readonly Person[]> {
    const page = await this.#api.directory(query)
    return page.entries.map(({ extension, name }) => ({ name, number: extension }))
  }

  async loadHistory(): Promise<void> {
    try {
      const page = await this.#api.history(null, pageSize)
      this.history.set({ kind: 'ready', items: page.entries, more: page.more })
    } catch {
      this.history.update((state) => ({ ...state, kind: state.items.length === 0 ? 'failed' : 'ready' }))
    }
  }

  async loadOlder(): Promise<void> {
    const { items } = this.history.get()
    const last = items.at(-1)
    if (last === undefined) return
    try {
      const page = await this.#api.history(last.startedAt, pageSize)
      const known = new Set(items.map((item) => item.callKey))
      this.history.set({ kind: 'ready', items: [...items, ...page.entries.filter((item) => !known.has(item.callKey))], more: page.more })
    } catch {
      // The button stays: it can be pressed again.
    }
  }

  nameOf(number: string): string {
    const { toE164 } = this.numbering.get()
    const key = numberKey(number, toE164)
    return this.directory.get().items.find((person) => numberKey(person.number, toE164) === key)?.name ?? ''
  }

  forget(): void {
    this.directory.set(nothing)
    this.history.set(nothing)
  }

  async #loadNumbering(): Promise<void> {
    try {
      const { makeNumbering } = await import('./numbering')
      this.numbering.set(makeNumbering(navigator.languages))
    } catch {
      // Numbers are compared by their last digits then.
    }
  }
}

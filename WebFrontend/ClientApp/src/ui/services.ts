import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Api } from '../adapters/api'
import type { TryWays } from '../adapters/pathProbe'
import type { Phone } from '../core/phone/phone'
import type { PhoneState } from '../core/phone/state'
import type { Store } from '../core/store'
import type { People } from './people/people'
import type { Session } from './session'

/** What the screens stand on; the demonstration puts others in their place. */
export interface Services {
  readonly phone: Phone
  readonly api: Api
  readonly session: Session
  readonly people: People
  readonly tryWays: TryWays
}

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === null) throw new Error('no services')
  return services
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}

/** A part of the phone's state; the component is drawn again when that part changes. */
export function usePhone<T>(select: (state: PhoneState) => T): T {
  const { phone } = useServices()
  return useSyncExternalStore(phone.state.subscribe, () => select(phone.state.get()))
}

/** Whether this user may call from the browser. */
export function useHasPhone(): boolean {
  const { session } = useServices()
  const state = useStore(session.state)
  return state.kind === 'in' && state.account.hasWebphone
}

/** The time, told again every `ms`. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms)
    return () => clearInterval(timer)
  }, [ms])
  return now
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

import { useMemo } from 'react'
import { canBeJoined, type Call } from '../../core/calls/call'
import { dialable, isCallable } from '../../core/people/numbers'
import { folded } from '../../core/people/search'
import { useDirectory } from '../people/useDirectory'
import { useParties } from '../people/useParty'
import { usePhone } from '../services'

/** Where a call can go: to the far side of another one, to a person, to a number. */
export type Target =
  | { readonly kind: 'call'; readonly key: string; readonly name: string; readonly number: string; readonly call: Call }
  | { readonly kind: 'person' | 'number'; readonly key: string; readonly name: string; readonly number: string }

const peopleShown = 30

export function useTargets(leg: string, query: string): readonly Target[] {
  const calls = usePhone((state) => state.calls)
  const { people } = useDirectory(query)
  const party = useParties()
  return useMemo(() => {
    const words = folded(query).trim()
    const peer = calls.find((call) => call.leg === leg)?.peer.number
    const others = calls
      .filter((call) => call.leg !== leg && canBeJoined(call))
      .map((call): Target => ({ kind: 'call', key: call.leg, call, ...party(call.peer) }))
      .filter(({ name, number }) => folded(`${name} ${number}`).includes(words))
    const number = dialable(query)
    const typed: Target[] = isCallable(number) && !people.some((person) => person.number === number) ? [{ kind: 'number', key: 'number', name: number, number }] : []
    const found = people
      .filter((person) => person.number !== peer)
      .slice(0, peopleShown)
      .map(({ name, number: extension }): Target => ({ kind: 'person', key: extension, name, number: extension }))
    return [...others, ...typed, ...found]
  }, [calls, leg, query, people, party])
}

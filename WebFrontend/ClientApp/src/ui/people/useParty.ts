import { useCallback } from 'react'
import type { Party } from '../../core/calls/call'
import { useServices, useStore } from '../services'

export interface ShownParty {
  /** A name where one is known, else the number. */
  readonly name: string
  readonly number: string
  readonly known: boolean
}

/** Party to what is shown of them: their name wherever it comes from, the number as people write it. */
export function useParties(): (party: Party) => ShownParty {
  const { people } = useServices()
  const { pretty } = useStore(people.numbering)
  const directory = useStore(people.directory)
  return useCallback((party: Party): ShownParty => {
    const number = pretty?.(party.number) ?? party.number
    const known = party.name || (directory.items.length === 0 ? '' : people.nameOf(party.number))
    return { name: known === '' ? number : known, number, known: known !== '' }
  }, [people, pretty, directory])
}

export function useParty(party: Party): ShownParty {
  return useParties()(party)
}

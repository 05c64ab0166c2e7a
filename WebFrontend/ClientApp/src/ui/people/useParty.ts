import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Party } from '../../core/calls/call'
import { isWithheld } from '../../core/people/numbers'
import { useServices, useStore } from '../services'

export interface ShownParty {
  /** A name where one is known, else the number. */
  readonly name: string
  /** As people write it. */
  readonly number: string
  readonly known: boolean
}

/** What to show of a party by their name and number; who withheld them is called by the word for that. */
export function shown(name: string, number: string, anonymous: string): ShownParty {
  const written = isWithheld(number) ? anonymous : number
  const known = name !== '' && !isWithheld(name)
  return { name: known ? name : written, number: written, known }
}

/** Name and number to what is shown of them. */
export function useShown(): (name: string, number: string) => ShownParty {
  const { t } = useTranslation()
  const { people } = useServices()
  const { pretty } = useStore(people.numbering)
  const anonymous = t('contacts.anonymous')
  return useCallback((name, number) => shown(name, pretty?.(number) ?? number, anonymous), [pretty, anonymous])
}

/** Party to what is shown of them: their name wherever it comes from, the number as people write it. */
export function useParties(): (party: Party) => ShownParty {
  const { people } = useServices()
  const directory = useStore(people.directory)
  const show = useShown()
  return useCallback(
    (party: Party): ShownParty => show(party.name || (directory.items.length === 0 ? '' : people.nameOf(party.number)), party.number),
    [people, show, directory],
  )
}

export function useParty(party: Party): ShownParty {
  return useParties()(party)
}

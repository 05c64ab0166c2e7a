import { useEffect, useMemo, useState } from 'react'
import { search } from '../../core/people/search'
import { usePhone, useServices, useStore } from '../services'
import type { Person } from './people'

/** The directory's other people that match; of a directory too large to be here whole, the server's answer too. */
export function useDirectory(query: string): { readonly people: readonly Person[]; readonly kind: 'loading' | 'ready' | 'failed' } {
  const { people } = useServices()
  const directory = useStore(people.directory)
  const me = usePhone((state) => state.me?.extension)
  const [found, setFound] = useState<readonly Person[]>([])
  useEffect(() => {
    if (!directory.more || query.trim() === '') return
    let wanted = true
    const timer = setTimeout(() => {
      people.searchDirectory(query).then((result) => wanted && setFound(result), () => undefined)
    }, 200)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [people, directory.more, query])
  return useMemo(() => {
    const all = directory.more && query.trim() !== '' ? [...directory.items, ...found] : directory.items
    const once = [...new Map(all.map((person) => [person.number, person])).values()].filter((person) => person.number !== me)
    return { people: search(once, query), kind: directory.kind }
  }, [directory, found, query, me])
}

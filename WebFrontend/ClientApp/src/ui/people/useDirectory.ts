import { useEffect, useMemo, useState } from 'react'
import { search } from '../../core/people/search'
import { useServices, useStore } from '../services'
import type { Person } from './people'

/** The directory's people that match; of a directory too large to be here whole, the server's answer too. */
export function useDirectory(query: string): { readonly people: readonly Person[]; readonly kind: 'loading' | 'ready' | 'failed' } {
  const { people } = useServices()
  const directory = useStore(people.directory)
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
    const once = [...new Map(all.map((person) => [person.number, person])).values()]
    return { people: search(once, query), kind: directory.kind }
  }, [directory, found, query])
}

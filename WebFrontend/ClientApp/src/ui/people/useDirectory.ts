import { useEffect, useMemo, useState } from 'react'
import { search } from '../../core/people/search'
import { usePhone, useServices, useStore } from '../services'
import type { Person } from './people'

/** The directory's other people that match; of a directory too large to be here whole, the server's answer too, which is pending for a moment. */
export function useDirectory(query: string): { readonly people: readonly Person[]; readonly kind: 'loading' | 'ready' | 'failed'; readonly pending: boolean } {
  const { people } = useServices()
  const directory = useStore(people.directory)
  const me = usePhone((state) => state.me?.extension)
  const [{ found, asked }, setFound] = useState<{ readonly found: readonly Person[]; readonly asked: string }>({ found: [], asked: '' })
  useEffect(() => {
    if (!directory.more || query.trim() === '') return
    let wanted = true
    const timer = setTimeout(() => {
      const take = (result: readonly Person[]): void => {
        if (wanted) setFound({ found: result, asked: query })
      }
      people.searchDirectory(query).then(take, () => take([]))
    }, 200)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [people, directory.more, query])
  return useMemo(() => {
    const all = directory.more && query.trim() !== '' ? [...directory.items, ...found] : directory.items
    const once = [...new Map(all.map((person) => [person.number, person])).values()].filter((person) => person.number !== me)
    const pending = directory.kind === 'loading' || (directory.more && query.trim() !== '' && asked !== query)
    return { people: search(once, query), kind: directory.kind, pending }
  }, [directory, found, asked, query, me])
}

import { Activity, BellOff, BellRing, Clock, Contact, Keyboard, LogOut, Moon, Phone, Search, Settings, Sun } from 'lucide-react'
import { useEffect, useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { dialable } from '../../core/people/numbers'
import { folded } from '../../core/people/search'
import { Avatar } from '../parts/Avatar'
import { Dialog } from '../parts/Dialog'
import { useDirectory } from '../people/useDirectory'
import { checkWish } from '../preflight/wish'
import { usePhone, useServices } from '../services'
import { pages } from '../shell/Nav'
import { useDial } from '../useDial'
import styles from './Overlays.module.css'

interface Result {
  readonly key: string
  readonly group: 'people' | 'pages' | 'actions'
  readonly icon: ReactNode
  readonly text: string
  readonly aside?: string
  act(): void
}

const peopleShown = 6
const pageIcons = { phone: Phone, contacts: Contact, history: Clock, settings: Settings } as const

interface Props {
  onClose(): void
  onHelp(): void
}

/** People, numbers, pages and actions from the keyboard (ACC-21). */
export default function QuickSearch({ onClose, onHelp }: Props) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const { results, pending } = useResults(query, onHelp)
  const [eager, setEager] = useState(false)
  const chosen = Math.min(at, results.length - 1)

  function run(result: Result | undefined): void {
    if (result === undefined) return
    onClose()
    result.act()
  }

  // Enter came before what it was for.
  useEffect(() => {
    if (!eager || (pending && results.length === 0)) return
    setEager(false)
    const [first] = results
    if (first === undefined) return
    onClose()
    first.act()
  }, [eager, pending, results, onClose])

  function keyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && results.length === 0) setEager(pending)
    else if (event.key === 'Enter') run(results[chosen])
    else if (event.key === 'ArrowDown') setAt((chosen + 1) % Math.max(1, results.length))
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + results.length) % Math.max(1, results.length))
    else return
    event.preventDefault()
  }

  return (
    <Dialog open bare title={t('search.title')} onClose={onClose}>
      <div className={styles.searchBox}>
        <Search size={20} aria-hidden="true" />
        <input
          role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={results[chosen] === undefined ? undefined : `${id}-${chosen}`} aria-label={t('search.title')}
          placeholder={t('search.placeholder')} value={query} onChange={(event) => { setQuery(event.target.value); setAt(0); setEager(false) }} onKeyDown={keyDown} autoComplete="off" spellCheck={false}
        />
        <kbd>Esc</kbd>
      </div>
      <div id={id} className={styles.results} role="listbox" aria-label={t('search.title')} tabIndex={-1}>
        {results.map((result, index) => (
          <div key={result.key} role="presentation">
            {result.group !== results[index - 1]?.group && <p className={styles.groupName} role="presentation">{t(`search.${result.group}`)}</p>}
            <div
              id={`${id}-${index}`} role="option" aria-selected={index === chosen} className={styles.result} onClick={() => run(result)} onPointerMove={() => setAt(index)}
              ref={(element) => { if (index === chosen) element?.scrollIntoView({ block: 'nearest' }) }}
            >
              {result.icon}
              <span className={styles.resultText}><bdi>{result.text}</bdi></span>
              {result.aside !== undefined && <bdi className={`${styles.soft} number`}>{result.aside}</bdi>}
            </div>
          </div>
        ))}
      </div>
      {results.length === 0 && !pending && <p className={styles.none} role="status">{t('search.none', { query })}</p>}
    </Dialog>
  )
}

function useResults(query: string, onHelp: () => void): { readonly results: readonly Result[]; readonly pending: boolean } {
  const { t } = useTranslation()
  const { phone, session } = useServices()
  const [, go] = useLocation()
  const { people, pending } = useDirectory(query)
  const { dial } = useDial()
  const presence = usePhone((state) => state.presence)
  const dnd = usePhone((state) => state.me?.doNotDisturb ?? false)
  const results = useMemo(() => {
    const words = folded(query).trim()
    const matching = (result: Result): boolean => folded(result.text).includes(words)
    const number = dialable(query)
    const typed: Result[] = /^[+\d*#]{2,}$/.test(number) && !people.some((person) => person.number === number)
      ? [{ key: 'number', group: 'people', icon: <Phone size={18} />, text: t('search.call', { number }), act: () => void dial(number) }]
      : []
    const found = people.slice(0, peopleShown).map((person): Result => ({
      key: person.number, group: 'people', icon: <Avatar name={person.name} size="s" presence={presence.get(person.number)} />, text: person.name, aside: person.number, act: () => void dial(person.number),
    }))
    const places = pages.map(({ key, path }): Result => {
      const Icon = pageIcons[key]
      return { key, group: 'pages', icon: <Icon size={18} />, text: t(`nav.${key}`), act: () => go(path) }
    })
    const actions: Result[] = [
      { key: 'dnd', group: 'actions', icon: dnd ? <BellRing size={18} /> : <BellOff size={18} />, text: t(dnd ? 'search.dndOff' : 'search.dndOn'), act: () => void phone.doNotDisturb(!dnd) },
      { key: 'dark', group: 'actions', icon: <Moon size={18} />, text: t('search.themeDark'), act: () => void session.save({ theme: 'dark' }) },
      { key: 'light', group: 'actions', icon: <Sun size={18} />, text: t('search.themeLight'), act: () => void session.save({ theme: 'light' }) },
      { key: 'check', group: 'actions', icon: <Activity size={18} />, text: t('check.open'), act: () => checkWish.set(true) },
      { key: 'help', group: 'actions', icon: <Keyboard size={18} />, text: t('menu.shortcuts'), act: onHelp },
      { key: 'out', group: 'actions', icon: <LogOut size={18} />, text: t('menu.signOut'), act: () => void session.signOut(false) },
    ]
    return [...typed, ...found, ...places.filter(matching), ...actions.filter(matching)]
  }, [t, query, people, presence, dnd, dial, go, phone, session, onHelp])
  return { results, pending }
}

import { Delete, Phone } from 'lucide-react'
import { useRef, type ClipboardEvent, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { player } from '../../adapters/player'
import { dialable } from '../../core/people/numbers'
import { Store } from '../../core/store'
import { Avatar } from '../parts/Avatar'
import { Button, IconButton } from '../parts/Button'
import { useDirectory } from '../people/useDirectory'
import { usePhone, useStore } from '../services'
import { useDial } from '../useDial'
import { CallerId } from './CallerId'
import { Keypad } from './Keypad'
import styles from './Dialer.module.css'

/** What is being dialled: keys that are pressed anywhere on the page go here. */
export const dialled = new Store('')

export const dialFieldId = 'dial-field'

const matchCount = 3

export function Dialer({ onCalled }: { onCalled(): void }) {
  const { t } = useTranslation()
  const number = useStore(dialled)
  const field = useRef<HTMLInputElement>(null)
  const { dial, obstacle } = useDial()
  const busy = usePhone((state) => state.calls.some((call) => call.state.kind !== 'ringingIn'))

  async function call(target: string): Promise<void> {
    if (target.trim() === '' || obstacle !== null) return
    dialled.set('')
    onCalled()
    await dial(target)
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    void call(number)
  }

  function paste(event: ClipboardEvent): void {
    event.preventDefault()
    const input = field.current
    const from = input?.selectionStart ?? number.length
    const to = input?.selectionEnd ?? number.length
    dialled.set(number.slice(0, from) + dialable(event.clipboardData.getData('text')) + number.slice(to))
  }

  return (
    <form className={styles.dialer} data-busy={busy} onSubmit={submit} aria-label={t('dialer.title')}>
      <div className={styles.display}>
        <input
          id={dialFieldId} ref={field} className={styles.number} value={number} onChange={(event) => dialled.set(event.target.value)} onPaste={paste}
          aria-label={t('dialer.label')} placeholder={t('dialer.placeholder')} inputMode="tel" autoComplete="off" spellCheck={false} maxLength={64} dir="auto"
        />
        {number !== '' && <IconButton label={t('dialer.erase')} onClick={() => dialled.set(number.slice(0, -1))}><Delete size={20} className={styles.flip} /></IconButton>}
      </div>
      <Matches query={number} onCall={(target) => void call(target)} />
      <Keypad onKey={(digit) => {
        player.key(digit)
        dialled.update((before) => before + digit)
      }} />
      <CallerId />
      <Button type="submit" look="go" wide icon={<Phone size={20} />} disabled={number.trim() === '' || obstacle !== null}>{t('dialer.call')}</Button>
      {obstacle !== null && <p className={styles.obstacle}>{t(`dialer.${obstacle}`)}</p>}
    </form>
  )
}

function Matches({ query, onCall }: { readonly query: string; onCall(number: string): void }) {
  const { t } = useTranslation()
  const { people } = useDirectory(query)
  const presence = usePhone((state) => state.presence)
  const shown = query.trim() === '' ? [] : people.slice(0, matchCount)
  return (
    <ul className={styles.matches} aria-label={t('dialer.matches')}>
      {shown.map((person) => (
        <li key={person.number}>
          <button type="button" className={styles.match} onClick={() => onCall(person.number)}>
            <Avatar name={person.name} size="s" presence={presence.get(person.number)} />
            <bdi className={styles.matchName}>{person.name}</bdi>
            <bdi className={`${styles.soft} number`}>{person.number}</bdi>
            <span className="visually-hidden">{t('dialer.callName', { name: person.name })}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

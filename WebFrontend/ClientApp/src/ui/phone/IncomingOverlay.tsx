import { BellOff, Phone, PhoneOff, VolumeX } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Store } from '../../core/store'
import { Avatar } from '../parts/Avatar'
import { useParties } from '../people/useParty'
import { usePhone, useServices, useStore } from '../services'
import styles from './Incoming.module.css'

/** The browser would not let the ring be heard. */
export const ringBlocked = new Store(false)

/** Somebody calls (INC-01): who, and what to do about it. */
export function IncomingOverlay() {
  const { t } = useTranslation()
  const { phone } = useServices()
  const party = useParties()
  const calls = usePhone((state) => state.calls)
  const blocked = useStore(ringBlocked)
  const answer = useRef<HTMLButtonElement>(null)
  const ringing = calls.filter((call) => call.state.kind === 'ringingIn')
  const call = ringing[0]
  const leg = call?.leg
  useEffect(() => {
    // A field that somebody types in keeps the focus: Enter there must not answer.
    const typing = document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement
    if (leg !== undefined && !typing) answer.current?.focus({ preventScroll: true })
  }, [leg])
  if (call === undefined) return null
  const { number, known, name: shown } = party(call.peer)
  const name = shown || t('incoming.unknown')
  return (
    <section className={styles.overlay} role="alertdialog" aria-labelledby="incoming-name" aria-describedby="incoming-what" data-leg={call.leg}>
      <span className={styles.pulse}><Avatar name={name} size="l" known={known} /></span>
      <div className={styles.who}>
        <p id="incoming-what" className={styles.what}>{call.backFrom === null ? t(`incoming.why.${call.reason}`) : t('transfer.backFrom', { name: party(call.backFrom).name })}</p>
        <h2 id="incoming-name" className={styles.name}><bdi>{name}</bdi></h2>
        {known && <p className={`${styles.soft} number`}><bdi>{number}</bdi></p>}
      </div>
      {blocked && <p className={styles.blocked}><VolumeX size={16} aria-hidden="true" />{t('incoming.blocked')}</p>}
      <div className={styles.actions}>
        <button type="button" className={styles.decline} onClick={() => phone.hangUp(call.leg)} aria-keyshortcuts="Escape"><PhoneOff size={20} aria-hidden="true" />{t('incoming.decline')}</button>
        <button type="button" ref={answer} className={styles.answer} onClick={() => void phone.answer(call.leg)} aria-keyshortcuts="Enter"><Phone size={20} aria-hidden="true" />{t('incoming.answer')}</button>
      </div>
      <button type="button" className={styles.dnd} onClick={() => { phone.hangUp(call.leg); void phone.doNotDisturb(true) }}><BellOff size={16} aria-hidden="true" />{t('incoming.dnd')}</button>
      {ringing.length > 1 && <p className={styles.soft}>{t('incoming.more', { count: ringing.length - 1 })}</p>}
    </section>
  )
}

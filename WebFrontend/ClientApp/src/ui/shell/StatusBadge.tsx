import { useTranslation } from 'react-i18next'
import { statusWord, type StatusWord } from '../../core/phone/state'
import { useHasPhone, useNow, usePhone, useServices } from '../services'
import styles from './Shell.module.css'

const dots: Record<StatusWord | 'noPhone', string | undefined> = {
  noPhone: styles.dotOff,
  ready: styles.dotGo, inCall: styles.dotGo, connecting: styles.dotWarn, disconnected: styles.dotStop, otherTab: styles.dotOff, notArmed: styles.dotOff, signedOut: styles.dotOff,
}

/** The connection in a dot and a word (CON-01 to CON-05). */
export function StatusBadge() {
  const { t } = useTranslation()
  const hasPhone = useHasPhone()
  const word = usePhone((state) => (hasPhone || state.connection.kind !== 'attached' ? statusWord(state) : 'noPhone'))
  return (
    <span className={styles.status} role="status" data-status={word}>
      <span className={`${styles.dot} ${dots[word]}`} aria-hidden="true" />
      <span className="visually-hidden">{t('status.label', { status: t(`status.${word}`) })}</span>
      <span aria-hidden="true">{t(`status.${word}`)}</span>
    </span>
  )
}

/** What is said while there is no connection: that it comes back by itself, and when. */
export function ConnectionBar() {
  const { t } = useTranslation()
  const { phone } = useServices()
  const connection = usePhone((state) => state.connection)
  const word = usePhone(statusWord)
  const now = useNow(500)
  if (word !== 'disconnected') return null
  const seconds = connection.kind === 'waiting' ? Math.max(1, Math.ceil((connection.retryAt - now) / 1_000)) : 0
  return (
    <div className={styles.bar} role="alert">
      <p>
        <strong>{t('status.disconnected')}.</strong> {connection.kind === 'waiting' ? t('status.retryIn', { count: seconds }) : t('status.retrying')}
        <span className={styles.barHint}> {t('status.lostHint')}</span>
      </p>
      <button type="button" className={styles.barButton} disabled={connection.kind !== 'waiting'} onClick={() => phone.nudge()}>{t('status.retryNow')}</button>
    </div>
  )
}

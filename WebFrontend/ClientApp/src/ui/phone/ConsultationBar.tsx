import { Merge, PhoneForwarded, Undo2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { canBeJoined, isConnected, isUnderWay, type Call } from '../../core/calls/call'
import { Button } from '../parts/Button'
import { useParties } from '../people/useParty'
import { usePhone, useServices } from '../services'
import styles from './Card.module.css'

/** A call that asks somebody for the far side of another: complete the transfer, also while it rings, or go back (XFR-06, XFR-07). */
export function ConsultationBar({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const party = useParties()
  const first = usePhone((state) => state.calls.find((other) => other.leg === call.consults))
  if (first === undefined || !isConnected(first)) return null
  const name = first.room === null ? party(first.peer).name : t('conference.title')
  const ready = canBeJoined(call) && !isUnderWay(first)
  return (
    <section className={styles.consultation} aria-label={t(first.room === null ? 'transfer.askingFor' : 'conference.askingFor', { name })}>
      <p>{t(first.room === null ? 'transfer.askingFor' : 'conference.askingFor', { name })}</p>
      <div className={styles.consultationActions}>
        <Button icon={<Undo2 size={18} className={styles.flip} />} onClick={() => phone.hangUp(call.leg)}>{t('transfer.cancel')}</Button>
        <Button look={first.room === null ? 'plain' : 'primary'} icon={<Merge size={18} />} disabled={!ready || !isConnected(call)} aria-keyshortcuts="C" onClick={() => phone.moves.merge(first.leg, call.leg)}>{t(first.room === null ? 'conference.merge' : 'conference.send')}</Button>
        {first.room === null && <Button look="primary" icon={<PhoneForwarded size={18} className={styles.flip} />} disabled={!ready} aria-keyshortcuts="T" onClick={() => phone.moves.complete(call.leg)}>{t('transfer.complete')}</Button>}
      </div>
    </section>
  )
}

import { PhoneForwarded, Undo2 } from 'lucide-react'
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
  const name = party(first.peer).name
  return (
    <section className={styles.consultation} aria-label={t('transfer.askingFor', { name })}>
      <p>{t('transfer.askingFor', { name })}</p>
      <div className={styles.consultationActions}>
        <Button icon={<Undo2 size={18} className={styles.flip} />} onClick={() => phone.hangUp(call.leg)}>{t('transfer.cancel')}</Button>
        <Button look="primary" icon={<PhoneForwarded size={18} className={styles.flip} />} disabled={!canBeJoined(call) || isUnderWay(first)} aria-keyshortcuts="T" onClick={() => phone.complete(call.leg)}>{t('transfer.complete')}</Button>
      </div>
    </section>
  )
}

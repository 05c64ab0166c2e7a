import { LoaderCircle, PhoneForwarded, RotateCw, Undo2, VolumeX, WifiOff, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isLive, isUnderWay, type Call, type Transfer } from '../../core/calls/call'
import { anySlot } from '../park/park'
import { Button, IconButton } from '../parts/Button'
import { useParties } from '../people/useParty'
import { checkWish } from '../preflight/wish'
import { RecordingNote } from '../recording/RecordingNote'
import { usePhone, useServices } from '../services'
import styles from './Card.module.css'

/** What is to be known of a call besides its state: its sound, and where its far side is on the way to or came back from. */
export function CallNotes({ call }: { readonly call: Call }) {
  if (!isLive(call)) return null
  return (
    <>
      <RecordingNote call={call} />
      <SoundNote call={call} />
      <TransferNote call={call} />
      <WaitingNote call={call} />
    </>
  )
}

function Note({ icon, calm = false, children }: { readonly icon: ReactNode; readonly calm?: boolean; readonly children: ReactNode }) {
  return <div className={styles.note} data-calm={calm} role="status"><span aria-hidden="true">{icon}</span>{children}</div>
}

function SoundNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const holds = usePhone((state) => state.holdsPhone)
  if (call.sound === 'blocked' && holds) return <BlockedNote call={call} />
  if (call.peerAway) return <Note icon={<WifiOff size={16} />}><p>{t('call.peerAway')}</p></Note>
  if (call.state.kind !== 'connected' || !holds) return null
  if (call.sound === 'lost') return <Note icon={<WifiOff size={16} />}><p>{t('call.soundLost')}</p></Note>
  return call.sound === 'connecting' ? <Note calm icon={<LoaderCircle size={16} className={styles.spin} />}><p>{t('call.soundConnecting')}</p></Note> : null
}

/** No way was found: what may be in it, and what the user can do. The far side hears music meanwhile; hanging up is one press away, as always. */
function BlockedNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  return (
    <div className={styles.blocked} role="alert" data-blocked>
      <p><strong><VolumeX size={16} aria-hidden="true" />{t('call.soundBlocked')}</strong></p>
      <p>{t('call.soundBlockedHint')}</p>
      <div className={styles.blockedActions}>
        <Button icon={<RotateCw size={16} />} onClick={() => phone.retrySound(call.leg)}>{t('app.retry')}</Button>
        <Button look="quiet" onClick={() => checkWish.set(true)}>{t('check.open')}</Button>
      </div>
    </div>
  )
}

/** Under way, come to nothing and why, or back from somebody who did not take it. */
function TransferNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const party = useParties()
  const { transfer, backFrom } = call
  const toSlot = usePhone((state) => transfer !== null && (transfer.to.number === anySlot || state.parkBoard?.slots.some((slot) => slot.slot === transfer.to.number) === true))
  if (transfer !== null && isUnderWay(call)) {
    return <Note calm icon={<PhoneForwarded size={16} className={styles.flip} />}><p>{t(underWay(transfer, toSlot, call.room !== null), { name: party(transfer.to).name })}</p></Note>
  }
  if (transfer !== null && transfer.failed !== null) {
    return (
      <Note icon={<Undo2 size={16} className={styles.flip} />}>
        <p>{t(failed(transfer, toSlot, call.room !== null), { name: party(transfer.to).name, reason: t(`call.end.${transfer.failed}`) })}</p>
        <IconButton label={t('toast.dismiss')} className={styles.noteClose ?? ''} onClick={() => phone.moves.dismiss(call.leg)}><X size={16} /></IconButton>
      </Note>
    )
  }
  return backFrom === null ? null : <Note icon={<Undo2 size={16} className={styles.flip} />}><p>{t('transfer.backFrom', { name: party(backFrom).name })}</p></Note>
}

function underWay(transfer: Transfer, toSlot: boolean, inConference: boolean) {
  switch (transfer.kind) {
    case 'merge':
      return inConference && transfer.consultation === null ? ('conference.calling' as const) : ('conference.merging' as const)
    case 'switch':
      return 'device.switching' as const
    case 'send':
      return toSlot ? ('park.parking' as const) : inConference ? ('conference.calling' as const) : ('transfer.underWay' as const)
  }
}

function failed(transfer: Transfer, toSlot: boolean, inConference: boolean) {
  // In a conference somebody was called in, by the order that began it or by a later one.
  if (inConference && transfer.consultation === null && transfer.kind !== 'switch') return 'conference.notReached' as const
  return transfer.kind === 'send' && !toSlot ? ('transfer.failed' as const) : ('transfer.notDone' as const)
}

/** The far side waits while somebody is asked for them. */
function WaitingNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const party = useParties()
  const consultation = usePhone((state) => state.calls.find((other) => other.consults === call.leg && isLive(other)))
  if (consultation === undefined || isUnderWay(call)) return null
  return <Note calm icon={<PhoneForwarded size={16} className={styles.flip} />}><p>{t('transfer.waits', { name: party(consultation.peer).name })}</p></Note>
}

import { PhoneIncoming, PhoneMissed, PhoneOutgoing } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { isCallable } from '../../core/people/numbers'
import type { HistoryItem } from '../../hub/contracts.gen'
import { Avatar } from '../parts/Avatar'
import { clockTime, daysAgo } from '../parts/time'
import { usePhone } from '../services'
import { useDropTarget } from '../transfer/drag'
import { wishTransfer } from '../transfer/wish'
import { useDial } from '../useDial'
import styles from './People.module.css'
import type { Person } from './people'
import { useShown } from './useParty'

interface Props {
  readonly person: Person
  readonly call?: HistoryItem
}

/** One line of the side panel: pressing it calls, where there is a number to call. */
export function PersonRow({ person, call }: Props) {
  const { t, i18n } = useTranslation()
  const presence = usePhone((state) => state.presence.get(person.number))
  const { dial } = useDial()
  const drop = useDropTarget((leg) => wishTransfer(leg, person.number))
  const { name, number, known } = useShown()(person.name, person.number)
  const days = call === undefined ? 0 : daysAgo(Date.parse(call.startedAt), Date.now())
  const text = (
    <>
      <Avatar name={name} presence={presence} known={known} size={call === undefined ? 'm' : 's'} />
      <span className={styles.rowText}>
        <span className={styles.rowName} data-missed={call?.missed}><bdi>{name}</bdi></span>
        <span className={styles.rowNumber}>
          {call !== undefined && <CallIcon item={call} />}
          {known && <bdi className="number">{number}</bdi>}
        </span>
      </span>
      {call !== undefined && (
        <time className={styles.rowTime} dateTime={call.startedAt}>
          {days === 0 ? clockTime(Date.parse(call.startedAt), i18n.language) : days === 1 ? t('history.yesterday') : new Intl.DateTimeFormat(i18n.language, { day: 'numeric', month: 'short' }).format(Date.parse(call.startedAt))}
        </time>
      )}
    </>
  )
  if (!isCallable(person.number)) return <div className={styles.row}>{text}</div>
  return (
    <button type="button" className={styles.row} onClick={() => void dial(person.number)} {...drop}>
      {text}
      <span className="visually-hidden">{t('contacts.call', { name })}</span>
    </button>
  )
}

/** Which way a call went, or that it was missed (HIS-09). */
export function CallIcon({ item }: { readonly item: HistoryItem }) {
  const { t } = useTranslation()
  const Icon = item.missed ? PhoneMissed : item.direction === 'inbound' ? PhoneIncoming : PhoneOutgoing
  const label = t(item.missed ? 'history.missedCall' : `history.${item.direction}`)
  return <span className={styles.callIcon} data-missed={item.missed} title={label}><Icon size={14} aria-hidden="true" /><span className="visually-hidden">{label}</span></span>
}

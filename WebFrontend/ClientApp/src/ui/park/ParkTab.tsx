import { PhoneIncoming, SquareParking } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ParkSlot } from '../../hub/contracts.gen'
import { focused } from '../../core/calls/callList'
import { Empty } from '../parts/Empty'
import { duration } from '../parts/time'
import { useParties } from '../people/useParty'
import { useNow, usePhone, useServices } from '../services'
import { useDropTarget } from '../transfer/drag'
import { useDial } from '../useDial'
import { canPark } from './park'
import styles from './Park.module.css'

/** The park slots: who waits, who put them there, for how long (PRK-01, PRK-03); pressing one takes the call or parks there (PRK-02, PRK-04). */
export function ParkTab() {
  const { t } = useTranslation()
  const board = usePhone((state) => state.parkBoard)
  const now = useNow(1_000)
  if (board === null || board.slots.length === 0) return <Empty icon={<SquareParking size={26} />} title={t('park.none')} text={t('park.noneHint')} />
  return <ul className={styles.slots}>{board.slots.map((slot) => <li key={slot.slot}><Slot slot={slot} now={now} /></li>)}</ul>
}

function Slot({ slot, now }: { readonly slot: ParkSlot; readonly now: number }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const { dial, obstacle } = useDial()
  const party = useParties()
  const focus = usePhone((state) => focused(state.calls, state.chosen))
  const drop = useDropTarget((leg) => phone.moves.park(leg, slot.slot))
  if (slot.who === null) {
    const parks = focus !== null && canPark(focus)
    return (
      <button type="button" className={styles.slot} disabled={!parks} onClick={() => focus !== null && phone.moves.park(focus.leg, slot.slot)} {...drop}>
        <span className={`${styles.number} number`}>{slot.slot}</span>
        <span className={styles.text}><span className={styles.soft}>{t('park.free')}</span></span>
        {parks && <span className={styles.act}><SquareParking size={16} aria-hidden="true" />{t('park.here')}</span>}
      </button>
    )
  }
  const name = party(slot.who).name
  return (
    <button type="button" className={styles.slot} data-parked="true" disabled={obstacle !== null} onClick={() => void dial(slot.slot)}>
      <span className={`${styles.number} number`}>{slot.slot}</span>
      <span className={styles.text}>
        <bdi>{name}</bdi>
        <small><span className="number">{duration(now - Date.parse(slot.since ?? ''))}</span>{slot.by !== null && ` · ${t('park.by', { name: party(slot.by).name })}`}</small>
      </span>
      <span className={styles.act}><PhoneIncoming size={16} aria-hidden="true" />{t('park.take')}</span>
    </button>
  )
}

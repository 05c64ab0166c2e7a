import { Phone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { KeySetting } from '../../hub/contracts.gen'
import { focused } from '../../core/calls/callList'
import { isConnected, isUnderWay, type Call } from '../../core/calls/call'
import { canPark } from '../park/park'
import { useParties } from '../people/useParty'
import { usePhone, useServices } from '../services'
import { useDropTarget } from '../transfer/drag'
import { wishTransfer } from '../transfer/wish'
import { useDial } from '../useDial'
import { lampOf, type Lamp } from './lamp'
import styles from './Keys.module.css'

/** What a key is called. */
export function useKeyName(): (key: KeySetting) => string {
  const { t } = useTranslation()
  const party = useParties()
  return (key) => {
    if (key.label !== '') return key.label
    if (key.kind === 'conference') return t('keys.conference')
    return key.kind === 'slot' ? t('keys.slotName', { slot: key.target }) : party({ number: key.target, name: '', extension: null }).name
  }
}

/** What a key says beside its lamp: who waits, how many talk, or what the lamp means for what it stands for. */
function useWords({ kind, target }: KeySetting): (lamp: Lamp) => string {
  const { t } = useTranslation()
  const party = useParties()
  const parked = usePhone((state) => (kind === 'slot' ? state.parkBoard?.slots.find((slot) => slot.slot === target)?.who : undefined) ?? null)
  const members = usePhone((state) => state.myConference?.members ?? 0)
  return (lamp) => {
    if (kind === 'number') return t('keys.dials')
    if (kind === 'conference') return members > 0 ? t('conference.members', { count: members }) : t('keys.nobody')
    if (kind === 'slot') return parked === null ? t('park.free') : party(parked).name
    return lamp === 'off' || lamp === 'parked' ? t('presence.offline') : t(`keys.lamp.${lamp}`)
  }
}

/** One key: its lamp, and what pressing it does as things are now. */
export function KeyButton({ setting }: { readonly setting: KeySetting }) {
  const { phone } = useServices()
  const name = useKeyName()(setting)
  const says = useWords(setting)
  const lamp = usePhone((state) => lampOf(setting, state))
  const focus = usePhone((state) => focused(state.calls, state.chosen))
  const { dial, obstacle } = useDial()
  const moves = focus !== null && isConnected(focus) && !isUnderWay(focus) ? focus : null
  const drop = useDropTarget((leg) => move(leg))

  function move(leg: string): void {
    if (setting.kind === 'slot') phone.moves.park(leg, setting.target)
    else if (setting.kind === 'conference') phone.moves.merge(leg, null)
    else wishTransfer(leg, setting.target)
  }

  function press(): void {
    if (setting.kind === 'person' && lamp === 'ringing') void dial(`**${setting.target}`)
    else if (setting.kind === 'slot' && lamp === 'parked') void dial(setting.target)
    else if (moves !== null && mayMove(setting, moves)) move(moves.leg)
    else if (setting.kind !== 'slot') void dial(setting.kind === 'conference' ? '*38' : setting.target)
  }

  const idleSlot = setting.kind === 'slot' && lamp !== 'parked' && (moves === null || !canPark(moves))
  return (
    <button type="button" className={styles.key} data-lamp={lamp} data-kind={setting.kind} disabled={idleSlot || (obstacle !== null && moves === null)} onClick={press} {...drop}>
      {setting.kind === 'number' ? <Phone size={12} className={styles.dials} aria-hidden="true" /> : <span className={styles.lamp} aria-hidden="true" />}
      <span className={styles.name}><bdi>{name}</bdi></span>
      <small className={styles.state}><bdi>{says(lamp)}</bdi></small>
    </button>
  )
}

const mayMove = (key: KeySetting, call: Call): boolean => (key.kind === 'slot' || key.kind === 'conference' ? canPark(call) : true)

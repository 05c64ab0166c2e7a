import { Menu } from '@base-ui/react/menu'
import { Ellipsis, Grid3x3, Mic, MicOff, Minimize2, Pause, PhoneForwarded, PhoneOff, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isConnected, isHeldByMe, isUnderWay, type Call } from '../../core/calls/call'
import menu from '../parts/Menu.module.css'
import { useServices } from '../services'
import { wishTransfer } from '../transfer/wish'
import styles from './Card.module.css'

interface Props {
  readonly call: Call
  readonly keypad: boolean
  onKeypad(shown: boolean): void
}

/** What can be done with a call, one press away; the rest behind "More". */
export function CallControls({ call, keypad, onKeypad }: Props) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const connected = isConnected(call)
  const held = isHeldByMe(call)
  return (
    <div className={styles.controls}>
      <Control label={t(call.muted ? 'call.unmute' : 'call.mute')} on={call.muted} disabled={!connected} onPress={() => phone.mute(call.leg, !call.muted)}>{call.muted ? <MicOff size={20} /> : <Mic size={20} />}</Control>
      <Control label={t(held ? 'call.resume' : 'call.hold')} on={held} disabled={!connected} onPress={() => phone.hold(call.leg, !held)}>{held ? <Play size={20} /> : <Pause size={20} />}</Control>
      <Control label={t('call.keypad')} on={keypad} disabled={!connected && call.state.kind !== 'ringingOut'} onPress={() => onKeypad(!keypad)}><Grid3x3 size={20} /></Control>
      <Control label={t('call.transfer')} shortcut="T" disabled={!connected || isUnderWay(call)} onPress={() => wishTransfer(call.leg)}><PhoneForwarded size={20} className={styles.flip} /></Control>
      <More call={call} />
      <Control label={t('call.hangUp')} stop onPress={() => phone.hangUp(call.leg)}><PhoneOff size={20} /></Control>
    </div>
  )
}

function More({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.control} onClick={(event) => event.stopPropagation()}>
        <span className={styles.controlIcon} aria-hidden="true"><Ellipsis size={20} /></span>
        <span>{t('call.more')}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menu.place} sideOffset={8} align="end">
          <Menu.Popup className={menu.popup}>
            <Menu.Item className={menu.item} onClick={() => phone.hide(call.leg, true)}><Minimize2 size={16} aria-hidden="true" /><span className={menu.text}>{t('call.hide')}<small>{t('call.hideHint')}</small></span></Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

interface ControlProps {
  readonly label: string
  readonly on?: boolean
  readonly stop?: boolean
  readonly disabled?: boolean
  readonly shortcut?: string
  readonly children: ReactNode
  onPress(): void
}

function Control({ label, on, stop = false, disabled = false, shortcut, children, onPress }: ControlProps) {
  return (
    <button type="button" className={styles.control} data-on={on} data-stop={stop} aria-pressed={on} disabled={disabled} aria-keyshortcuts={shortcut} onClick={(event) => { event.stopPropagation(); onPress() }}>
      <span className={styles.controlIcon} aria-hidden="true">{children}</span>
      <span>{label}</span>
    </button>
  )
}

import { Menu } from '@base-ui/react/menu'
import { CirclePause, Disc, Ellipsis, Grid3x3, Merge, Mic, MicOff, Minimize2, MonitorSmartphone, Pause, PhoneForwarded, PhoneOff, Play, SquareParking, UserPlus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { canBeJoined, isConnected, isHeldByMe, isUnderWay, type Call } from '../../core/calls/call'
import { nextAct, recordedWhen } from '../../core/phone/recordings'
import menu from '../parts/Menu.module.css'
import { anySlot, canPark } from '../park/park'
import { deviceName } from '../people/device'
import { useParties } from '../people/useParty'
import { usePhone, useServices } from '../services'
import { wishAnother, wishTransfer } from '../transfer/wish'
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
      {call.room === null
        ? <Control label={t('call.transfer')} shortcut="T" disabled={!connected || isUnderWay(call)} onPress={() => wishTransfer(call.leg)}><PhoneForwarded size={20} className={styles.flip} /></Control>
        : <Control label={t('conference.add')} shortcut="T" disabled={!connected || isUnderWay(call)} onPress={() => wishTransfer(call.leg)}><UserPlus size={20} /></Control>}
      <RecordControl call={call} />
      <More call={call} />
      <Control label={t('call.hangUp')} stop onPress={() => phone.hangUp(call.leg)}><PhoneOff size={20} /></Control>
    </div>
  )
}

/** Records the call, or pauses what the organisation records (CTL-12); not there where nothing is ever recorded. */
function RecordControl({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const me = usePhone((state) => state.me)
  const { recording } = call
  if (me === null || (recording === null && recordedWhen(call, me) === 'never')) return null
  const act = nextAct(call, me)
  const on = recording !== null && recording.phase !== 'failed'
  const label = act === null ? (on ? 'recording.on' : 'recording.start') : (`recording.${act}` as const)
  return <Control label={t(label)} shortcut="R" on={on} disabled={act === null} onPress={() => phone.recordings.toggle(call.leg)}>{act === 'pause' ? <CirclePause size={20} /> : <Disc size={20} />}</Control>
}

/** Park, conference, another device, the background (CTL-08 to CTL-11). */
function More({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const party = useParties()
  const calls = usePhone((state) => state.calls)
  const devices = usePhone((state) => state.me?.devices) ?? []
  const free = isConnected(call) && !isUnderWay(call)
  const others = free ? calls.filter((other) => other.leg !== call.leg && canBeJoined(other) && other.room === null) : []
  const mayPause = usePhone((state) => state.me?.recording.pause) === true && call.recording?.automatic === false
  const pause = !mayPause ? null : call.recording?.phase === 'paused' ? ('resume' as const) : call.recording?.phase === 'on' ? ('pause' as const) : null
  const elsewhere = free ? devices.filter((device) => device.sessionId !== phone.sessionId) : []
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.control} onClick={(event) => event.stopPropagation()}>
        <span className={styles.controlIcon} aria-hidden="true"><Ellipsis size={20} /></span>
        <span>{t('call.more')}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menu.place} sideOffset={8} align="end">
          <Menu.Popup className={menu.popup}>
            {pause !== null && <Menu.Item className={menu.item} onClick={() => phone.recordings.act(call.leg, pause)}><CirclePause size={16} aria-hidden="true" /><span className={menu.text}>{t(`recording.${pause}`)}<small>{t('recording.pauseHint')}</small></span></Menu.Item>}
            {canPark(call) && <Menu.Item className={menu.item} onClick={() => phone.moves.park(call.leg, anySlot)}><SquareParking size={16} aria-hidden="true" /><span className={menu.text}>{t('park.park')}<small>{t('park.hint')}</small></span><kbd>P</kbd></Menu.Item>}
            {free && call.room === null && <Menu.Item className={menu.item} data-act="add" onClick={() => wishAnother(call.leg)}><UserPlus size={16} aria-hidden="true" /><span className={menu.text}>{t('conference.addCall')}<small>{t('conference.addCallHint')}</small></span></Menu.Item>}
            {others.map((other) => (
              <Menu.Item key={other.leg} className={menu.item} onClick={() => phone.moves.merge(call.leg, other.leg)}><Merge size={16} aria-hidden="true" /><span className={menu.text}>{t('conference.mergeWith', { name: party(other.peer).name })}</span></Menu.Item>
            ))}
            {elsewhere.map((device) => (
              <Menu.Item key={device.id} className={menu.item} data-act="switch" onClick={() => phone.moves.switchTo(call.leg, device.id, deviceName(device))}><MonitorSmartphone size={16} aria-hidden="true" /><span className={menu.text}>{t('device.switchTo', { name: deviceName(device) || t('device.phone') })}</span></Menu.Item>
            ))}
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

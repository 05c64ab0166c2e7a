import { Grid3x3, Mic, MicOff, Minimize2, Pause, PhoneOff, Play, WifiOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { player } from '../../adapters/player'
import { isHeldByMe, isLive, never, type Call } from '../../core/calls/call'
import { Avatar } from '../parts/Avatar'
import { duration } from '../parts/time'
import { useNow, usePhone, useServices, useStore } from '../services'
import { Keypad } from './Keypad'
import styles from './Phone.module.css'

interface Props {
  readonly call: Call
  /** Keys act on this one of several. */
  readonly focused: boolean
}

export function CallCard({ call, focused }: Props) {
  const { t } = useTranslation()
  const { phone, people } = useServices()
  const [keypad, setKeypad] = useState(false)
  const { pretty } = useStore(people.numbering)
  const number = pretty?.(call.peer.number) ?? call.peer.number
  const known = call.peer.name || people.nameOf(call.peer.number)
  const name = known === '' ? number : known
  const presence = usePhone((state) => state.presence.get(call.peer.extension ?? call.peer.number))
  const live = isLive(call)
  const connected = call.state.kind === 'connected'
  const held = isHeldByMe(call)

  return (
    <article className={styles.card} data-state={call.state.kind} data-held={connected && call.state.kind === 'connected' && call.state.held !== 'nobody'} data-focused={focused} data-leg={call.leg} aria-label={t('call.with', { name })} onClick={() => live && phone.choose(call.leg)}>
      <div className={styles.cardTop}>
        <Avatar name={name} size="l" presence={presence} known={known !== ''} />
        <div className={styles.cardWho}>
          <h2 className={styles.cardName}><bdi>{name}</bdi></h2>
          {known !== '' && <p className={`${styles.soft} number`}><bdi>{number}</bdi></p>}
          <p className={styles.cardState} aria-live="polite">{call.muted && live && <MicOff size={14} aria-label={t('call.muted')} />}{useStateText(call)}</p>
        </div>
        {call.state.kind === 'connected' && <Timer since={call.state.answeredAt} />}
      </div>
      <SoundNote call={call} />
      {call.digits !== '' && live && <p className={`${styles.soft} ${styles.sent} number`} dir="ltr">{t('call.digits', { digits: call.digits })}</p>}
      {keypad && live && <Keypad small onKey={(digit) => { player.key(digit); void phone.sendDigits(call.leg, digit) }} />}
      {live && (
        <div className={styles.controls}>
          <Control label={t(call.muted ? 'call.unmute' : 'call.mute')} on={call.muted} disabled={!connected} onPress={() => phone.mute(call.leg, !call.muted)}>{call.muted ? <MicOff size={20} /> : <Mic size={20} />}</Control>
          <Control label={t(held ? 'call.resume' : 'call.hold')} on={held} disabled={!connected} onPress={() => phone.hold(call.leg, !held)}>{held ? <Play size={20} /> : <Pause size={20} />}</Control>
          <Control label={t('call.keypad')} on={keypad} disabled={!connected && call.state.kind !== 'ringingOut'} onPress={() => setKeypad(!keypad)}><Grid3x3 size={20} /></Control>
          <Control label={t('call.hide')} onPress={() => phone.hide(call.leg, true)}><Minimize2 size={20} /></Control>
          <Control label={t('call.hangUp')} stop onPress={() => phone.hangUp(call.leg)}><PhoneOff size={20} /></Control>
        </div>
      )}
    </article>
  )
}

interface ControlProps {
  readonly label: string
  readonly on?: boolean
  readonly stop?: boolean
  readonly disabled?: boolean
  readonly children: ReactNode
  onPress(): void
}

function Control({ label, on, stop = false, disabled = false, children, onPress }: ControlProps) {
  return (
    <button type="button" className={styles.control} data-on={on} data-stop={stop} aria-pressed={on} disabled={disabled} onClick={(event) => { event.stopPropagation(); onPress() }}>
      <span className={styles.controlIcon} aria-hidden="true">{children}</span>
      <span>{label}</span>
    </button>
  )
}

function Timer({ since }: { readonly since: number }) {
  const { t } = useTranslation()
  const now = useNow(500)
  const time = duration(now - since)
  return <span className={`${styles.timer} number`} role="timer" aria-label={t('call.duration', { time })}>{time}</span>
}

function SoundNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const holds = usePhone((state) => state.holdsPhone)
  if (!isLive(call)) return null
  if (call.peerAway) return <p className={styles.soundNote}><WifiOff size={16} aria-hidden="true" />{t('call.peerAway')}</p>
  if (call.state.kind !== 'connected' || !holds) return null
  if (call.sound === 'lost') return <p className={styles.soundNote}><WifiOff size={16} aria-hidden="true" />{t('call.soundLost')}</p>
  return call.sound === 'connecting' ? <p className={styles.soundNote} data-calm>{t('call.soundConnecting')}</p> : null
}

function useStateText(call: Call): string {
  const { t } = useTranslation()
  const { state } = call
  switch (state.kind) {
    case 'dialling':
    case 'ringingOut':
    case 'ringingIn':
    case 'answering':
    case 'ending':
      return t(`call.${state.kind}`)
    case 'connected':
      return t(({ nobody: 'call.connected', me: 'call.held', peer: 'call.heldByPeer', both: 'call.heldByBoth' } as const)[state.held])
    case 'ended':
      return state.end === 'answeredElsewhere' && state.by !== '' ? t('call.end.answeredBy', { name: state.by }) : t(`call.end.${state.end}`)
    default:
      return never(state)
  }
}

import { MicOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { player } from '../../adapters/player'
import { isConnected, isLive, isUnderWay, never, type Call } from '../../core/calls/call'
import { Avatar } from '../parts/Avatar'
import { duration } from '../parts/time'
import { useParty } from '../people/useParty'
import { useNow, usePhone, useServices } from '../services'
import { useDraggable, useDropTarget } from '../transfer/drag'
import { CallControls } from './CallControls'
import { CallNotes } from './CallNotes'
import { ConsultationBar } from './ConsultationBar'
import { Keypad } from './Keypad'
import styles from './Card.module.css'

interface Props {
  readonly call: Call
  /** Keys act on this one of several. */
  readonly focused: boolean
}

export function CallCard({ call, focused }: Props) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const [keypad, setKeypad] = useState(false)
  const { name, number, known } = useParty(call.peer)
  const presence = usePhone((state) => state.presence.get(call.peer.extension ?? call.peer.number))
  const live = isLive(call)
  const connected = isConnected(call)
  const drag = useDraggable(call.leg, connected && !isUnderWay(call))
  const drop = useDropTarget((leg) => phone.connect(leg, call.leg), call.leg)

  return (
    <article
      className={styles.card} data-state={call.state.kind} data-held={call.state.kind === 'connected' && call.state.held !== 'nobody'} data-focused={focused} data-consults={call.consults !== null} data-leg={call.leg}
      aria-label={t('call.with', { name })} onClick={() => live && phone.choose(call.leg)} {...drag} {...(live ? drop : {})}
    >
      <div className={styles.cardTop}>
        <Avatar name={name} size="l" presence={presence} known={known} />
        <div className={styles.cardWho}>
          <h2 className={styles.cardName}><bdi>{name}</bdi></h2>
          {known && <p className={`${styles.soft} number`}><bdi>{number}</bdi></p>}
          <p className={styles.cardState} aria-live="polite">{call.muted && live && <MicOff size={14} aria-label={t('call.muted')} />}{useStateText(call)}</p>
        </div>
        {call.state.kind === 'connected' && <Timer since={call.state.answeredAt} />}
      </div>
      <CallNotes call={call} />
      {call.digits !== '' && live && <p className={`${styles.soft} ${styles.sent} number`} dir="ltr">{t('call.digits', { digits: call.digits })}</p>}
      {keypad && live && <Keypad small onKey={(digit) => { player.key(digit); void phone.sendDigits(call.leg, digit) }} />}
      {live && call.consults !== null && <ConsultationBar call={call} />}
      {live && <CallControls call={call} keypad={keypad} onKeypad={setKeypad} />}
    </article>
  )
}

function Timer({ since }: { readonly since: number }) {
  const { t } = useTranslation()
  const now = useNow(500)
  const time = duration(now - since)
  return <span className={`${styles.timer} number`} role="timer" aria-label={t('call.duration', { time })}>{time}</span>
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
      if (state.by !== '' && state.end === 'answeredElsewhere') return t('call.end.answeredBy', { name: state.by })
      if (state.by !== '' && state.end === 'transferred') return t('call.end.transferredTo', { name: state.by })
      return t(`call.end.${state.end}`)
    default:
      return never(state)
  }
}

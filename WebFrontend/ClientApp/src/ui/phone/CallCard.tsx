import { MicOff, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { player } from '../../adapters/player'
import { isConnected, isLive, isUnderWay, never, type Call } from '../../core/calls/call'
import { ConferencePanel } from '../conference/ConferencePanel'
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
  const { name: peer, number, known } = useParty(call.peer)
  const name = call.room === null ? peer : t('conference.title')
  const presence = usePhone((state) => state.presence.get(call.peer.extension ?? call.peer.number))
  const conference = usePhone((state) => (call.room === null ? undefined : state.conferences.get(call.room)))
  const live = isLive(call)
  const connected = isConnected(call)
  const drag = useDraggable(call.leg, connected && !isUnderWay(call) && call.room === null)
  const drop = useDropTarget((leg) => (call.room === null ? phone.moves.connect(leg, call.leg) : phone.moves.merge(call.leg, leg)), call.leg)

  return (
    <article
      className={styles.card} data-state={call.state.kind} data-held={call.state.kind === 'connected' && call.state.held !== 'nobody'} data-focused={focused} data-consults={call.consults !== null} data-leg={call.leg}
      aria-label={t('call.with', { name })} onClick={() => live && phone.choose(call.leg)} {...drag} {...(live ? drop : {})}
    >
      <div className={styles.cardTop}>
        {call.room === null ? <Avatar name={name} size="l" presence={presence} known={known} /> : <span className={styles.roomIcon} aria-hidden="true"><UsersRound size={28} /></span>}
        <div className={styles.cardWho}>
          <h2 className={styles.cardName}>{call.room === null ? <bdi>{name}</bdi> : t('conference.title')}</h2>
          {call.room !== null && <p className={`${styles.soft} number`}>{t('conference.room', { room: call.room })}</p>}
          {call.room === null && known && <p className={`${styles.soft} number`}><bdi>{number}</bdi></p>}
          <p className={styles.cardState} aria-live="polite">{call.muted && live && <MicOff size={14} aria-label={t('call.muted')} />}{useStateText(call)}</p>
        </div>
        {call.state.kind === 'connected' && <Timer since={call.state.answeredAt} />}
      </div>
      <CallNotes call={call} />
      {live && conference !== undefined && <ConferencePanel conference={conference} />}
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
      if (call.room !== null && state.held === 'nobody') return t('conference.in')
      return t(({ nobody: 'call.connected', me: 'call.held', peer: 'call.heldByPeer', both: 'call.heldByBoth' } as const)[state.held])
    case 'ended':
      if (state.by !== '' && state.end === 'answeredElsewhere') return t('call.end.answeredBy', { name: state.by })
      if (state.by !== '' && state.end === 'transferred') return t('call.end.transferredTo', { name: state.by })
      if (state.by !== '' && state.end === 'parked') return t('call.end.parkedAt', { slot: state.by })
      if (state.by !== '' && state.end === 'switched') return t('call.end.switchedTo', { name: state.by })
      return t(`call.end.${state.end}`)
    default:
      return never(state)
  }
}

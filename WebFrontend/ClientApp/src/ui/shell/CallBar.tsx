import { Mic, MicOff, Pause, PhoneOff, Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { focused } from '../../core/calls/callList'
import { isConnected, isHeldByMe, type Call } from '../../core/calls/call'
import { Avatar } from '../parts/Avatar'
import { IconButton } from '../parts/Button'
import { duration } from '../parts/time'
import { useParty } from '../people/useParty'
import { RecordingDot } from '../recording/RecordingDot'
import { useNow, usePhone, useServices } from '../services'
import { phonePath } from './Nav'
import styles from './CallBar.module.css'

/** The call that goes on while another page is shown: who, how long, and what one must be able to do at once. */
export function CallBar() {
  const [location] = useLocation()
  const call = usePhone((state) => focused(state.calls, state.chosen))
  return location === phonePath || call === null ? null : <Bar call={call} />
}

function Bar({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const { name, known } = useParty(call.peer)
  const now = useNow(500)
  const connected = isConnected(call)
  const held = isHeldByMe(call)
  return (
    <section className={styles.bar} aria-label={t('call.with', { name })} data-held={held}>
      <Link href={phonePath} className={styles.who}>
        <Avatar name={name} size="s" known={known} />
        <bdi className={styles.name}>{name}</bdi>
        <span className={`${styles.time} number`}>{call.state.kind === 'connected' ? duration(now - call.state.answeredAt) : call.state.kind === 'ringingOut' ? t('call.ringingOut') : t('call.dialling')}</span>
        {call.recording !== null && <><RecordingDot on={call.recording.phase === 'on'} /><span className="visually-hidden">{t(`recording.${call.recording.phase}`)}</span></>}
        <span className="visually-hidden">{t('call.backTo')}</span>
      </Link>
      <IconButton label={t(call.muted ? 'call.unmute' : 'call.mute')} pressed={call.muted} disabled={!connected} onClick={() => phone.mute(call.leg, !call.muted)}>{call.muted ? <MicOff size={20} /> : <Mic size={20} />}</IconButton>
      <IconButton label={t(held ? 'call.resume' : 'call.hold')} pressed={held} disabled={!connected} onClick={() => phone.hold(call.leg, !held)}>{held ? <Play size={20} /> : <Pause size={20} />}</IconButton>
      <IconButton label={t('call.hangUp')} className={styles.stop ?? ''} onClick={() => phone.hangUp(call.leg)}><PhoneOff size={20} /></IconButton>
    </section>
  )
}

import { Disc } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Call } from '../../core/calls/call'
import { duration } from '../parts/time'
import { useNow } from '../services'
import { RecordingDot } from './RecordingDot'
import styles from './Recording.module.css'

/** That a call is recorded, by whom, and for how long: by this user, or by the other side where that is to be shown. */
export function RecordingNote({ call }: { readonly call: Call }) {
  const { t } = useTranslation()
  const { recording } = call
  return (
    <>
      {recording !== null && (
        <div className={styles.note} data-phase={recording.phase} role="status">
          <RecordingDot on={recording.phase === 'on'} />
          <p>{t(`recording.${recording.phase}`)}</p>
          {(recording.phase === 'on' || recording.phase === 'paused') && <Time since={recording.startedAt} />}
        </div>
      )}
      {call.peerRecords && <div className={styles.note} data-phase="peer" role="status"><Disc size={16} aria-hidden="true" /><p>{t('recording.peer')}</p></div>}
    </>
  )
}

function Time({ since }: { readonly since: number }) {
  const now = useNow(1_000)
  return <span className={`${styles.time} number`} aria-hidden="true">{duration(now - since)}</span>
}

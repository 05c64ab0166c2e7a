import { Download, Pause, Play, Trash2 } from 'lucide-react'
import { useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RecordingSound } from '../../adapters/recordingSound'
import type { RecordingItem, RecordingWave } from '../../hub/contracts.gen'
import { Button, IconButton } from '../parts/Button'
import { duration } from '../parts/time'
import { usePhone, useServices } from '../services'
import { wavePath } from './wavePath'
import styles from './Recording.module.css'

const speeds = [0.75, 1, 1.25, 1.5, 2]
const width = 600
const height = 56

interface Props {
  readonly recording: RecordingItem
  onDeleted(): void
}

/** A recording: play and pause, a seek bar over its waveform, speed, a volume for each side, and what else the user may do with it. */
export function RecordingPlayer({ recording, onDeleted }: Props) {
  const { t } = useTranslation()
  const { api } = useServices()
  const rules = usePhone((state) => state.me?.recording)
  const [wave, setWave] = useState<RecordingWave | null>(null)
  const [sound, setSound] = useState<RecordingSound | null>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [speed, setSpeed] = useState(1)
  const [asks, setAsks] = useState(false)
  const [failed, setFailed] = useState(false)
  const total = recording.durationSeconds

  useEffect(() => {
    let wanted = true
    api.recordingWave(recording.id).then((read) => wanted && setWave(read), () => undefined)
    return () => {
      wanted = false
    }
  }, [api, recording.id])

  useEffect(() => {
    const made = new RecordingSound(api.recordingUrl(recording.id, false))
    const tell = (): void => {
      setPlaying(!made.element.paused && !made.element.ended)
      setAt(made.element.currentTime)
    }
    const fail = (): void => setFailed(true)
    for (const event of ['play', 'pause', 'ended', 'timeupdate', 'seeked']) made.element.addEventListener(event, tell)
    made.element.addEventListener('error', fail)
    setSound(made)
    return () => {
      for (const event of ['play', 'pause', 'ended', 'timeupdate', 'seeked']) made.element.removeEventListener(event, tell)
      made.element.removeEventListener('error', fail)
      made.close()
    }
  }, [api, recording.id])

  const path = useMemo(() => (wave === null ? '' : wavePath(wave.left, wave.right, width, height)), [wave])
  const clip = useId()
  const seek = (to: number): void => {
    if (sound !== null) sound.element.currentTime = to
    setAt(to)
  }
  const remove = async (): Promise<void> => {
    try {
      await api.deleteRecording(recording.id)
      onDeleted()
    } catch {
      setFailed(true)
    }
  }
  const time = `${duration(at * 1_000)} / ${duration(total * 1_000)}`
  if (recording.endedAt === null) return <p className={styles.row}>{t('recording.goesOn')}</p>
  return (
    <div className={styles.player} role="group" aria-label={t('recording.title')}>
      <div className={styles.row}>
        <IconButton label={t(playing ? 'recording.pausePlay' : 'recording.play')} onClick={() => { if (playing) sound?.pause(); else void sound?.play().then((heard) => setFailed(!heard)) }}>{playing ? <Pause size={20} /> : <Play size={20} />}</IconButton>
        <div className={styles.seek}>
          <svg className={styles.wave} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            <defs><clipPath id={clip}><rect width={total > 0 ? (at / total) * width : 0} height={height} /></clipPath></defs>
            <path d={path} />
            <path d={path} data-played="true" clipPath={`url(#${clip})`} />
          </svg>
          <input type="range" dir="ltr" min={0} max={total} step={0.1} value={Math.min(at, total)} aria-label={t('recording.seek')} aria-valuetext={time} onChange={(event) => seek(Number(event.target.value))} />
        </div>
        <span className="number" dir="ltr">{time}</span>
      </div>
      <div className={styles.row}>
        <Volume label={t('recording.own')} onChange={(volume) => sound?.setVolume(0, volume)} />
        <Volume label={t('recording.far')} onChange={(volume) => sound?.setVolume(1, volume)} />
        <label className={`${styles.volume} ${styles.speed}`}>
          {t('recording.speed')}
          <select value={speed} onChange={(event) => { const next = Number(event.target.value); setSpeed(next); if (sound !== null) sound.element.playbackRate = next }}>
            {speeds.map((value) => <option key={value} value={value}>{`${value}×`}</option>)}
          </select>
        </label>
        {rules?.download === true && <a className={styles.download} href={api.recordingUrl(recording.id, true)} download><Download size={16} aria-hidden="true" />{t('recording.download')}</a>}
        {rules?.delete === true && !asks && <Button look="quiet" icon={<Trash2 size={16} />} onClick={() => setAsks(true)}>{t('recording.delete')}</Button>}
        {asks && <Button look="stop" icon={<Trash2 size={16} />} onClick={() => void remove()}>{t('recording.deleteNow')}</Button>}
      </div>
      {recording.interrupted && <p className={styles.row}>{t('recording.interrupted')}</p>}
      {failed && <p className={styles.row} role="alert">{t('recording.unplayable')}</p>}
    </div>
  )
}

function Volume({ label, onChange }: { readonly label: string; onChange(volume: number): void }) {
  const [volume, setVolume] = useState(1)
  return (
    <label className={styles.volume}>
      {label}
      <input type="range" min={0} max={1} step={0.05} value={volume} onChange={(event) => { const next = Number(event.target.value); setVolume(next); onChange(next) }} />
    </label>
  )
}

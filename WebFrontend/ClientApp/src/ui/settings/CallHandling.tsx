import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MyCallSettings } from '../../hub/contracts.gen'
import { Choice } from '../parts/Choice'
import { deviceName } from '../people/device'
import { usePhone, useServices } from '../services'
import styles from './Settings.module.css'

const holdSeconds = [0, 30, 60, 120, 300] as const
const ringSeconds = [0, 3, 5, 10, 20] as const
const byHand = 'no'

/** After how long a call on hold comes back (CTL-04), and which devices answer by themselves (INC-08). */
export function CallHandling() {
  const { t } = useTranslation()
  const { api } = useServices()
  const devices = usePhone((state) => state.me?.devices) ?? []
  const [settings, setSettings] = useState<MyCallSettings | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => void api.callSettings().then(setSettings, () => setFailed(true)), [api])
  if (settings === null) return failed ? <p className={styles.soft} role="status">{t('settings.callsUnknown')}</p> : null
  const save = (next: MyCallSettings): void => {
    setSettings(next)
    setFailed(false)
    api.saveCallSettings(next).catch(() => {
      setSettings(settings)
      setFailed(true)
    })
  }
  const answers = (device: string, seconds: string): void => {
    const others = settings.autoAnswer.filter((known) => known.device !== device)
    save({ ...settings, autoAnswer: seconds === byHand ? others : [...others, { device, ringSeconds: Number(seconds) }] })
  }
  const inSeconds = (count: number): string => (count === 0 ? t('settings.atOnce') : t('settings.seconds', { count }))
  return (
    <>
      <Choice
        label={t('settings.holdRecall')} value={String(settings.holdRecallSeconds)} onChange={(seconds) => save({ ...settings, holdRecallSeconds: Number(seconds) })}
        options={withOwn(holdSeconds, settings.holdRecallSeconds).map((count) => ({ value: String(count), label: count === 0 ? t('settings.never') : t('settings.seconds', { count }) }))}
      />
      {devices.map((device) => {
        const known = settings.autoAnswer.find((other) => other.device === device.id)
        return (
          <Choice
            key={device.id} label={t('settings.autoAnswer', { name: deviceName(device) || t('device.phone') })} value={known === undefined ? byHand : String(known.ringSeconds)}
            onChange={(seconds) => answers(device.id, seconds)}
            options={[{ value: byHand, label: t('settings.byHand') }, ...withOwn(ringSeconds, known?.ringSeconds ?? 0).map((count) => ({ value: String(count), label: inSeconds(count) }))]}
          />
        )
      })}
      {failed && <p className={styles.soft} role="status">{t('settings.callsUnknown')}</p>}
    </>
  )
}

const withOwn = (usual: readonly number[], own: number): readonly number[] => [...new Set([...usual, own])].sort((one, other) => one - other)

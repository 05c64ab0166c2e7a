import { Slider } from '@base-ui/react/slider'
import { Activity, Mic, Play, RefreshCw, Volume2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { audio, canChooseSpeaker, choose, meter, openMicrophone, refreshDevices } from '../../adapters/microphone'
import { player } from '../../adapters/player'
import { Button } from '../parts/Button'
import { Choice, type Option } from '../parts/Choice'
import { SwitchRow } from '../parts/Switch'
import { checkWish } from '../preflight/wish'
import { useStore } from '../services'
import { Section } from './Section'
import styles from './Settings.module.css'

export function AudioSection() {
  const { t } = useTranslation()
  const { choice, inputs, outputs, permission } = useStore(audio)
  useEffect(() => void refreshDevices(), [])
  const system: Option = { value: '', label: t('settings.systemDevice') }
  const options = (devices: readonly MediaDeviceInfo[]): Option[] => [
    system,
    ...devices.filter((device) => device.deviceId !== 'default' && device.deviceId !== 'communications').map((device, at) => ({ value: device.deviceId, label: device.label || `${at + 1}` })),
  ]
  const present = (id: string, devices: readonly MediaDeviceInfo[]): string => (devices.some((device) => device.deviceId === id) ? id : '')
  const allow = async (): Promise<void> => {
    const stream = await openMicrophone().catch(() => null)
    stream?.getTracks().forEach((track) => track.stop())
    await refreshDevices()
  }
  return (
    <Section title={t('settings.audio')} icon={<Volume2 size={20} />}>
      {inputs.every((device) => device.label === '') && permission !== 'denied' && (
        <div className={styles.row}><span className={styles.soft}>{t('settings.namesHidden')}</span><Button icon={<Mic size={16} />} onClick={() => void allow()}>{t('settings.allow')}</Button></div>
      )}
      <Choice label={t('settings.microphone')} value={present(choice.microphone, inputs)} options={options(inputs)} onChange={(microphone) => choose({ microphone })} />
      <Level />
      {canChooseSpeaker ? (
        <>
          <Choice label={t('settings.speaker')} value={present(choice.speaker, outputs)} options={options(outputs)} onChange={(speaker) => choose({ speaker })} />
          <Choice label={t('settings.ringer')} value={present(choice.ringer, outputs)} options={options(outputs)} onChange={(ringer) => choose({ ringer })} />
        </>
      ) : <p className={styles.soft}>{t('settings.noSpeakerChoice')}</p>}
      <Slider.Root className={styles.row} value={choice.ringVolume} min={0} max={1} step={0.05} onValueChange={(value) => choose({ ringVolume: value })}>
        <Slider.Label className={styles.sliderLabel}>{t('settings.ringVolume')}</Slider.Label>
        <Slider.Control className={styles.slider}>
          <Slider.Track className={styles.track}>
            <Slider.Indicator className={styles.indicator} />
            <Slider.Thumb className={styles.thumb} aria-label={t('settings.ringVolume')} />
          </Slider.Track>
        </Slider.Control>
      </Slider.Root>
      <div className={styles.buttons}>
        <Button icon={<Play size={16} />} onClick={() => void player.testSpeaker()}>{t('settings.testSpeaker')}</Button>
        <Button icon={<Play size={16} />} onClick={() => void player.testRing()}>{t('settings.testRing')}</Button>
        <Button icon={<Activity size={16} />} onClick={() => checkWish.set(true)}>{t('check.open')}</Button>
        <Button look="quiet" icon={<RefreshCw size={16} />} onClick={() => void refreshDevices()}>{t('settings.refresh')}</Button>
      </div>
      <SwitchRow label={t('settings.echo')} checked={choice.echoCancellation} onChange={(echoCancellation) => choose({ echoCancellation })} />
      <SwitchRow label={t('settings.noise')} checked={choice.noiseSuppression} onChange={(noiseSuppression) => choose({ noiseSuppression })} />
      <SwitchRow label={t('settings.gain')} checked={choice.autoGain} onChange={(autoGain) => choose({ autoGain })} />
    </Section>
  )
}

function Level() {
  const { t } = useTranslation()
  const [running, setRunning] = useState(false)
  const [level, setLevel] = useState(0)
  useEffect(() => {
    if (!running) return
    let stop: (() => void) | null = null
    let over = false
    meter(setLevel).then(
      (end) => {
        stop = end
        if (over) end()
      },
      () => setRunning(false),
    )
    return () => {
      over = true
      stop?.()
      setLevel(0)
    }
  }, [running])
  return (
    <div className={styles.row}>
      <Button icon={<Mic size={16} />} aria-pressed={running} onClick={() => setRunning(!running)}>{t(running ? 'settings.levelStop' : 'settings.levelStart')}</Button>
      <meter className={styles.meter} min={0} max={1} low={0.25} high={0.9} optimum={0.6} value={level} aria-label={t('settings.level')} />
    </div>
  )
}

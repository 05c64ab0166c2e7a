import { MicOff, MonitorSmartphone, Power, RotateCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { audio } from '../../adapters/microphone'
import { noChecks, preflight, type Checks } from '../../adapters/preflight'
import { statusWord } from '../../core/phone/state'
import { Button } from '../parts/Button'
import { Checklist } from '../preflight/Checklist'
import { usePhone, useServices, useStore } from '../services'
import styles from './Guide.module.css'

/** What stands between the user and calls, one thing at a time. */
export function Guide() {
  const word = usePhone(statusWord)
  const holds = usePhone((state) => state.holdsPhone)
  const { permission } = useStore(audio)
  if (permission === 'denied') return <Denied />
  if (word === 'notArmed') return <Arm />
  if (word === 'otherTab' || (word === 'inCall' && !holds)) return <OtherTab />
  return null
}

function GuideCard({ icon, title, look, children }: { readonly icon: ReactNode; readonly title: string; readonly look?: 'stop'; readonly children: ReactNode }) {
  return (
    <section className={styles.guide} data-guide data-look={look} aria-label={title}>
      <span className={styles.guideIcon} aria-hidden="true">{icon}</span>
      <div className={styles.guideText}>
        <h2>{title}</h2>
        {children}
      </div>
    </section>
  )
}

function Arm() {
  const { t } = useTranslation()
  const { phone, tryWays } = useServices()
  const [checks, setChecks] = useState<Checks | null>(null)
  const [busy, setBusy] = useState(false)

  async function run(): Promise<void> {
    setBusy(true)
    setChecks(noChecks)
    const result = await preflight(tryWays, setChecks)
    setBusy(false)
    // Without notifications calls are heard all the same; without the others they would ring in vain.
    if (result.microphone !== 'bad' && result.sound === 'good' && result.path !== 'bad') phone.arm(true)
  }

  return (
    <GuideCard icon={<Power size={24} />} title={t('arm.title')}>
      <p className={styles.soft}>{t('arm.text')}</p>
      {checks !== null && <Checklist checks={checks} />}
      <Button look="primary" icon={<Power size={18} />} disabled={busy} onClick={() => void run()}>{t(busy ? 'arm.busy' : checks === null ? 'arm.button' : 'arm.again')}</Button>
    </GuideCard>
  )
}

function Denied() {
  const { t } = useTranslation()
  return (
    <GuideCard icon={<MicOff size={24} />} title={t('denied.title')} look="stop">
      <p className={styles.soft}>{t('denied.text')}</p>
      <ol className={styles.steps}>
        <li>{t('denied.step1')}</li>
        <li>{t('denied.step2')}</li>
        <li>{t('denied.step3')}</li>
      </ol>
      <Button icon={<RotateCw size={18} />} onClick={() => location.reload()}>{t('denied.reload')}</Button>
    </GuideCard>
  )
}

function OtherTab() {
  const { t } = useTranslation()
  const { phone } = useServices()
  return (
    <GuideCard icon={<MonitorSmartphone size={24} />} title={t('tab.title')}>
      <p className={styles.soft}>{t('tab.text')}</p>
      <Button look="primary" onClick={() => { phone.arm(true); void phone.takePhone() }}>{t('tab.button')}</Button>
    </GuideCard>
  )
}

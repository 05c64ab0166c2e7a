import { RefreshCw } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { noChecks, preflight } from '../../adapters/preflight'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { useServices } from '../services'
import { Checklist } from './Checklist'
import styles from './SelfCheck.module.css'

/** Whether calls would be heard here, tried with the server: sound, microphone, ways, notifications. */
export default function SelfCheck({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const { tryWays } = useServices()
  const [checks, setChecks] = useState(noChecks)
  const [busy, setBusy] = useState(true)
  const run = useCallback(async () => {
    setBusy(true)
    setChecks(noChecks)
    await preflight(tryWays, setChecks)
    setBusy(false)
  }, [tryWays])
  useEffect(() => void run(), [run])
  return (
    <Dialog open title={t('check.title')} onClose={onClose}>
      <div className={styles.check}>
        <p className={styles.soft}>{t('check.text')}</p>
        <Checklist checks={checks} />
        <Button icon={<RefreshCw size={18} />} disabled={busy} onClick={() => void run()}>{t(busy ? 'arm.busy' : 'arm.again')}</Button>
      </div>
    </Dialog>
  )
}

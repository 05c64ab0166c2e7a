import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLive } from '../../core/calls/call'
import { portalsGone } from '../../adapters/portal'
import { usePhone, useServices, useStore } from '../services'
import { isPopup } from '../window'
import styles from './Overlays.module.css'

/** ACC-19. */
const warningMs = 5_000

/** The popup closes itself when no tab of the portal is left or the session ended, after its last call (ACC-14 to ACC-19). */
export function ClosingWindow() {
  const { t } = useTranslation()
  const { session } = useServices()
  const signedOut = useStore(session.state).kind === 'out'
  const talking = usePhone((state) => state.calls.some(isLive))
  const alone = useStore(portalsGone)
  const [warning, setWarning] = useState(false)
  const closing = isPopup() && (signedOut || alone) && !talking
  useEffect(() => {
    setWarning(closing)
    if (!closing) return
    const timer = setTimeout(() => window.close(), warningMs)
    return () => clearTimeout(timer)
  }, [closing])
  return warning ? <div className={styles.closing} role="alert"><p>{t('closing.text')}</p></div> : null
}

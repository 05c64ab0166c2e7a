import { Info, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { audio } from '../../adapters/microphone'
import { Store } from '../../core/store'
import { Button, IconButton } from '../parts/Button'
import { usePhone, useStore } from '../services'
import styles from './Overlays.module.css'

/** A call's sound waits for a click, because the browser blocks it. */
export const callBlocked = new Store(false)

const shownMs = 8_000

export function Toasts() {
  const { t } = useTranslation()
  const notice = usePhone((state) => state.notice)
  const { unplugged } = useStore(audio)
  const blocked = useStore(callBlocked)
  const [, go] = useLocation()
  const [dismissed, setDismissed] = useState(0)
  useEffect(() => {
    if (notice === null) return
    const timer = setTimeout(() => setDismissed(notice.id), shownMs)
    return () => clearTimeout(timer)
  }, [notice])
  const shown = notice !== null && notice.id > dismissed ? notice.kind : null
  const text = noticeText(shown)
  return (
    <div className={styles.toasts} role="status" aria-label={t('toast.label')}>
      {text !== null && (
        <div className={styles.toast}>
          <Info size={18} aria-hidden="true" />
          <p>{t(text)}</p>
          {shown?.startsWith('microphone') === true && <Button look="quiet" onClick={() => go('/webphone/settings')}>{t('denied.settings')}</Button>}
          <IconButton label={t('toast.dismiss')} onClick={() => setDismissed(notice?.id ?? 0)}><X size={16} /></IconButton>
        </div>
      )}
      {unplugged !== null && (
        <div className={styles.toast}>
          <Info size={18} aria-hidden="true" />
          <p>{t('toast.unplugged', { name: unplugged })}</p>
          <IconButton label={t('toast.dismiss')} onClick={() => audio.update((state) => ({ ...state, unplugged: null }))}><X size={16} /></IconButton>
        </div>
      )}
      {blocked && <div className={styles.toast}><Info size={18} aria-hidden="true" /><p>{t('toast.playBlocked')}</p></div>}
    </div>
  )
}

function noticeText(kind: string | null) {
  switch (kind) {
    case 'microphoneDenied':
      return 'denied.title' as const
    case 'microphoneMissing':
      return 'denied.missing' as const
    case 'microphoneBusy':
      return 'denied.busy' as const
    case 'digitsNotSent':
      return 'toast.digitsNotSent' as const
    case 'notHere':
      return 'toast.notHere' as const
    case 'notRecorded':
      return 'toast.notRecorded' as const
    case 'notYours':
      return 'toast.notYours' as const
    case 'commandFailed':
      return 'toast.commandFailed' as const
    default:
      return null
  }
}

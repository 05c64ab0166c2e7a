import { Grid3x3, PhoneOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../parts/Button'
import { Empty } from '../parts/Empty'
import { useHasPhone, useMedia, usePhone } from '../services'
import { CallGrid } from './CallGrid'
import { Dialer } from './Dialer'
import { Guide } from './Guide'
import styles from './Phone.module.css'

export function PhonePage() {
  const { t } = useTranslation()
  const small = useMedia('(max-width: 899px)')
  const busy = usePhone((state) => state.calls.some((call) => call.state.kind !== 'ringingIn'))
  const [asked, setAsked] = useState(false)
  const folded = small && busy && !asked
  if (!useHasPhone()) return <NoPhone />
  return (
    <div className={styles.page} data-busy={busy}>
      <h1 className="visually-hidden">{t('nav.phone')}</h1>
      <div className={styles.stage}>
        <Guide />
        <CallGrid />
      </div>
      {folded
        ? <Button icon={<Grid3x3 size={18} />} onClick={() => setAsked(true)}>{t('stage.dialMore')}</Button>
        : <Dialer onCalled={() => setAsked(false)} />}
    </div>
  )
}

/** Contacts, history and settings are all there; calls are not this user's (ACC-02). */
function NoPhone() {
  const { t } = useTranslation()
  return (
    <div className={styles.noPhone}>
      <h1 className="visually-hidden">{t('nav.phone')}</h1>
      <Empty icon={<PhoneOff size={26} />} title={t('stage.notActivated')} text={t('stage.notActivatedHint')} />
    </div>
  )
}

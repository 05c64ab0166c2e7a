import { Grid3x3 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../parts/Button'
import { useMedia, usePhone } from '../services'
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

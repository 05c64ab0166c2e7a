import { Check, Grid2x2Plus, Pencil } from 'lucide-react'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../parts/Button'
import { Empty } from '../parts/Empty'
import { usePhone } from '../services'
import { KeyButton } from './KeyButton'
import styles from './Keys.module.css'

const KeyEditor = lazy(() => import('./KeyEditor'))

/** The user's keys: colleagues with their lamps, numbers, slots, their conference (SID-02). */
export function KeysTab() {
  const { t } = useTranslation()
  const { keys } = usePhone((state) => state.keyBoard)
  const [arranging, setArranging] = useState(false)
  if (arranging) {
    return (
      <>
        <div className={styles.head}>
          <p className={styles.soft}>{t('keys.arrangeHint')}</p>
          <IconButton label={t('keys.done')} onClick={() => setArranging(false)}><Check size={18} /></IconButton>
        </div>
        <Suspense fallback={null}><KeyEditor keys={keys} /></Suspense>
      </>
    )
  }
  if (keys.length === 0) {
    return <Empty icon={<Grid2x2Plus size={26} />} title={t('keys.none')} text={t('keys.noneHint')}><Button look="primary" onClick={() => setArranging(true)}>{t('keys.add')}</Button></Empty>
  }
  return (
    <>
      <div className={styles.head}>
        <p className={styles.soft}>{t('keys.count', { count: keys.length })}</p>
        <IconButton label={t('keys.arrange')} onClick={() => setArranging(true)}><Pencil size={18} /></IconButton>
      </div>
      <ul className={styles.keys}>
        {keys.map((key, at) => <li key={`${key.kind} ${key.target} ${at}`}><KeyButton setting={key} /></li>)}
      </ul>
    </>
  )
}

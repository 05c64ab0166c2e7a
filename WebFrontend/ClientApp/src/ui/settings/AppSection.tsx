import { AppWindow, Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { isInstalled } from '../../adapters/basics'
import { install, installable } from '../../adapters/install'
import { Button } from '../parts/Button'
import { useStore } from '../services'
import { Section } from './Section'
import styles from './Settings.module.css'

export function AppSection() {
  const { t } = useTranslation()
  const offered = useStore(installable)
  if (isInstalled()) return <Section title={t('settings.app')} icon={<AppWindow size={20} />}><p className={styles.soft}>{t('settings.installed')}</p></Section>
  return (
    <Section title={t('settings.app')} icon={<AppWindow size={20} />}>
      <div className={styles.row}>
        <span>{t('settings.install')}<small className={styles.soft}>{t(offered ? 'settings.installHint' : 'settings.installManual')}</small></span>
        {offered && <Button icon={<Download size={16} />} onClick={() => void install()}>{t('settings.installButton')}</Button>}
      </div>
    </Section>
  )
}

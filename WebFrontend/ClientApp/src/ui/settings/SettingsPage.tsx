import { useTranslation } from 'react-i18next'
import { AppSection } from './AppSection'
import { AudioSection } from './AudioSection'
import { CallsSection } from './CallsSection'
import { GeneralSection } from './GeneralSection'
import { RecordingSection } from './RecordingSection'
import { PasswordSection } from './PasswordSection'
import { SecondFactorSection } from './SecondFactorSection'
import styles from './Settings.module.css'

export default function SettingsPage() {
  const { t } = useTranslation()
  return (
    <div className={styles.page}>
      <h1>{t('settings.title')}</h1>
      <GeneralSection />
      <AudioSection />
      <CallsSection />
      <RecordingSection />
      <AppSection />
      <PasswordSection />
      <SecondFactorSection />
      <p className={styles.version}>{t('settings.version', { version: __APP_VERSION__ })}</p>
    </div>
  )
}

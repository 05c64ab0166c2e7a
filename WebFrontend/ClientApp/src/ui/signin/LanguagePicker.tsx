import { Languages } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { setLanguage } from '../../i18n'
import { languages } from '../../i18n/languages'
import styles from './SignIn.module.css'

/** The browser's own list: small, and there before anything else works. */
export function LanguagePicker() {
  const { t, i18n } = useTranslation()
  return (
    <label className={styles.languages}>
      <Languages size={16} aria-hidden="true" />
      <span className="visually-hidden">{t('settings.language')}</span>
      <select value={i18n.language} onChange={(event) => void setLanguage(event.target.value)}>
        {Object.entries(languages).map(([tag, name]) => <option key={tag} value={tag}>{name}</option>)}
      </select>
    </label>
  )
}

import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import { Monitor, Moon, Palette, Sun } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Theme } from '../../hub/contracts.gen'
import { languages } from '../../i18n/languages'
import { Choice } from '../parts/Choice'
import { useServices, useStore } from '../services'
import { Section } from './Section'
import styles from './Settings.module.css'

const themes = [
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
  { value: 'system', icon: Monitor },
] as const

export function GeneralSection() {
  const { t } = useTranslation()
  const { session } = useServices()
  const state = useStore(session.state)
  const [failed, setFailed] = useState(false)
  if (state.kind !== 'in') return null
  const { language, theme } = state.account.settings
  const save = (change: Parameters<typeof session.save>[0]): void => void session.save(change).then((kept) => setFailed(!kept))
  return (
    <Section title={t('settings.general')} icon={<Palette size={20} />}>
      <Choice
        label={t('settings.language')} value={language ?? ''} onChange={(value) => save({ language: value === '' ? null : value })}
        options={[{ value: '', label: t('settings.languageSystem') }, ...Object.entries(languages).map(([value, label]) => ({ value, label }))]}
      />
      <div className={styles.row}>
        <span>{t('settings.theme')}</span>
        <ToggleGroup className={styles.toggles} aria-label={t('settings.theme')} value={[theme]} onValueChange={(value: Theme[]) => value[0] !== undefined && save({ theme: value[0] })}>
          {themes.map(({ value, icon: Icon }) => <Toggle key={value} value={value}><Icon size={16} aria-hidden="true" />{t(`settings.themes.${value}`)}</Toggle>)}
        </ToggleGroup>
      </div>
      {failed && <p className={styles.problem} role="alert">{t('settings.notSaved')}</p>}
    </Section>
  )
}

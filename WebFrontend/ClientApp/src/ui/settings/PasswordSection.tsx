import { KeyRound } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../adapters/api'
import { Button } from '../parts/Button'
import { Field } from '../parts/Field'
import { useServices } from '../services'
import { Section } from './Section'
import styles from './Settings.module.css'

type Outcome = 'passwordDone' | 'passwordWrong' | 'passwordWeak' | 'passwordFailed'

const shortest = 10

export function PasswordSection() {
  const { t } = useTranslation()
  const { api } = useServices()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [outcome, setOutcome] = useState<Outcome | null>(null)

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (next.length < shortest) {
      setOutcome('passwordWeak')
      return
    }
    try {
      await api.changePassword({ current, new: next })
      setCurrent('')
      setNext('')
      setOutcome('passwordDone')
    } catch (error) {
      setOutcome(outcomeOf(error))
    }
  }

  return (
    <Section title={t('settings.password')} icon={<KeyRound size={20} />}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <Field label={t('settings.passwordCurrent')} type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} error={outcome === 'passwordWrong' ? t('settings.passwordWrong') : undefined} />
        <Field label={t('settings.passwordNew')} type="password" autoComplete="new-password" required value={next} onChange={(event) => setNext(event.target.value)} hint={t('settings.passwordHint')} error={outcome === 'passwordWeak' ? t('settings.passwordWeak') : undefined} />
        <Button type="submit">{t('settings.passwordSave')}</Button>
        {outcome === 'passwordDone' && <p role="status" className={styles.done}>{t('settings.passwordDone')}</p>}
        {outcome === 'passwordFailed' && <p role="alert" className={styles.problem}>{t('settings.passwordFailed')}</p>}
      </form>
    </Section>
  )
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ApiError)) return 'passwordFailed'
  if (/wrong|credential|current/.test(error.code) || error.status === 403) return 'passwordWrong'
  return /weak|short|password/.test(error.code) || error.status === 400 || error.status === 422 ? 'passwordWeak' : 'passwordFailed'
}

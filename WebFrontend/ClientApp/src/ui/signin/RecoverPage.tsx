import { Check, KeyRound } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ApiError } from '../../adapters/api'
import { Button } from '../parts/Button'
import { Field } from '../parts/Field'
import { useServices } from '../services'
import { LanguagePicker } from './LanguagePicker'
import { RecoverHelp } from './RecoverHelp'
import styles from './SignIn.module.css'

type Outcome = 'done' | 'weak' | 'badLink' | 'failed'

const shortest = 10

/** A new password by a link of the administrator's. The token stands behind the #, which browsers send to nobody. */
export function RecoverPage() {
  const { t } = useTranslation()
  const { api } = useServices()
  const [token, setToken] = useState(() => location.hash.slice(1))
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | null>(null)

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (password.length < shortest) {
      setOutcome('weak')
      return
    }
    setBusy(true)
    try {
      await api.recover({ token, password })
      history.replaceState(history.state, '', location.pathname)
      setOutcome('done')
    } catch (error) {
      const code = error instanceof ApiError ? error.code : ''
      setOutcome(code === 'bad-link' ? 'badLink' : code === 'password-rules' ? 'weak' : 'failed')
    }
    setBusy(false)
  }

  if (token === '') {
    return (
      <main className={styles.page}>
        <RecoverHelp onToken={setToken} />
        <footer className={styles.footer}><LanguagePicker /></footer>
      </main>
    )
  }

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)} aria-labelledby="recover-title">
        <span className={styles.mark} aria-hidden="true">{outcome === 'done' ? <Check size={26} /> : <KeyRound size={26} />}</span>
        <h1 id="recover-title">{t('recover.title')}</h1>
        {outcome === 'done' ? (
          <p className={styles.note} role="status">{t('signIn.recovered')}</p>
        ) : (
          <>
            <p className={styles.lead}>{t('recover.lead')}</p>
            <Field
              label={t('recover.password')} type="password" autoComplete="new-password" required dir="ltr" value={password} onChange={(event) => setPassword(event.target.value)}
              hint={t('recover.hint')} error={outcome === 'weak' ? t('recover.weak') : undefined}
            />
            {(outcome === 'badLink' || outcome === 'failed') && <p className={styles.refusal} role="alert">{t(`recover.${outcome}`)}</p>}
            <Button type="submit" look="primary" wide disabled={busy}>{t(busy ? 'recover.busy' : 'recover.submit')}</Button>
          </>
        )}
        <p className={styles.help}><Link href="/webphone/login">{t('recover.signIn')}</Link></p>
      </form>
      <footer className={styles.footer}><LanguagePicker /></footer>
    </main>
  )
}

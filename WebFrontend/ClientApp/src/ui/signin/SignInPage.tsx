import { Eye, EyeOff, KeyRound, PhoneCall, UserRound } from 'lucide-react'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { SignOutReason } from '../../hub/contracts.gen'
import { Button, IconButton } from '../parts/Button'
import { Field } from '../parts/Field'
import { useServices } from '../services'
import { CodeStep } from './CodeStep'
import { LanguagePicker } from './LanguagePicker'
import { refusalOf, type Refusal } from './refusal'
import { RefusalText } from './RefusalText'
import styles from './SignIn.module.css'

export function SignInPage({ reason }: { readonly reason: SignOutReason | 'idle' | null }) {
  const { t } = useTranslation()
  const { session } = useServices()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [codeNeeded, setCodeNeeded] = useState(false)
  const userField = useRef<HTMLInputElement>(null)

  useEffect(() => userField.current?.focus(), [])

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!/^[^@\s]+@[^@\s]+$/.test(user.trim())) {
      setRefusal({ code: 'format', retryAt: null })
      userField.current?.focus()
      return
    }
    await signIn(null, false)
  }

  async function signIn(code: string | null, remember: boolean): Promise<void> {
    setBusy(true)
    setRefusal(null)
    try {
      await session.signIn(user.trim(), password, code, remember)
    } catch (error) {
      const why = refusalOf(error)
      setBusy(false)
      if (why.code === 'code-needed') setCodeNeeded(true)
      else setRefusal(why)
    }
  }

  function startOver(): void {
    setCodeNeeded(false)
    setRefusal(null)
    setPassword('')
  }

  if (codeNeeded) {
    return (
      <main className={styles.page}>
        <CodeStep user={user.trim()} busy={busy} refusal={refusal} onCode={(code, remember) => void signIn(code, remember)} onBack={startOver} />
        <footer className={styles.footer}><LanguagePicker /></footer>
      </main>
    )
  }

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <span className={styles.mark} aria-hidden="true"><PhoneCall size={26} /></span>
        <h1 id="sign-in-title">{t('signIn.title')}</h1>
        <p className={styles.lead}>{t('signIn.lead')}</p>
        {reason !== null && refusal === null && <p className={styles.note} role="status">{t(`signIn.ended.${reason}`)}</p>}
        <Field
          label={t('signIn.user')} inputRef={userField} value={user} onChange={(event) => setUser(event.target.value)} name="username" autoComplete="username"
          autoCapitalize="none" spellCheck={false} inputMode="email" dir="ltr" required hint={t('signIn.userHint')} before={<UserRound size={18} />}
          error={refusal?.code === 'format' ? t('signIn.format') : undefined}
        />
        <Field
          label={t('signIn.password')} value={password} onChange={(event) => setPassword(event.target.value)} name="password" type={shown ? 'text' : 'password'}
          autoComplete="current-password" dir="ltr" required before={<KeyRound size={18} />}
          after={<IconButton label={t(shown ? 'signIn.hidePassword' : 'signIn.showPassword')} pressed={shown} onClick={() => setShown(!shown)}>{shown ? <EyeOff size={18} /> : <Eye size={18} />}</IconButton>}
        />
        {refusal !== null && refusal.code !== 'format' && <RefusalText refusal={refusal} />}
        <Button type="submit" look="primary" wide disabled={busy}>{t(busy ? 'signIn.busy' : 'signIn.submit')}</Button>
        <p className={`${styles.help} ${styles.links}`}><Link href="/webphone/recover">{t('signIn.forgotPassword')}</Link><Link href="/webphone/recover">{t('signIn.forgotUser')}</Link></p>
      </form>
      <footer className={styles.footer}>
        <Link href="/webphone/requirements">{t('signIn.requirements')}</Link>
        <LanguagePicker />
      </footer>
    </main>
  )
}

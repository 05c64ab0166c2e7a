import { Eye, EyeOff, KeyRound, PhoneCall, UserRound } from 'lucide-react'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ApiError } from '../../adapters/api'
import type { SignOutReason } from '../../hub/contracts.gen'
import { Button, IconButton } from '../parts/Button'
import { Field } from '../parts/Field'
import { useServices } from '../services'
import { LanguagePicker } from './LanguagePicker'
import styles from './SignIn.module.css'

type Refusal = { readonly code: string; readonly retryAt: number | null }

export function SignInPage({ reason }: { readonly reason: SignOutReason | null }) {
  const { t } = useTranslation()
  const { session } = useServices()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const userField = useRef<HTMLInputElement>(null)

  useEffect(() => userField.current?.focus(), [])

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!/^[^@\s]+@[^@\s]+$/.test(user.trim())) {
      setRefusal({ code: 'format', retryAt: null })
      userField.current?.focus()
      return
    }
    setBusy(true)
    setRefusal(null)
    try {
      await session.signIn(user.trim(), password)
    } catch (error) {
      setBusy(false)
      const known = error instanceof ApiError ? error : null
      setRefusal({ code: known?.code ?? 'failed', retryAt: known?.retryAfter == null ? null : Date.now() + known.retryAfter * 1_000 })
    }
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
        <p className={styles.help}>{t('signIn.forgot')}</p>
      </form>
      <footer className={styles.footer}>
        <Link href="/webphone/requirements">{t('signIn.requirements')}</Link>
        <LanguagePicker />
      </footer>
    </main>
  )
}

function RefusalText({ refusal }: { readonly refusal: Refusal }) {
  const { t } = useTranslation()
  const seconds = refusal.retryAt === null ? 0 : Math.max(1, Math.ceil((refusal.retryAt - Date.now()) / 1_000))
  return (
    <p className={styles.refusal} role="alert">
      {refusal.retryAt !== null
        ? t('signIn.tooMany', { count: seconds })
        : refusal.code === 'network' ? t('signIn.network') : refusal.code === 'wrong-credentials' || refusal.code === 'http-401' ? t('signIn.wrong') : t('signIn.failed')}
    </p>
  )
}

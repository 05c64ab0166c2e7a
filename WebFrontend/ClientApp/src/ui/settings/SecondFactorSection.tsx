import { ShieldCheck } from 'lucide-react'
import { useEffect, useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../adapters/api'
import type { SecondFactorSecret, SecondFactorStatus } from '../../hub/contracts.gen'
import { Button } from '../parts/Button'
import { Field } from '../parts/Field'
import { useServices } from '../services'
import { QrCode } from './QrCode'
import { Section } from './Section'
import styles from './Settings.module.css'

type Problem = 'wrongPassword' | 'wrongCode' | 'tooMany' | 'failed'

type Step =
  | { readonly kind: 'status' }
  | { readonly kind: 'enrolling'; readonly secret: SecondFactorSecret }
  | { readonly kind: 'codes'; readonly codes: readonly string[] }

/** Codes that are asked for beside the password. */
export function SecondFactorSection() {
  const { t } = useTranslation()
  const { api } = useServices()
  const [status, setStatus] = useState<SecondFactorStatus | null>(null)
  const [step, setStep] = useState<Step>({ kind: 'status' })
  const [problem, setProblem] = useState<Problem | null>(null)

  useEffect(() => {
    if (step.kind === 'status') void api.secondFactor().then(setStatus, () => setStatus(null))
  }, [api, step])

  async function attempt(work: () => Promise<Step>): Promise<void> {
    try {
      setProblem(null)
      setStep(await work())
    } catch (error) {
      setProblem(problemOf(error))
    }
  }

  const remove = async (password: string): Promise<Step> => {
    await api.removeSecondFactor({ password })
    return { kind: 'status' }
  }
  const renew = async (password: string): Promise<Step> => ({ kind: 'codes', codes: (await api.renewRecoveryCodes({ password })).codes })
  const begin = async (password: string): Promise<Step> => ({ kind: 'enrolling', secret: await api.beginSecondFactor({ password }) })
  const enable = async (code: string): Promise<Step> => ({ kind: 'codes', codes: (await api.enableSecondFactor({ code })).codes })

  if (status === null) return null
  return (
    <Section title={t('factor.title')} icon={<ShieldCheck size={20} />}>
      {step.kind === 'status' && (
        <PasswordForm
          key={`${status.enabled}`} text={status.enabled ? t('factor.on', { number: status.recoveryCodes }) : t('factor.off')}
          error={problem === 'wrongPassword' ? t('factor.wrongPassword') : undefined}
          actions={status.enabled
            ? [{ label: t('factor.renew'), run: (password) => void attempt(() => renew(password)) }, { label: t('factor.turnOff'), run: (password) => void attempt(() => remove(password)) }]
            : [{ label: t('factor.turnOn'), run: (password) => void attempt(() => begin(password)) }]}
        />
      )}
      {step.kind === 'enrolling' && (
        <Enrolment
          secret={step.secret} error={problem === 'wrongCode' ? t('factor.wrongCode') : undefined}
          onCode={(code) => void attempt(() => enable(code))} onCancel={() => setStep({ kind: 'status' })}
        />
      )}
      {step.kind === 'codes' && (
        <div className={styles.form}>
          <p id="recovery-codes">{t('factor.codes')}</p>
          <ul className={styles.codes} aria-labelledby="recovery-codes" dir="ltr">{step.codes.map((code) => <li key={code}>{code}</li>)}</ul>
          <Button look="primary" onClick={() => setStep({ kind: 'status' })}>{t('factor.done')}</Button>
        </div>
      )}
      {(problem === 'tooMany' || problem === 'failed') && <p role="alert" className={styles.problem}>{t(`factor.${problem}`)}</p>}
    </Section>
  )
}

interface PasswordAction {
  readonly label: string
  run(password: string): void
}

/** Whatever makes signing in easier or harder asks for the password again. */
function PasswordForm({ text, error, actions }: { readonly text: string; readonly error: string | undefined; readonly actions: readonly PasswordAction[] }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [first] = actions

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    first?.run(password)
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.soft}>{text}</p>
      <Field label={t('factor.password')} type="password" autoComplete="current-password" required dir="ltr" value={password} onChange={(event) => setPassword(event.target.value)} error={error} />
      <div className={styles.actions}>
        {actions.map((action) => (
          <Button key={action.label} type={action === first ? 'submit' : 'button'} disabled={password === ''} onClick={action === first ? undefined : () => action.run(password)}>{action.label}</Button>
        ))}
      </div>
    </form>
  )
}

interface EnrolmentProps {
  readonly secret: SecondFactorSecret
  readonly error: string | undefined
  onCode(code: string): void
  onCancel(): void
}

function Enrolment({ secret, error, onCode, onCancel }: EnrolmentProps) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    onCode(code.trim())
    setCode('')
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <p>{t('factor.scan')}</p>
      <QrCode text={secret.uri} label={t('factor.qr')} />
      <p className={styles.secret}><span className={styles.soft}>{t('factor.secret')}</span> <code dir="ltr">{secret.secret.match(/.{1,4}/g)?.join(' ')}</code></p>
      <Field label={t('factor.code')} inputMode="numeric" autoComplete="one-time-code" required dir="ltr" value={code} onChange={(event) => setCode(event.target.value)} error={error} />
      <div className={styles.actions}>
        <Button type="submit" look="primary">{t('factor.confirm')}</Button>
        <Button onClick={onCancel}>{t('factor.cancel')}</Button>
      </div>
    </form>
  )
}

function problemOf(error: unknown): Problem {
  switch (error instanceof ApiError ? error.code : '') {
    case 'wrong-credentials':
      return 'wrongPassword'
    case 'wrong-code':
      return 'wrongCode'
    case 'too-many-attempts':
      return 'tooMany'
    default:
      return 'failed'
  }
}

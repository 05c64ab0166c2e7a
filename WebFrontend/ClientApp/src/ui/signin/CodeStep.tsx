import { ShieldCheck } from 'lucide-react'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../parts/Button'
import { Field } from '../parts/Field'
import { SwitchRow } from '../parts/Switch'
import type { Refusal } from './refusal'
import { RefusalText } from './RefusalText'
import styles from './SignIn.module.css'

interface Props {
  readonly user: string
  readonly busy: boolean
  readonly refusal: Refusal | null
  onCode(code: string, remember: boolean): void
  onBack(): void
}

/** The step after the password, for those who set it up. */
export function CodeStep({ user, busy, refusal, onCode, onBack }: Props) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const [remember, setRemember] = useState(false)
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => field.current?.focus(), [refusal])

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    onCode(code.trim(), remember)
    setCode('')
  }

  return (
    <form className={styles.card} onSubmit={submit} aria-labelledby="code-title">
      <span className={styles.mark} aria-hidden="true"><ShieldCheck size={26} /></span>
      <h1 id="code-title">{t('signIn.codeTitle')}</h1>
      <p className={styles.lead}>{t('signIn.codeLead', { user: `\u2066${user}\u2069` })}</p>
      <Field
        label={t('signIn.code')} inputRef={field} value={code} onChange={(event) => setCode(event.target.value)} name="code" autoComplete="one-time-code"
        autoCapitalize="none" spellCheck={false} dir="ltr" required
      />
      <SwitchRow label={t('signIn.codeRemember')} checked={remember} onChange={setRemember} />
      {refusal !== null && <RefusalText refusal={refusal} />}
      <Button type="submit" look="primary" wide disabled={busy}>{t(busy ? 'signIn.busy' : 'signIn.submit')}</Button>
      <Button look="quiet" wide onClick={onBack}>{t('signIn.codeBack')}</Button>
    </form>
  )
}

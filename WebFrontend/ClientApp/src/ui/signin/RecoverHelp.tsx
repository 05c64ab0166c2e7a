import { useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Button } from '../parts/Button'
import { Field } from '../parts/Field'
import styles from './SignIn.module.css'

/** For who has no link yet: what the user name is, and where a link comes from (ACC-07). */
export function RecoverHelp({ onToken }: { onToken(token: string): void }) {
  const { t } = useTranslation()
  const [link, setLink] = useState('')
  const [isNone, setNone] = useState(false)

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    const token = tokenOf(link)
    setNone(token === '')
    if (token !== '') onToken(token)
  }

  return (
    <form className={styles.card} onSubmit={submit} aria-labelledby="recover-help-title">
      <h1 id="recover-help-title">{t('recover.helpTitle')}</h1>
      <section className={styles.helpPart}>
        <h2>{t('recover.userTitle')}</h2>
        <p>{t('recover.userText')}</p>
      </section>
      <section className={styles.helpPart}>
        <h2>{t('recover.passwordTitle')}</h2>
        <p>{t('recover.passwordText')}</p>
      </section>
      <Field
        label={t('recover.link')} type="url" required dir="ltr" autoComplete="off" spellCheck={false} value={link} onChange={(event) => setLink(event.target.value)}
        error={isNone ? t('recover.linkNone') : undefined}
      />
      <Button type="submit" look="primary" wide>{t('recover.linkOpen')}</Button>
      <p className={styles.help}><Link href="/webphone/login">{t('recover.signIn')}</Link></p>
    </form>
  )
}

/** What stands behind the # of a link. */
function tokenOf(link: string): string {
  try {
    return new URL(link.trim()).hash.slice(1)
  } catch {
    return ''
  }
}

import { useTranslation } from 'react-i18next'
import type { Refusal } from './refusal'
import styles from './SignIn.module.css'

const words = { network: 'signIn.network', 'wrong-credentials': 'signIn.wrong', 'http-401': 'signIn.wrong', 'wrong-code': 'signIn.codeWrong' } as const

export function RefusalText({ refusal }: { readonly refusal: Refusal }) {
  const { t } = useTranslation()
  const seconds = refusal.retryAt === null ? 0 : Math.max(1, Math.ceil((refusal.retryAt - Date.now()) / 1_000))
  const known = refusal.code in words ? words[refusal.code as keyof typeof words] : 'signIn.failed'
  return <p className={styles.refusal} role="alert">{refusal.retryAt !== null ? t('signIn.tooMany', { count: seconds }) : t(known)}</p>
}

import { CloudOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button'
import { Empty } from './Empty'

/** The server cannot be reached; it is tried again by itself, and by this button now. */
export function Unreachable({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useTranslation()
  return <Empty icon={<CloudOff size={26} />} title={t('app.unreachable')}><Button onClick={onRetry}>{t('app.retry')}</Button></Empty>
}

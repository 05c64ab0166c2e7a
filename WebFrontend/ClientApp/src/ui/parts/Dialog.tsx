import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './Button'
import styles from './Dialog.module.css'

interface Props {
  readonly open: boolean
  readonly title: string
  readonly children: ReactNode
  readonly bare?: boolean
  onClose(): void
}

export function Dialog({ open, title, children, bare = false, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.veil} />
        <Base.Popup className={`${styles.popup} ${bare ? styles.bare : ''}`}>
          <header className={bare ? 'visually-hidden' : styles.header}>
            <Base.Title>{title}</Base.Title>
            {!bare && <IconButton label={t('app.close')} onClick={onClose}><X size={20} /></IconButton>}
          </header>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

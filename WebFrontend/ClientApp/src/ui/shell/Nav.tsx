import { Clock, Contact, LogOut, PanelLeftClose, PanelLeftOpen, Phone, PhoneCall, Settings } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { IconButton } from '../parts/Button'
import { useServices } from '../services'
import { AudioMenu } from './AudioMenu'
import styles from './Shell.module.css'

export const phonePath = '/webphone'

export const pages = [
  { key: 'phone', path: phonePath, icon: Phone },
  { key: 'contacts', path: '/webphone/contacts', icon: Contact },
  { key: 'history', path: '/webphone/history', icon: Clock },
  { key: 'settings', path: '/webphone/settings', icon: Settings },
] as const

interface Props {
  readonly narrow: boolean
  onNarrow(narrow: boolean): void
}

export function Nav({ narrow, onNarrow }: Props) {
  const { t } = useTranslation()
  const { session } = useServices()
  const [location] = useLocation()
  return (
    <nav className={styles.nav} aria-label={t('nav.label')} data-narrow={narrow}>
      <div className={styles.brand} aria-hidden="true"><span className={styles.mark}><PhoneCall size={18} /></span><span className={styles.navText}>{t('app.name')}</span></div>
      <ul className={styles.navList}>
        {pages.map(({ key, path, icon: Icon }) => (
          <li key={key}>
            <Link href={path} className={styles.navLink} aria-current={location === path ? 'page' : undefined} title={narrow ? t(`nav.${key}`) : undefined}>
              <Icon size={20} aria-hidden="true" />
              <span className={styles.navText}>{t(`nav.${key}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.navFoot}>
        <AudioMenu />
        <IconButton label={t('menu.signOut')} onClick={() => void session.signOut(false)}><LogOut size={20} className={styles.flip} /></IconButton>
        <IconButton label={t(narrow ? 'nav.show' : 'nav.hide')} aria-expanded={!narrow} onClick={() => onNarrow(!narrow)}>
          {narrow ? <PanelLeftOpen size={20} className={styles.flip} /> : <PanelLeftClose size={20} className={styles.flip} />}
        </IconButton>
      </div>
    </nav>
  )
}

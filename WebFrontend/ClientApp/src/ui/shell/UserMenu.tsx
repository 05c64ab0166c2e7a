import { Menu } from '@base-ui/react/menu'
import { Activity, BellOff, Check, CircleHelp, ExternalLink, Keyboard, LogOut, ShieldOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Avatar } from '../parts/Avatar'
import menu from '../parts/Menu.module.css'
import { checkWish } from '../preflight/wish'
import { usePhone, useServices } from '../services'
import { isPopup, openPopup } from '../window'
import styles from './Shell.module.css'

interface Props {
  onShortcuts(): void
}

/** Top right: Online or Do Not Disturb (AVL-01), and what belongs to the account. */
export function UserMenu({ onShortcuts }: Props) {
  const { t } = useTranslation()
  const { phone, session } = useServices()
  const me = usePhone((state) => state.me)
  const tenant = usePhone((state) => state.tenant)
  const [, go] = useLocation()
  const dnd = me?.doNotDisturb ?? false
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.me} disabled={me === null}>
        <Avatar name={me?.name ?? ''} size="s" presence={me === null ? undefined : { extension: me.extension, version: 0, state: me.state, doNotDisturb: dnd, calls: 0 }} />
        <span className="visually-hidden">{t('menu.label')}</span>
        <span className={styles.meText}>
          <span className={styles.meName}>{me?.name ?? ''}</span>
          <span className={styles.meState}>{dnd ? t('menu.dnd') : t('menu.online')}</span>
        </span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menu.place} sideOffset={8} align="end">
          <Menu.Popup className={menu.popup}>
            <div className={menu.head}>
              <p className={styles.meName}>{me?.name}</p>
              <p className={styles.meState}><bdi>{me?.extension}@{tenant?.domain}</bdi></p>
            </div>
            <Menu.RadioGroup value={dnd ? 'dnd' : 'online'} onValueChange={(value: string) => void phone.doNotDisturb(value === 'dnd')}>
              <Menu.RadioItem value="online" className={menu.item}>
                <span className={`${styles.dot} ${styles.dotGo} ${styles.menuDot}`} aria-hidden="true" />
                <span className={menu.text}>{t('menu.online')}<small>{t('menu.onlineHint')}</small></span>
                <Menu.RadioItemIndicator><Check size={16} /></Menu.RadioItemIndicator>
              </Menu.RadioItem>
              <Menu.RadioItem value="dnd" className={menu.item}>
                <BellOff size={16} className={styles.dndIcon} aria-hidden="true" />
                <span className={menu.text}>{t('menu.dnd')}<small>{t('menu.dndHint')}</small></span>
                <Menu.RadioItemIndicator><Check size={16} /></Menu.RadioItemIndicator>
              </Menu.RadioItem>
            </Menu.RadioGroup>
            <Menu.Separator className={menu.line} />
            <Menu.Item className={menu.item} onClick={onShortcuts}><Keyboard size={16} aria-hidden="true" /><span className={menu.text}>{t('menu.shortcuts')}</span><kbd>?</kbd></Menu.Item>
            {!isPopup() && <Menu.Item className={menu.item} onClick={openPopup}><ExternalLink size={16} aria-hidden="true" /><span className={menu.text}>{t('menu.popup')}</span></Menu.Item>}
            <Menu.Item className={menu.item} onClick={() => checkWish.set(true)}><Activity size={16} aria-hidden="true" /><span className={menu.text}>{t('check.open')}</span></Menu.Item>
            <Menu.Item className={menu.item} onClick={() => go('/webphone/requirements')}><CircleHelp size={16} aria-hidden="true" /><span className={menu.text}>{t('menu.requirements')}</span></Menu.Item>
            <Menu.Separator className={menu.line} />
            <Menu.Item className={menu.item} onClick={() => void session.signOut(false)}><LogOut size={16} aria-hidden="true" /><span className={menu.text}>{t('menu.signOut')}</span></Menu.Item>
            <Menu.Item className={menu.item} onClick={() => void session.signOut(true)}><ShieldOff size={16} aria-hidden="true" /><span className={menu.text}>{t('menu.signOutEverywhere')}</span></Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

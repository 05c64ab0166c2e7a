import { BellRing, Headphones } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { canUseHeadset, chooseHeadset, headsetName } from '../../adapters/headset'
import { askToNotify, canNotify, notificationPermission } from '../../adapters/notifications'
import { push, readPush, switchPush } from '../../adapters/push'
import { Button } from '../parts/Button'
import { SwitchRow } from '../parts/Switch'
import { useServices, useStore } from '../services'
import { CallHandling } from './CallHandling'
import { Section } from './Section'
import styles from './Settings.module.css'

export function CallsSection() {
  const { t } = useTranslation()
  const { session } = useServices()
  const state = useStore(session.state)
  const pushState = useStore(push)
  const headset = useStore(headsetName)
  const [permission, setPermission] = useState(notificationPermission)
  useEffect(() => void readPush(), [])
  if (state.kind !== 'in') return null
  const blocked = !canNotify || permission === 'denied'
  const notify = async (on: boolean): Promise<void> => {
    if (on) setPermission(await askToNotify())
    await session.save({ notifications: on && notificationPermission() === 'granted' })
  }
  return (
    <Section title={t('settings.calls')} icon={<BellRing size={20} />}>
      <SwitchRow
        label={t('settings.notifications')} hint={t(blocked ? 'settings.notificationsBlocked' : 'settings.notificationsHint')}
        checked={state.account.settings.notifications && permission === 'granted'} disabled={blocked} onChange={(on) => void notify(on)}
      />
      {(pushState === 'on' || pushState === 'off') && (
        <SwitchRow label={t('settings.push')} hint={t('settings.pushHint')} checked={pushState === 'on'} onChange={(on) => void switchPush(on).catch(() => undefined)} />
      )}
      <CallHandling />
      {canUseHeadset && (
        <div className={styles.row}>
          <span>{t('settings.headset')}<small className={styles.soft}>{headset === null ? t('settings.headsetHint') : t('settings.headsetOn', { name: headset })}</small></span>
          <Button icon={<Headphones size={16} />} onClick={() => void chooseHeadset()}>{t('settings.headsetChoose')}</Button>
        </div>
      )}
    </Section>
  )
}

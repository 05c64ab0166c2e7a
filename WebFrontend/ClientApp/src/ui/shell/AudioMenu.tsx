import { Menu } from '@base-ui/react/menu'
import { Check, Settings, Volume2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { audio, canChooseSpeaker, choose, refreshDevices } from '../../adapters/microphone'
import menu from '../parts/Menu.module.css'
import { useStore } from '../services'
import styles from './Shell.module.css'

type Use = 'microphone' | 'speaker' | 'ringer'

/** The speaker at the bottom: which microphone, speaker and ring device, looked for anew whenever it opens (AUD-01, AUD-03). */
export function AudioMenu() {
  const { t } = useTranslation()
  const [, go] = useLocation()
  return (
    <Menu.Root onOpenChange={(open) => void (open && refreshDevices())}>
      <Menu.Trigger className={styles.audio} aria-label={t('settings.devices')} title={t('settings.devices')} data-audio><Volume2 size={20} /></Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menu.place} sideOffset={8} align="start">
          <Menu.Popup className={menu.popup}>
            <Devices use="microphone" />
            {canChooseSpeaker && <Devices use="speaker" />}
            {canChooseSpeaker && <Devices use="ringer" />}
            <Menu.Separator className={menu.line} />
            <Menu.Item className={menu.item} onClick={() => go('/webphone/settings')}><Settings size={16} aria-hidden="true" /><span className={menu.text}>{t('settings.audioMore')}</span></Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function Devices({ use }: { readonly use: Use }) {
  const { t } = useTranslation()
  const { choice, inputs, outputs } = useStore(audio)
  const devices = (use === 'microphone' ? inputs : outputs).filter(({ deviceId }) => deviceId !== 'default' && deviceId !== 'communications')
  const chosen = devices.some(({ deviceId }) => deviceId === choice[use]) ? choice[use] : ''
  const options = [{ deviceId: '', label: t('settings.systemDevice') }, ...devices.map(({ deviceId, label }, at) => ({ deviceId, label: label || `${at + 1}` }))]
  return (
    <Menu.Group>
      <Menu.GroupLabel className={menu.groupLabel}>{t(`settings.${use}`)}</Menu.GroupLabel>
      <Menu.RadioGroup value={chosen} onValueChange={(value: string) => choose({ [use]: value })}>
        {options.map(({ deviceId, label }) => (
          <Menu.RadioItem key={deviceId} value={deviceId} className={menu.item}>
            <span className={menu.text}><bdi>{label}</bdi></span>
            <Menu.RadioItemIndicator><Check size={16} /></Menu.RadioItemIndicator>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  )
}

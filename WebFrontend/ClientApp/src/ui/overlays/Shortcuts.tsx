import { useTranslation } from 'react-i18next'
import { Dialog } from '../parts/Dialog'
import styles from './Overlays.module.css'

const groups = [
  { name: 'idle', keys: [[['0–9', '*', '#'], 'type'], [['Enter'], 'place'], [['⌫'], 'erase']] },
  { name: 'ringing', keys: [[['Enter'], 'answer'], [['Esc'], 'decline']] },
  { name: 'onCall', keys: [[['0–9', '*', '#'], 'dtmf'], [['M'], 'mute'], [['H'], 'hold'], [['T'], 'transfer'], [['C'], 'merge'], [['P'], 'park'], [['R'], 'record'], [['Esc'], 'hangUp']] },
  { name: 'any', keys: [[['Ctrl', 'K'], 'search'], [['?'], 'help']] },
] as const

/** The keyboard table and some tips (ACC-22). */
export default function Shortcuts({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Dialog open title={t('shortcuts.title')} onClose={onClose}>
      <div className={styles.shortcuts}>
        {groups.map((group) => (
          <section key={group.name}>
            <h3>{t(`shortcuts.${group.name}`)}</h3>
            <dl>
              {group.keys.map(([keys, action]) => (
                <div key={action}>
                  <dt>{t(`shortcuts.${action}`)}</dt>
                  <dd dir="ltr">{keys.map((key) => <span key={key}><kbd>{key}</kbd> </span>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className={styles.note}>
        <p>{t('shortcuts.note')}</p>
        <ul>
          <li>{t('shortcuts.tip1')}</li>
          <li>{t('shortcuts.tip2')}</li>
          <li>{t('shortcuts.tip3')}</li>
        </ul>
      </div>
    </Dialog>
  )
}

import { Disc } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordingAccessItem } from '../../hub/contracts.gen'
import { Button } from '../parts/Button'
import recording from '../recording/Recording.module.css'
import { usePhone, useServices } from '../services'
import { Section } from './Section'
import styles from './Settings.module.css'

/** What is recorded of the user, and, for those who may see all recordings, who used which. */
export function RecordingSection() {
  const { t } = useTranslation()
  const rules = usePhone((state) => state.me?.recording)
  if (rules === undefined) return null
  return (
    <Section title={t('recording.settings')} icon={<Disc size={20} />}>
      {(['internal', 'inbound', 'outbound'] as const).map((kind) => (
        <div key={kind} className={styles.row}><span>{t(`recording.calls.${kind}`)}</span><span className={styles.soft}>{t(`recording.when.${rules[kind]}`)}</span></div>
      ))}
      <p className={styles.soft}>{t('recording.decided')}</p>
      {rules.all && <AccessLog />}
    </Section>
  )
}

function AccessLog() {
  const { t, i18n } = useTranslation()
  const { api, people } = useServices()
  const [entries, setEntries] = useState<readonly RecordingAccessItem[] | null>(null)
  const [more, setMore] = useState(false)
  const [failed, setFailed] = useState(false)
  const read = useCallback((before: string | null): void => {
    api.recordingAccess(before).then(
      (page) => {
        setEntries((known) => [...(before === null ? [] : (known ?? [])), ...page.entries])
        setMore(page.more)
        setFailed(false)
      },
      () => setFailed(true),
    )
  }, [api])
  useEffect(() => read(null), [read])
  const format = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'short', timeStyle: 'medium' })
  const nameOf = (extension: string): string => people.nameOf(extension) || extension
  return (
    <>
      <h3>{t('recording.log')}</h3>
      {failed && <Button onClick={() => read(null)}>{t('app.retry')}</Button>}
      {entries?.length === 0 && <p className={styles.soft}>{t('recording.logEmpty')}</p>}
      {entries !== null && entries.length > 0 && (
        <div className={recording.scroll} tabIndex={0} role="region" aria-label={t('recording.log')}>
          <table className={recording.log}>
            <thead><tr><th scope="col">{t('recording.logTime')}</th><th scope="col">{t('recording.logBy')}</th><th scope="col">{t('recording.logUse')}</th><th scope="col">{t('recording.logOwner')}</th><th scope="col">{t('recording.logAddress')}</th></tr></thead>
            <tbody>
              {entries.map((entry, index) => (
                <tr key={`${entry.recordingId} ${entry.at} ${index}`}>
                  <td><time dateTime={entry.at}>{format.format(Date.parse(entry.at))}</time></td>
                  <td><bdi>{entry.by === null ? t('recording.logRetention') : nameOf(entry.by)}</bdi></td>
                  <td>{t(`recording.use.${entry.use}`)}</td>
                  <td><bdi>{nameOf(entry.owner)}</bdi></td>
                  <td className="number"><bdi>{entry.address}</bdi></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more && <Button look="quiet" onClick={() => read(entries?.at(-1)?.at ?? null)}>{t('history.older')}</Button>}
    </>
  )
}

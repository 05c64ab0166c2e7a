import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import { Disc, History, Phone, PhoneMissed } from 'lucide-react'
import { Fragment, lazy, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HistoryItem } from '../../hub/contracts.gen'
import { isCallable, numberKey } from '../../core/people/numbers'
import { Avatar } from '../parts/Avatar'
import { Button, IconButton } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { Empty } from '../parts/Empty'
import { LazyPart } from '../parts/LazyPart'
import { clockTime, daysAgo, duration, longDate } from '../parts/time'
import { CallIcon } from '../people/PersonRow'
import styles from '../people/People.module.css'
import { useShown, type ShownParty } from '../people/useParty'
import { useNow, useServices, useStore } from '../services'
import { useDial } from '../useDial'

const RecordingPlayer = lazy(() => import('../recording/RecordingPlayer').then((part) => ({ default: part.RecordingPlayer })))

type Filter = 'all' | 'missed'

export default function HistoryPage() {
  const { t } = useTranslation()
  const { people } = useServices()
  const history = useStore(people.history)
  const [filter, setFilter] = useState<Filter>('all')
  const [opened, setOpened] = useState<HistoryItem | null>(null)
  const items = filter === 'all' ? history.items : history.items.filter((item) => item.missed)
  return (
    <section className={styles.page} aria-labelledby="history-title">
      <header className={styles.pageHead}>
        <div>
          <h1 id="history-title">{t('history.title')}</h1>
          <p className={styles.lead}>{t('history.lead')}</p>
        </div>
        <ToggleGroup className={styles.filter} aria-label={t('history.filter')} value={[filter]} onValueChange={(value: Filter[]) => setFilter(value[0] ?? filter)}>
          <Toggle value="all">{t('history.all')}</Toggle>
          <Toggle value="missed">{t('history.missed')}</Toggle>
        </ToggleGroup>
      </header>
      <div className={styles.sheet}>
        {items.length > 0 && <HistoryTable items={items} onOpen={setOpened} />}
        {items.length === 0 && history.kind === 'ready' && (filter === 'missed'
          ? <Empty icon={<PhoneMissed size={26} />} title={t('history.emptyMissed')} />
          : <Empty icon={<History size={26} />} title={t('history.empty')} text={t('history.emptyHint')} />)}
        {history.kind === 'failed' && <Empty icon={<History size={26} />} title={t('history.failed')}><Button onClick={() => void people.loadHistory()}>{t('app.retry')}</Button></Empty>}
        {history.more && <div className={styles.more}><Button look="quiet" onClick={() => void people.loadOlder()}>{t('history.older')}</Button></div>}
      </div>
      {opened !== null && <Details of={opened} onClose={() => setOpened(null)} />}
    </section>
  )
}

interface TableProps {
  readonly items: readonly HistoryItem[]
  onOpen(item: HistoryItem): void
}

function HistoryTable({ items, onOpen }: TableProps) {
  const { t, i18n } = useTranslation()
  const now = useNow(60_000)
  const days = useMemo(() => Map.groupBy(items, (item) => daysAgo(Date.parse(item.startedAt), now)), [items, now])
  return (
    <table className={styles.table}>
      <thead className="visually-hidden">
        <tr><th>{t('history.name')}</th><th>{t('history.type')}</th><th>{t('history.line')}</th><th>{t('history.duration')}</th><th>{t('history.date')}</th><th>{t('dialer.call')}</th></tr>
      </thead>
      <tbody>
        {[...days].map(([ago, calls]) => (
          <Fragment key={ago}>
            <tr className={styles.day}><th colSpan={6} scope="colgroup">{ago === 0 ? t('history.today') : ago === 1 ? t('history.yesterday') : longDate(Date.parse(calls[0]?.startedAt ?? ''), i18n.language)}</th></tr>
            {calls.map((item) => <Row key={item.callKey} item={item} onOpen={() => onOpen(item)} />)}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function useNameOf(item: HistoryItem): ShownParty {
  const { people } = useServices()
  return useShown()(people.nameOf(item.peer.number) || item.peer.name, item.peer.number)
}

function Row({ item, onOpen }: { readonly item: HistoryItem; onOpen(): void }) {
  const { t, i18n } = useTranslation()
  const { name, number, known } = useNameOf(item)
  const { dial, obstacle } = useDial()
  return (
    <tr>
      <td>
        <button type="button" className={styles.who} onClick={onOpen}>
          <Avatar name={name} size="s" known={known} />
          <span className={item.missed ? styles.missed : undefined}><bdi>{name}</bdi>{item.recordings.length > 0 && <Disc size={14} className={styles.recorded} role="img" aria-label={t('recording.has')} />}{known && <small><bdi className="number">{number}</bdi></small>}</span>
        </button>
      </td>
      <td className={`${styles.soft} ${styles.wideOnly}`}><span className={styles.type}><CallIcon item={item} />{t(item.missed ? 'history.missedCall' : `history.${item.direction}`)}</span></td>
      <td className={`${styles.soft} ${styles.wideOnly} ${styles.line} number`}><bdi>{item.line}</bdi></td>
      <td className={`${styles.soft} number`}>{item.answeredAt === null ? <span className="visually-hidden">{t('history.notAnswered')}</span> : duration(item.durationSeconds * 1_000)}</td>
      <td className={`${styles.soft} number`}><time dateTime={item.startedAt}>{clockTime(Date.parse(item.startedAt), i18n.language)}</time></td>
      <td className={styles.end}>
        {isCallable(item.peer.number) && <IconButton label={t('history.call', { name })} className={styles.callButton ?? ''} disabled={obstacle !== null} onClick={() => void dial(item.peer.number)}><Phone size={18} /></IconButton>}
      </td>
    </tr>
  )
}

/** All calls with one party (HIS-08), and how each ended. Who gave no number may be anybody, so it is that one call. */
function Details({ of, onClose }: { readonly of: HistoryItem; onClose(): void }) {
  const { t, i18n } = useTranslation()
  const { people } = useServices()
  const { items } = useStore(people.history)
  const { toE164 } = useStore(people.numbering)
  const { name } = useNameOf(of)
  const { dial, obstacle } = useDial()
  const key = numberKey(of.peer.number, toE164)
  const callable = isCallable(of.peer.number)
  const related = callable ? items.filter((item) => numberKey(item.peer.number, toE164) === key) : [of]
  const format = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <Dialog open title={t('history.detailsOf', { name })} onClose={onClose}>
      <ul className={styles.details}>
        {related.map((item) => (
          <li key={item.callKey}>
            <CallIcon item={item} />
            <time dateTime={item.startedAt}>{format.format(Date.parse(item.startedAt))}</time>
            <span className={`${styles.soft} number`}>{item.answeredAt === null ? (item.end === 'none' ? '' : t(`call.end.${item.end}`)) : duration(item.durationSeconds * 1_000)}</span>
            {item.recordings.length > 0 && (
              <LazyPart meanwhile={null}>
                <div className={styles.recordings}>{item.recordings.map((recording) => <RecordingPlayer key={recording.id} recording={recording} onDeleted={() => void people.loadHistory()} />)}</div>
              </LazyPart>
            )}
          </li>
        ))}
      </ul>
      {callable && <Button look="go" wide icon={<Phone size={18} />} disabled={obstacle !== null} onClick={() => { onClose(); void dial(of.peer.number) }}>{t('history.call', { name })}</Button>}
    </Dialog>
  )
}

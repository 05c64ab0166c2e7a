import { Tabs } from '@base-ui/react/tabs'
import { BellOff, History, Search, SearchX, X } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { recentParties } from '../../core/people/recent'
import { Empty } from '../parts/Empty'
import { Field } from '../parts/Field'
import { IconButton } from '../parts/Button'
import { PersonRow } from '../people/PersonRow'
import { useDirectory } from '../people/useDirectory'
import { usePhone, useServices, useStore } from '../services'
import styles from './SidePanel.module.css'

interface Props {
  readonly sheet: boolean
  onClose(): void
}

/** There at all times, also during calls (SID-01): directory, recent calls, do not disturb. */
export function SidePanel({ sheet, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <aside className={styles.panel} aria-label={t('panel.label')} data-sheet={sheet}>
      <DoNotDisturbNote />
      <Tabs.Root defaultValue="directory" className={styles.tabs}>
        <div className={styles.head}>
          <Tabs.List className={styles.list} aria-label={t('panel.label')}>
            <Tabs.Tab value="directory" className={styles.tab}>{t('panel.directory')}</Tabs.Tab>
            <Tabs.Tab value="recent" className={styles.tab}>{t('panel.recent')}</Tabs.Tab>
          </Tabs.List>
          {sheet && <IconButton label={t('panel.hide')} onClick={onClose}><X size={20} /></IconButton>}
        </div>
        <Tabs.Panel value="directory" className={styles.body}><DirectoryTab /></Tabs.Panel>
        <Tabs.Panel value="recent" className={styles.body}><RecentTab /></Tabs.Panel>
      </Tabs.Root>
    </aside>
  )
}

function DoNotDisturbNote() {
  const { t } = useTranslation()
  const { phone } = useServices()
  const on = usePhone((state) => state.me?.doNotDisturb ?? false)
  if (!on) return null
  return (
    <div className={styles.dnd} role="status">
      <BellOff size={18} aria-hidden="true" />
      <p>{t('panel.dndOn')}</p>
      <button type="button" onClick={() => void phone.doNotDisturb(false)}>{t('panel.dndOff')}</button>
    </div>
  )
}

function DirectoryTab() {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const { people, kind } = useDirectory(useDeferredValue(query))
  return (
    <>
      <Field label={t('panel.search')} hideLabel type="search" placeholder={t('panel.search')} value={query} onChange={(event) => setQuery(event.target.value)} before={<Search size={18} />} className={styles.search ?? ''} />
      <ul className={styles.people}>
        {people.map((person) => <li key={person.number}><PersonRow person={person} /></li>)}
      </ul>
      {kind === 'ready' && people.length === 0 && <Empty icon={<SearchX size={26} />} title={t('panel.none')} text={t('panel.noneHint')} />}
    </>
  )
}

function RecentTab() {
  const { t } = useTranslation()
  const { people } = useServices()
  const history = useStore(people.history)
  const { toE164 } = useStore(people.numbering)
  const recent = useMemo(() => recentParties(history.items, toE164), [history, toE164])
  if (history.kind === 'ready' && recent.length === 0) return <Empty icon={<History size={26} />} title={t('panel.recentEmpty')} text={t('panel.recentHint')} />
  return (
    <ul className={styles.people}>
      {recent.map((item) => <li key={item.callKey}><PersonRow person={{ name: item.peer.name || people.nameOf(item.peer.number), number: item.peer.number }} call={item} /></li>)}
    </ul>
  )
}

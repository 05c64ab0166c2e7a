import { Tabs } from '@base-ui/react/tabs'
import { BellOff, BookUser, Grid2x2, History, Search, SearchX, SquareParking, X } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { browserMemory } from '../../adapters/basics'
import { recentParties } from '../../core/people/recent'
import { Empty } from '../parts/Empty'
import { Field } from '../parts/Field'
import { IconButton } from '../parts/Button'
import { PersonRow } from '../people/PersonRow'
import { useDirectory } from '../people/useDirectory'
import { KeysTab } from '../keys/KeysTab'
import { ParkTab } from '../park/ParkTab'
import { usePhone, useServices, useStore } from '../services'
import styles from './SidePanel.module.css'

interface Props {
  readonly sheet: boolean
  onClose(): void
}

const tabKey = 'panel.tab'
const tabs = [{ key: 'directory', icon: BookUser }, { key: 'keys', icon: Grid2x2 }, { key: 'park', icon: SquareParking }, { key: 'recent', icon: History }] as const

/** There at all times, also during calls (SID-01): directory, keys, park slots, recent calls, do not disturb. */
export function SidePanel({ sheet, onClose }: Props) {
  const { t } = useTranslation()
  const [tab, setTab] = useState<string>(() => tabs.find(({ key }) => key === browserMemory.read(tabKey))?.key ?? 'directory')
  const parked = usePhone((state) => state.parkBoard?.slots.filter((slot) => slot.who !== null).length ?? 0)
  return (
    <aside className={styles.panel} aria-label={t('panel.label')} data-sheet={sheet}>
      <DoNotDisturbNote />
      <Tabs.Root value={tab} onValueChange={(value: string) => { browserMemory.write(tabKey, value); setTab(value) }} className={styles.tabs}>
        <div className={styles.head}>
          <Tabs.List className={styles.list} aria-label={t('panel.label')}>
            {tabs.map(({ key, icon: Icon }) => <Tabs.Tab key={key} value={key} className={styles.tab}><Icon size={18} aria-hidden="true" /><span>{t(`panel.${key}`)}</span>{key === 'park' && parked > 0 && <span className={styles.badge}>{parked}</span>}</Tabs.Tab>)}
          </Tabs.List>
          {sheet && <IconButton label={t('panel.hide')} onClick={onClose}><X size={20} /></IconButton>}
        </div>
        <Tabs.Panel value="directory" className={styles.body}><DirectoryTab /></Tabs.Panel>
        <Tabs.Panel value="keys" className={styles.body}><KeysTab /></Tabs.Panel>
        <Tabs.Panel value="park" className={styles.body}><ParkTab /></Tabs.Panel>
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

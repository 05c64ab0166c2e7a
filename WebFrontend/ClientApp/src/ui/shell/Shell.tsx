import { PanelRightClose, PanelRightOpen, Search } from 'lucide-react'
import { lazy, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { browserMemory } from '../../adapters/basics'
import { patiently } from '../../adapters/patiently'
import { IncomingOverlay } from '../phone/IncomingOverlay'
import { PhonePage } from '../phone/PhonePage'
import { ClosingWindow } from '../overlays/ClosingWindow'
import { Toasts } from '../overlays/Toasts'
import { IconButton } from '../parts/Button'
import { LazyPart } from '../parts/LazyPart'
import { checkWish } from '../preflight/wish'
import { useMedia, useStore } from '../services'
import { transferWish } from '../transfer/wish'
import { useKeyboard } from '../useKeyboard'
import { CallBar } from './CallBar'
import { Nav } from './Nav'
import { SidePanel } from './SidePanel'
import { ConnectionBar, StatusBadge } from './StatusBadge'
import { UserMenu } from './UserMenu'
import styles from './Shell.module.css'

const ContactsPage = lazy(() => patiently(() => import('../people/ContactsPage')))
const HistoryPage = lazy(() => patiently(() => import('../history/HistoryPage')))
const SettingsPage = lazy(() => patiently(() => import('../settings/SettingsPage')))
const QuickSearch = lazy(() => patiently(() => import('../overlays/QuickSearch')))
const TransferDialog = lazy(() => patiently(() => import('../transfer/TransferDialog')))
const SelfCheck = lazy(() => patiently(() => import('../preflight/SelfCheck')))
const Shortcuts = lazy(() => patiently(() => import('../overlays/Shortcuts')))

/** A choice of the shell that the browser remembers. */
function useRemembered(key: string, usual: boolean): [boolean, (value: boolean) => void] {
  const [chosen, setChosen] = useState<Readonly<Record<string, boolean>>>({})
  const value = chosen[key] ?? (browserMemory.read(key) ?? String(usual)) === 'true'
  return [value, (next) => {
    browserMemory.write(key, String(next))
    setChosen({ ...chosen, [key]: next })
  }]
}

export function Shell() {
  const { t } = useTranslation()
  const [location] = useLocation()
  const wide = useMedia('(min-width: 1280px)')
  const small = useMedia('(max-width: 899px)')
  const [narrow, setNarrow] = useRemembered(wide ? 'nav.narrow' : 'nav.narrow.medium', !wide)
  const [panel, setPanel] = useRemembered('panel', true)
  const [sheet, setSheet] = useState(false)
  const [searching, setSearching] = useState(false)
  const [helping, setHelping] = useState(false)
  const wish = useStore(transferWish)
  const checking = useStore(checkWish)
  useKeyboard({ search: () => setSearching(true), help: () => setHelping(true) })
  useEffect(() => {
    if (!small) setSheet(false)
  }, [small])
  const panelShown = small ? sheet : panel
  const showPanel = small ? setSheet : setPanel
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>{t('app.skip')}</a>
      <Nav narrow={narrow} onNarrow={setNarrow} />
      <header className={styles.top}>
        <StatusBadge />
        <button type="button" className={styles.search} onClick={() => setSearching(true)} aria-keyshortcuts="Control+K">
          <Search size={18} aria-hidden="true" /><span className="visually-hidden">{t('menu.search')}: </span><span className={styles.searchText}>{t('search.placeholder')}</span><kbd aria-hidden="true">Ctrl K</kbd>
        </button>
        <IconButton label={t(panelShown ? 'panel.hide' : 'panel.show')} aria-expanded={panelShown} onClick={() => showPanel(!panelShown)}>
          {panelShown ? <PanelRightClose size={20} className={styles.flip} /> : <PanelRightOpen size={20} className={styles.flip} />}
        </IconButton>
        <UserMenu onShortcuts={() => setHelping(true)} />
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        <ConnectionBar />
        <CallBar />
        <LazyPart key={location} meanwhile={<p className="visually-hidden">{t('app.loading')}</p>}>
          <Switch>
            <Route path="/webphone"><PhonePage /></Route>
            <Route path="/webphone/contacts"><ContactsPage /></Route>
            <Route path="/webphone/history"><HistoryPage /></Route>
            <Route path="/webphone/settings"><SettingsPage /></Route>
            <Route><Redirect to="/webphone" replace /></Route>
          </Switch>
        </LazyPart>
      </main>
      {panelShown && <SidePanel sheet={small} onClose={() => showPanel(false)} />}
      <IncomingOverlay />
      <Toasts />
      <ClosingWindow />
      <LazyPart meanwhile={null}>
        {searching && <QuickSearch onClose={() => setSearching(false)} onHelp={() => setHelping(true)} />}
        {wish !== null && <TransferDialog key={wish.leg} wish={wish} onClose={() => transferWish.set(null)} />}
        {checking && <SelfCheck onClose={() => checkWish.set(false)} />}
        {helping && <Shortcuts onClose={() => setHelping(false)} />}
      </LazyPart>
    </div>
  )
}

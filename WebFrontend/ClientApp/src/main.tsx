import '@fontsource-variable/inter/wght.css'
import './ui/styles/tokens.css'
import './ui/styles/base.css'
import { createRoot } from 'react-dom/client'
import { api } from './adapters/api'
import { chance, clock, sessionId, tabId, tabMemory } from './adapters/basics'
import { watchInstall } from './adapters/install'
import { waysOf } from './adapters/pathProbe'
import { startServiceWorker } from './adapters/push'
import { openSignalrHub } from './adapters/signalrHub'
import { openSoundEngine } from './adapters/soundEngine'
import { openTabLead } from './adapters/tabLead'
import { Phone } from './core/phone/phone'
import { startLanguages } from './i18n'
import { App } from './ui/App'
import { callBlocked } from './ui/overlays/Toasts'
import { People } from './ui/people/people'
import { Session } from './ui/session'
import { startTheme } from './ui/theme'
import { wire } from './ui/wiring'

startTheme()
watchInstall()
const [tab] = await Promise.all([tabId(), startLanguages()])
const session = new Session(api, clock, chance)
const mySession = sessionId()
const phone = new Phone({
  openHub: openSignalrHub,
  sound: openSoundEngine(() => callBlocked.set(true)),
  clock, chance, memory: tabMemory,
  lead: openTabLead(tab, mySession),
  sessionId: mySession, tabId: tab,
  clientVersion: __APP_VERSION__,
})
const services = { phone, api, session, people: new People(api), tryWays: waysOf(phone, chance) }
wire(services)
void session.find()
createRoot(document.getElementById('app') as HTMLElement).render(<App services={services} />)
void startServiceWorker().catch(() => undefined)

import { CSPProvider } from '@base-ui/react/csp-provider'
import { DirectionProvider } from '@base-ui/react/direction-provider'
import { lazy, StrictMode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { patiently } from '../adapters/patiently'
import { directionOf, isLanguage } from '../i18n/languages'
import { ClosingWindow } from './overlays/ClosingWindow'
import { LazyPart } from './parts/LazyPart'
import { Unreachable } from './parts/Unreachable'
import { usePhone, useServices, ServicesContext, useStore, type Services } from './services'
import { Shell } from './shell/Shell'
import { SignInPage } from './signin/SignInPage'

const RecoverPage = lazy(() => patiently(() => import('./signin/RecoverPage')).then((module) => ({ default: module.RecoverPage })))
const RequirementsPage = lazy(() => patiently(() => import('./signin/RequirementsPage')).then((module) => ({ default: module.RequirementsPage })))

export function App({ services }: { readonly services: Services }) {
  const { i18n } = useTranslation()
  const direction = isLanguage(i18n.language) ? directionOf(i18n.language) : 'ltr'
  return (
    <StrictMode>
      <CSPProvider disableStyleElements>
        <DirectionProvider direction={direction}>
          <ServicesContext value={services}>
            <LazyPart meanwhile={null}>
              <Switch>
                <Route path="/webphone/recover"><RecoverPage /></Route>
                <Route path="/webphone/requirements"><RequirementsPage /></Route>
                <Route><Entrance /></Route>
              </Switch>
            </LazyPart>
          </ServicesContext>
        </DirectionProvider>
      </CSPProvider>
    </StrictMode>
  )
}

const signInPath = '/webphone/login'

/** The sign-in page for who is signed out, everything else for who is signed in. */
function Entrance() {
  const { session } = useServices()
  const state = useStore(session.state)
  const connection = usePhone((phone) => phone.connection)
  const [location] = useLocation()
  const [wanted] = useState(location)
  switch (state.kind) {
    case 'unknown':
      return null
    case 'unreachable':
      return <main><Unreachable onRetry={() => void session.find()} /></main>
    case 'out':
      if (location !== signInPath) return <Redirect to={signInPath} replace />
      return <><SignInPage reason={state.idle === true ? 'idle' : connection.kind === 'signedOut' ? connection.reason : null} /><ClosingWindow /></>
    case 'in':
      if (location === signInPath) return <Redirect to={wanted.startsWith('/webphone/') && wanted !== signInPath ? wanted : '/webphone'} replace />
      return <Shell />
  }
}

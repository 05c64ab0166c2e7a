import { useTranslation } from 'react-i18next'
import { browserMemory } from '../../adapters/basics'
import { Store } from '../../core/store'
import { Choice } from '../parts/Choice'
import { useServices, useStore } from '../services'

const key = 'callerId'

const chosen = new Store(browserMemory.read(key))

/** The number that those who are called are shown; null shows the extension. A number that is not the user's any more is not asked for. */
export function useCallerId(): string | null {
  const { session } = useServices()
  const state = useStore(session.state)
  const number = useStore(chosen)
  return state.kind === 'in' && number !== null && state.account.callerIds.includes(number) ? number : null
}

/** Shown to those who have a choice. */
export function CallerId() {
  const { t } = useTranslation()
  const { session } = useServices()
  const state = useStore(session.state)
  const callerId = useCallerId()
  if (state.kind !== 'in' || state.account.callerIds.length === 0) return null
  const choose = (value: string): void => {
    chosen.set(value === '' ? null : value)
    browserMemory.write(key, value === '' ? null : value)
  }
  return (
    <Choice
      label={t('dialer.callerId')} value={callerId ?? ''} onChange={choose}
      options={[{ value: '', label: t('dialer.callerIdOwn', { extension: state.account.extension }) }, ...state.account.callerIds.map((number) => ({ value: number, label: `\u2066${number}\u2069` }))]}
    />
  )
}

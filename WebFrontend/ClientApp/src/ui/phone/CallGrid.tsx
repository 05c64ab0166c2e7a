import { Ellipsis, MonitorSmartphone, PhoneCall } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { focused } from '../../core/calls/callList'
import { Avatar } from '../parts/Avatar'
import { Empty } from '../parts/Empty'
import { duration } from '../parts/time'
import { useParties } from '../people/useParty'
import { useNow, usePhone, useServices } from '../services'
import { CallCard } from './CallCard'
import styles from './Phone.module.css'

/** The calm grid: a card a call, those in the background as a strip, those of other devices below. */
export function CallGrid() {
  const { t } = useTranslation()
  const calls = usePhone((state) => state.calls)
  const chosen = usePhone((state) => state.chosen)
  const elsewhere = usePhone((state) => state.elsewhere)
  const focus = focused(calls, chosen)
  const cards = calls.filter((call) => call.state.kind !== 'ringingIn' && !call.hidden)
  return (
    <>
      {cards.length > 0 && (
        <section aria-label={t('stage.calls')} className={styles.grid} data-count={cards.length}>
          {cards.map((call) => <CallCard key={call.leg} call={call} focused={call.leg === focus?.leg && cards.length > 1} />)}
        </section>
      )}
      <Hidden />
      {elsewhere.length > 0 && <Elsewhere />}
      {cards.length === 0 && elsewhere.length === 0 && <Idle />}
    </>
  )
}

function Idle() {
  const { t } = useTranslation()
  return (
    <div className={styles.idle}>
      <Empty icon={<PhoneCall size={26} />} title={t('stage.empty')} text={t('stage.emptyHint')}>
        <ul className={styles.tips}>
          <li><kbd>0</kbd>–<kbd>9</kbd><span>{t('stage.tipType')}</span></li>
          <li><kbd>Ctrl</kbd> <kbd>K</kbd><span>{t('stage.tipSearch')}</span></li>
          <li><kbd>?</kbd><span>{t('stage.tipHelp')}</span></li>
        </ul>
      </Empty>
    </div>
  )
}

function Hidden() {
  const { t } = useTranslation()
  const { phone } = useServices()
  const calls = usePhone((state) => state.calls)
  const now = useNow(1_000)
  const party = useParties()
  const hidden = calls.filter((call) => call.hidden)
  if (hidden.length === 0) return null
  return (
    <section className={styles.strip} aria-label={t('stage.hidden', { count: hidden.length })}>
      <p className={styles.soft}>{t('stage.hidden', { count: hidden.length })}</p>
      {hidden.map((call) => {
        const name = party(call.peer).name
        return (
          <button key={call.leg} type="button" className={styles.chip} onClick={() => phone.hide(call.leg, false)}>
            <span className="visually-hidden">{t('call.bringBack')}: </span>
            <Avatar name={name} size="s" />
            <bdi>{name}</bdi>
            {call.state.kind === 'connected' && <span className={`${styles.soft} number`}>{duration(now - call.state.answeredAt)}</span>}
            <Ellipsis size={16} aria-hidden="true" />
          </button>
        )
      })}
    </section>
  )
}

function Elsewhere() {
  const { t } = useTranslation()
  const elsewhere = usePhone((state) => state.elsewhere)
  const party = useParties()
  const now = useNow(1_000)
  return (
    <section className={styles.elsewhere} aria-label={t('stage.elsewhere')}>
      {elsewhere.map((call) => {
        const name = party(call.peer).name
        return (
          <div key={call.callKey} className={styles.elsewhereCall}>
            <MonitorSmartphone size={18} aria-hidden="true" />
            <span className={styles.elsewhereText}><bdi>{name}</bdi><small>{t('stage.elsewhere')}</small></span>
            <span className={`${styles.soft} number`}>{call.ringing ? t('call.ringingOut') : duration(now - call.startedAt)}</span>
          </div>
        )
      })}
    </section>
  )
}

import { Check, CircleAlert, LoaderCircle, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CheckName, CheckResult, Checks } from '../../adapters/preflight'
import { isPoor, type Way, type WayName } from '../../core/preflight/ways'
import styles from './Checklist.module.css'

const names: readonly CheckName[] = ['sound', 'microphone', 'path', 'notifications']
const wayNames: readonly WayName[] = ['udp', 'tcp', 'relay']

const icons: Record<CheckResult, ReactNode> = {
  waiting: <span className={styles.dot} />, running: <LoaderCircle size={18} className={styles.spin} />, good: <Check size={18} />, warning: <CircleAlert size={18} />, bad: <X size={18} />,
}

/** What a phone needs, how it stands, and what to do about it. */
export function Checklist({ checks }: { readonly checks: Checks }) {
  return (
    <ul className={styles.checks} aria-live="polite">
      {names.map((name) => <Row key={name} name={name} checks={checks} />)}
    </ul>
  )
}

function Row({ name, checks }: { readonly name: CheckName; readonly checks: Checks }) {
  const { t } = useTranslation()
  const result = checks[name]
  const said = advice(name, checks)
  return (
    <li className={styles.check} data-check={name} data-result={result}>
      <span aria-hidden="true">{icons[result]}</span>
      <div className={styles.what}>
        {t(`arm.${name}`)}<span className="visually-hidden">: {t(`arm.${result}`)}</span>
        {said !== null && <small>{t(said)}</small>}
        {name === 'microphone' && checks.level > 0 && <meter className={styles.meter} min={0} max={1} low={0.1} optimum={0.6} value={checks.level} aria-label={t('settings.level')} />}
        {name === 'path' && result !== 'waiting' && <WayList checks={checks} />}
      </div>
    </li>
  )
}

function advice(name: CheckName, { [name]: result, ways }: Checks) {
  if (result !== 'bad' && result !== 'warning') return null
  switch (name) {
    case 'sound':
      return 'arm.soundBad' as const
    case 'microphone':
      return result === 'bad' ? ('arm.microphoneBad' as const) : ('arm.microphoneSilent' as const)
    case 'path':
      if (result === 'bad') return 'arm.pathBad' as const
      return ways.udp.kind === 'open' ? ('arm.pathPoor' as const) : ('arm.pathDetour' as const)
    case 'notifications':
      return 'arm.notificationsWarning' as const
  }
}

/** Each way that was tried: open or not, how far and how lossy. */
function WayList({ checks: { ways } }: { readonly checks: Checks }) {
  const { t } = useTranslation()
  return (
    <dl className={styles.ways}>
      {wayNames.filter((name) => ways[name].kind !== 'untried').map((name) => (
        <div key={name} data-way={name} data-kind={ways[name].kind} data-poor={isPoor(ways[name])}>
          <dt>{t(`arm.ways.${name}`)}</dt>
          <dd><WayText way={ways[name]} /></dd>
        </div>
      ))}
    </dl>
  )
}

function WayText({ way }: { readonly way: Way }) {
  const { t } = useTranslation()
  if (way.kind !== 'open') return t(way.kind === 'blocked' ? 'arm.ways.blocked' : 'arm.running')
  return [
    t('arm.ways.open'),
    ...(way.roundTripMs === null ? [] : [t('arm.ways.roundTrip', { ms: way.roundTripMs })]),
    ...(way.lossPercent === null ? [] : [t('arm.ways.loss', { percent: way.lossPercent })]),
  ].join(' · ')
}

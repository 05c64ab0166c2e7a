import { ArrowRightLeft, Merge, MessageCircleQuestionMark, Phone, PhoneForwarded, Search, UserPlus } from 'lucide-react'
import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { isConnected, never, type Call } from '../../core/calls/call'
import { Avatar } from '../parts/Avatar'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { useParty } from '../people/useParty'
import { usePhone, useServices } from '../services'
import { useTargets, type Target } from './targets'
import styles from './Transfer.module.css'
import type { TransferWish } from './wish'

interface Props {
  readonly wish: TransferWish
  onClose(): void
}

/** Where to send the far side (XFR-01): somebody, a number, or another call; at once, or asked first. */
export default function TransferDialog({ wish, onClose }: Props) {
  const call = usePhone((state) => state.calls.find((other) => other.leg === wish.leg))
  // The call that is to be sent elsewhere is over: so is this.
  if (call === undefined || !isConnected(call)) return null
  return <Picker call={call} wish={wish} onClose={onClose} />
}

function Picker({ call, wish, onClose }: Props & { readonly call: Call }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const [query, setQuery] = useState(wish.number)
  const [at, setAt] = useState(0)
  const id = useId()
  const who = useParty(call.peer)
  const targets = useTargets(call.leg, query)
  const index = Math.min(at, targets.length - 1)
  const chosen = targets[index]
  const adds = wish.mode === 'add' || call.room !== null

  const act = chosen?.kind === 'call' ? (adds ? 'conference.merge' : 'transfer.connect') : adds ? 'conference.callIn' : 'transfer.now'

  function go(way: 'now' | 'ask'): void {
    if (chosen === undefined) return
    onClose()
    switch (chosen.kind) {
      case 'call':
        return adds ? phone.moves.merge(call.leg, chosen.call.leg) : phone.moves.connect(call.leg, chosen.call.leg)
      case 'person':
      case 'number': {
        if (way === 'ask') return void phone.consult(call.leg, chosen.number)
        const known = chosen.kind === 'person'
        const to = { number: chosen.number, name: known ? chosen.name : '', extension: known ? chosen.number : null }
        return adds ? phone.moves.callIn(call.leg, to) : phone.moves.transfer(call.leg, to)
      }
      default:
        return never(chosen)
    }
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') go(event.shiftKey ? 'ask' : 'now')
    else if (event.key === 'ArrowDown') setAt((index + 1) % Math.max(1, targets.length))
    else if (event.key === 'ArrowUp') setAt((index - 1 + targets.length) % Math.max(1, targets.length))
    else return
    event.preventDefault()
  }

  return (
    <Dialog open title={adds ? t('conference.addTitle') : t('transfer.title', { name: who.name })} onClose={onClose}>
      <div className={styles.find}>
        <Search size={18} aria-hidden="true" />
        <input
          role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.key}`} aria-label={t('transfer.to')} autoFocus
          placeholder={t('transfer.to')} value={query} onChange={(event) => { setQuery(event.target.value); setAt(0) }} onKeyDown={keyDown} autoComplete="off" spellCheck={false} dir="auto"
        />
      </div>
      <div id={id} className={styles.targets} role="listbox" aria-label={t('transfer.to')} tabIndex={-1}>
        {targets.map((target, position) => (
          <TargetRow key={target.key} id={`${id}-${target.key}`} target={target} chosen={position === index} onChoose={() => setAt(position)} onGo={() => { setAt(position); go('now') }} />
        ))}
      </div>
      {targets.length === 0 && <p className={styles.none} role="status">{t('transfer.none')}</p>}
      <footer className={styles.foot}>
        {chosen?.kind !== 'call' && (
          <Button icon={<MessageCircleQuestionMark size={18} />} disabled={chosen === undefined} onClick={() => go('ask')} aria-keyshortcuts="Shift+Enter">{t('transfer.ask')}</Button>
        )}
        <Button look="primary" icon={icons[act]} disabled={chosen === undefined} onClick={() => go('now')} aria-keyshortcuts="Enter">{t(act)}</Button>
        <p className={styles.keys} aria-hidden="true">{chosen?.kind !== 'call' && <><kbd>Shift</kbd> <kbd>Enter</kbd> {t('transfer.ask')} · </>}<kbd>Enter</kbd> {t(act)}</p>
      </footer>
    </Dialog>
  )
}

const icons = {
  'transfer.connect': <ArrowRightLeft size={18} />,
  'transfer.now': <PhoneForwarded size={18} className={styles.flip} />,
  'conference.callIn': <UserPlus size={18} />,
  'conference.merge': <Merge size={18} />,
} as const

interface RowProps {
  readonly id: string
  readonly target: Target
  readonly chosen: boolean
  onChoose(): void
  onGo(): void
}

function TargetRow({ id, target, chosen, onChoose, onGo }: RowProps) {
  const { t } = useTranslation()
  const presence = usePhone((state) => state.presence.get(target.number))
  const state = presence === undefined ? null : presence.doNotDisturb && presence.state !== 'offline' ? 'doNotDisturb' : presence.state
  return (
    <div
      id={id} role="option" aria-selected={chosen} className={styles.target} onClick={onChoose} onDoubleClick={onGo}
      ref={(element) => { if (chosen) element?.scrollIntoView({ block: 'nearest' }) }}
    >
      {target.kind === 'number' ? <span className={styles.typed}><Phone size={18} aria-hidden="true" /></span> : <Avatar name={target.name} size="s" presence={presence} />}
      <span className={styles.targetText}>
        <bdi>{target.name}</bdi>
        <small>{target.kind === 'call' ? t('transfer.otherCall') : target.kind === 'number' ? t('transfer.typed') : state === null ? '' : t(`presence.${state}`)}</small>
      </span>
      {target.name !== target.number && <bdi className={`${styles.soft} number`}>{target.number}</bdi>}
    </div>
  )
}

import { ChevronDown, ChevronUp, Plus, Trash2 } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { hubLimits, type KeySetting, type PhoneKeyKind } from '../../hub/contracts.gen'
import { dialable } from '../../core/people/numbers'
import { Button, IconButton } from '../parts/Button'
import { Choice } from '../parts/Choice'
import { Field } from '../parts/Field'
import { usePhone, useServices, useStore } from '../services'
import { useKeyName } from './KeyButton'
import styles from './Keys.module.css'

const kinds: readonly PhoneKeyKind[] = ['person', 'number', 'slot', 'conference']

/** The order of the keys, and new ones: by dragging or by the arrows. */
export default function KeyEditor({ keys }: { readonly keys: readonly KeySetting[] }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const name = useKeyName()
  const [taken, setTaken] = useState<number | null>(null)

  function move(from: number, to: number): void {
    const key = keys[from]
    if (key === undefined || to < 0 || to >= keys.length || from === to) return
    const others = keys.filter((_, at) => at !== from)
    phone.places.setKeys([...others.slice(0, to), key, ...others.slice(to)])
  }

  return (
    <>
      <ol className={styles.order}>
        {keys.map((key, at) => (
          <li
            key={`${key.kind} ${key.target} ${at}`} className={styles.row} draggable data-taken={taken === at}
            onDragStart={() => setTaken(at)} onDragEnd={() => setTaken(null)} onDragOver={(event) => taken !== null && event.preventDefault()} onDrop={() => taken !== null && move(taken, at)}
          >
            <span className={styles.rowText}><bdi>{name(key)}</bdi><small>{t(`keys.kinds.${key.kind}`)}</small></span>
            <IconButton label={t('keys.up', { name: name(key) })} disabled={at === 0} onClick={() => move(at, at - 1)}><ChevronUp size={18} /></IconButton>
            <IconButton label={t('keys.down', { name: name(key) })} disabled={at === keys.length - 1} onClick={() => move(at, at + 1)}><ChevronDown size={18} /></IconButton>
            <IconButton label={t('keys.remove', { name: name(key) })} onClick={() => phone.places.setKeys(keys.filter((_, other) => other !== at))}><Trash2 size={18} /></IconButton>
          </li>
        ))}
      </ol>
      {keys.length < hubLimits.keys && <NewKey onAdd={(key) => phone.places.setKeys([...keys, key])} />}
    </>
  )
}

function NewKey({ onAdd }: { onAdd(key: KeySetting): void }) {
  const { t } = useTranslation()
  const { people } = useServices()
  const directory = useStore(people.directory)
  const board = usePhone((state) => state.parkBoard)
  const [kind, setKind] = useState<PhoneKeyKind>('person')
  const [target, setTarget] = useState('')
  const [label, setLabel] = useState('')
  const choices = kind === 'person'
    ? directory.items.map((person) => ({ value: person.number, label: `${person.name} (${person.number})` }))
    : (board?.slots ?? []).map(({ slot }) => ({ value: slot, label: slot }))
  const chosen = kind === 'number' ? dialable(target) : kind === 'conference' ? '' : target
  const whole = kind === 'conference' || chosen !== ''

  function add(event: SubmitEvent): void {
    event.preventDefault()
    if (!whole) return
    onAdd({ kind, target: chosen, label: label.trim().slice(0, hubLimits.keyLabelLength) })
    setTarget('')
    setLabel('')
  }

  return (
    <form className={styles.form} onSubmit={add} aria-label={t('keys.add')}>
      <Choice label={t('keys.kind')} value={kind} options={kinds.map((value) => ({ value, label: t(`keys.kinds.${value}`) }))} onChange={(value) => { setKind(value as PhoneKeyKind); setTarget('') }} />
      {(kind === 'person' || kind === 'slot') && <Choice label={t(`keys.kinds.${kind}`)} value={target} options={choices} onChange={setTarget} />}
      {kind === 'number' && <Field label={t('dialer.label')} value={target} onChange={(event) => setTarget(event.target.value)} inputMode="tel" autoComplete="off" maxLength={hubLimits.numberLength} dir="auto" />}
      <Field label={t('keys.label')} value={label} onChange={(event) => setLabel(event.target.value)} maxLength={hubLimits.keyLabelLength} autoComplete="off" dir="auto" />
      <Button type="submit" look="primary" icon={<Plus size={18} />} disabled={!whole}>{t('keys.add')}</Button>
    </form>
  )
}

import { Switch as Base } from '@base-ui/react/switch'
import { useId } from 'react'
import styles from './Switch.module.css'

interface Props {
  readonly label: string
  readonly hint?: string | undefined
  readonly checked: boolean
  readonly disabled?: boolean
  onChange(on: boolean): void
}

export function SwitchRow({ label, hint, checked, disabled = false, onChange }: Props) {
  const id = useId()
  return (
    <div className={styles.row}>
      <div>
        <label id={`${id}-label`} htmlFor={id} className={styles.label}>{label}</label>
        {hint !== undefined && <p id={`${id}-hint`} className={styles.hint}>{hint}</p>}
      </div>
      <Base.Root
        id={id}
        className={styles.track}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
    </div>
  )
}

import type { InputHTMLAttributes, ReactNode, Ref } from 'react'
import { useId } from 'react'
import styles from './Field.module.css'

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  readonly label: string
  readonly hideLabel?: boolean
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly before?: ReactNode
  readonly after?: ReactNode
  readonly inputRef?: Ref<HTMLInputElement>
}

export function Field({ label, hideLabel = false, hint, error, before, after, inputRef, className, ...rest }: Props) {
  const id = useId()
  const said = error ?? hint
  return (
    <div className={`${styles.field} ${className ?? ''}`}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>{label}</label>
      <div className={styles.box}>
        {before !== undefined && <span className={styles.before} aria-hidden="true">{before}</span>}
        <input id={id} ref={inputRef} className={styles.input} aria-invalid={error !== undefined} aria-describedby={said === undefined ? undefined : `${id}-said`} {...rest} />
        {after}
      </div>
      {said !== undefined && <p id={`${id}-said`} className={error === undefined ? styles.hint : styles.error}>{said}</p>}
    </div>
  )
}

import styles from './Dialer.module.css'

const keys = [
  ['1', ''], ['2', 'ABC'], ['3', 'DEF'],
  ['4', 'GHI'], ['5', 'JKL'], ['6', 'MNO'],
  ['7', 'PQRS'], ['8', 'TUV'], ['9', 'WXYZ'],
  ['*', ''], ['0', '+'], ['#', ''],
] as const

interface Props {
  readonly small?: boolean
  onKey(digit: string): void
}

export function Keypad({ small = false, onKey }: Props) {
  return (
    <div className={styles.keypad} data-small={small} dir="ltr">
      {keys.map(([digit, letters]) => (
        <button key={digit} type="button" className={styles.key} onClick={() => onKey(digit)}>
          <span>{digit}</span>
          {!small && <small>{letters}</small>}
        </button>
      ))}
    </div>
  )
}

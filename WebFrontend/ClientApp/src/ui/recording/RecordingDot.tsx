import styles from './Recording.module.css'

/** The red dot: it beats while something is recorded. */
export function RecordingDot({ on }: { readonly on: boolean }) {
  return <span className={styles.dot} data-on={on} aria-hidden="true" />
}

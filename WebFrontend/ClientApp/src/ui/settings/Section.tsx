import { useId, type ReactNode } from 'react'
import styles from './Settings.module.css'

export function Section({ title, icon, children }: { readonly title: string; readonly icon: ReactNode; readonly children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.head}><span aria-hidden="true">{icon}</span><h2 id={id}>{title}</h2></header>
      <div className={styles.body}>{children}</div>
    </section>
  )
}

import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'primary' | 'go' | 'stop' | 'quiet'
  readonly icon?: ReactNode
  readonly wide?: boolean
}

export function Button({ look = 'plain', icon, wide = false, children, className, type = 'button', ...rest }: Props) {
  const classes = [styles.button, styles[look], wide ? styles.wide : '', className ?? ''].join(' ')
  return (
    <button type={type} className={classes} {...rest}>
      {icon}
      <span>{children}</span>
    </button>
  )
}

interface IconProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly label: string
  readonly pressed?: boolean
}

/** A button that shows an icon only: its label is its name and its tip. */
export function IconButton({ label, pressed, children, className, type = 'button', ...rest }: IconProps) {
  return (
    <button type={type} className={`${styles.icon} ${className ?? ''}`} aria-label={label} title={label} aria-pressed={pressed} {...rest}>
      {children}
    </button>
  )
}

import { UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PresenceEntry } from '../../hub/contracts.gen'
import styles from './Avatar.module.css'

interface Props {
  readonly name: string
  readonly size?: 's' | 'm' | 'l'
  readonly presence?: PresenceEntry | undefined
  readonly known?: boolean
}

const tints = 6

/** Initials on a colour that stays with the name, and the presence dot. */
export function Avatar({ name, size = 'm', presence, known = true }: Props) {
  const initials = initialsOf(name)
  return (
    <span className={`${styles.avatar} ${styles[size]} ${styles[`tint${tintOf(name)}`]}`}>
      <span aria-hidden="true">{known && initials !== '' ? initials : <UserRound size="50%" />}</span>
      {presence !== undefined && <PresenceDot presence={presence} />}
    </span>
  )
}

export function PresenceDot({ presence }: { readonly presence: PresenceEntry }) {
  const { t } = useTranslation()
  const state = presence.doNotDisturb && presence.state !== 'offline' ? 'doNotDisturb' : presence.state
  return (
    <span className={`${styles.dot} ${styles[state]}`}>
      <span className="visually-hidden">{t(`presence.${state}`)}</span>
    </span>
  )
}

function initialsOf(name: string): string {
  const words = name.split(/[\s.]+/).filter((word) => /^\p{L}/u.test(word))
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return letters.map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 32)).join('').toUpperCase()
}

const tintOf = (name: string): number => Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7) % tints

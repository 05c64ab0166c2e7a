/** What the phone does now, as far as a key's meaning depends on it. */
export type KeyContext = 'idle' | 'ringing' | 'onCall'

export interface KeyPress {
  readonly key: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly meta: boolean
  readonly repeat: boolean
  /** The focus is in a field other than the dialler's, or in a dialog. */
  readonly typing: boolean
  /** The focus is on something that Enter and the space bar press. */
  readonly onControl: boolean
}

export type KeyAction =
  | { readonly kind: 'type'; readonly digit: string }
  | { readonly kind: 'call' }
  | { readonly kind: 'erase' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'decline' }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'hangUp' }
  | { readonly kind: 'mute' }
  | { readonly kind: 'hold' }
  /** Opens the transfer of a call, completes the one that is asked for. */
  | { readonly kind: 'transfer' }
  /** Parks the far side of a call. */
  | { readonly kind: 'park' }
  /** Makes a conference of a call and the one that asks for it. */
  | { readonly kind: 'merge' }
  /** Starts or stops the recording of a call, or pauses it. */
  | { readonly kind: 'record' }
  | { readonly kind: 'search' }
  | { readonly kind: 'help' }

const digit = /^[0-9*#]$/

/** The key table (KEY-01 to KEY-10), Ctrl+K and `?`; null where a key keeps its usual meaning. */
export function keyAction(press: KeyPress, context: KeyContext): KeyAction | null {
  if ((press.ctrl || press.meta) && !press.alt && press.key.toLowerCase() === 'k') return { kind: 'search' }
  if (press.ctrl || press.alt || press.meta || press.typing) return null
  if (press.key === '?') return { kind: 'help' }
  // A key that is kept down types digits, and does nothing else twice.
  if (press.repeat && !digit.test(press.key) && press.key !== 'Backspace') return null
  switch (context) {
    case 'idle':
      return idle(press)
    case 'ringing':
      return ringing(press)
    case 'onCall':
      return onCall(press)
  }
}

function idle(press: KeyPress): KeyAction | null {
  if (digit.test(press.key) || press.key === '+') return { kind: 'type', digit: press.key }
  if (press.key === 'Enter') return press.onControl ? null : { kind: 'call' }
  return press.key === 'Backspace' ? { kind: 'erase' } : null
}

function ringing(press: KeyPress): KeyAction | null {
  if (press.key === 'Enter') return press.onControl ? null : { kind: 'answer' }
  return press.key === 'Escape' ? { kind: 'decline' } : null
}

function onCall(press: KeyPress): KeyAction | null {
  if (digit.test(press.key)) return { kind: 'digit', digit: press.key }
  switch (press.key.toLowerCase()) {
    case 'escape':
      return { kind: 'hangUp' }
    case 'm':
      return { kind: 'mute' }
    case 'h':
      return { kind: 'hold' }
    case 't':
      return { kind: 'transfer' }
    case 'p':
      return { kind: 'park' }
    case 'r':
      return { kind: 'record' }
    case 'c':
      return { kind: 'merge' }
    default:
      return null
  }
}

import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { player } from '../adapters/player'
import { focused, ringing } from '../core/calls/callList'
import { isConnected, isHeldByMe, isUnderWay, never } from '../core/calls/call'
import { keyAction, type KeyAction, type KeyContext } from '../core/keys/keymap'
import { dialable } from '../core/people/numbers'
import { dialFieldId, dialled } from './phone/Dialer'
import { useServices } from './services'
import { wishTransfer } from './transfer/wish'
import { anySlot, canPark } from './park/park'
import { useDial } from './useDial'

interface Handlers {
  search(): void
  help(): void
}

/** The keyboard table of the whole page, and numbers pasted anywhere. */
export function useKeyboard({ search, help }: Handlers): void {
  const { phone } = useServices()
  const { dial, obstacle } = useDial()
  const [, go] = useLocation()
  useEffect(() => {
    function act(action: KeyAction): void {
      const { calls, chosen } = phone.state.get()
      const focus = focused(calls, chosen)
      const ring = ringing(calls)
      switch (action.kind) {
        case 'search':
          return search()
        case 'help':
          return help()
        case 'type':
          go('/webphone')
          dialled.update((before) => before + action.digit)
          document.getElementById(dialFieldId)?.focus()
          return
        case 'erase':
          return dialled.update((before) => before.slice(0, -1))
        case 'call': {
          const number = dialled.get()
          if (number.trim() === '' || obstacle !== null) return
          dialled.set('')
          void dial(number)
          return
        }
        case 'answer':
          if (ring !== null) void phone.answer(ring.leg)
          return
        case 'decline':
          if (ring !== null) phone.hangUp(ring.leg)
          return
        case 'digit':
          if (focus === null) return
          player.key(action.digit)
          void phone.sendDigits(focus.leg, action.digit)
          return
        case 'hangUp':
          if (focus !== null) phone.hangUp(focus.leg)
          return
        case 'mute':
          if (focus !== null) phone.mute(focus.leg, !focus.muted)
          return
        case 'hold':
          if (focus !== null) phone.hold(focus.leg, !isHeldByMe(focus))
          return
        case 'transfer':
          if (focus === null) return
          if (focus.consults !== null && calls.some((call) => call.leg === focus.consults && call.room === null)) phone.moves.complete(focus.leg)
          else if (isConnected(focus) && !isUnderWay(focus)) wishTransfer(focus.leg)
          return
        case 'park':
          if (focus !== null && canPark(focus)) phone.moves.park(focus.leg, anySlot)
          return
        case 'record':
          if (focus !== null) phone.recordings.toggle(focus.leg)
          return
        case 'merge':
          if (focus?.consults != null && isConnected(focus)) phone.moves.merge(focus.consults, focus.leg)
          return
        default:
          return never(action)
      }
    }

    function keyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing) return
      const { calls, chosen } = phone.state.get()
      const context: KeyContext = ringing(calls) !== null ? 'ringing' : focused(calls, chosen) !== null ? 'onCall' : 'idle'
      const target = event.target instanceof Element ? event.target : null
      const inDialer = target?.id === dialFieldId
      // The dialler's own field is where digits go anyway; what matters on a call or a ring still does.
      if (inDialer && (context === 'idle' || dialled.get() !== '') && !event.ctrlKey && !event.metaKey && event.key !== 'Escape') return
      const action = keyAction(
        {
          key: event.key, ctrl: event.ctrlKey, alt: event.altKey, meta: event.metaKey, repeat: event.repeat,
          typing: !inDialer && target !== null && target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"]') !== null,
          onControl: target !== null && target.closest('button, a, [role="tab"]') !== null,
        },
        context,
      )
      if (action === null) return
      event.preventDefault()
      act(action)
    }

    function paste(event: ClipboardEvent): void {
      const target = event.target instanceof Element ? event.target : null
      if (target?.closest('input, textarea, [contenteditable], [role="dialog"]') != null) return
      const number = dialable(event.clipboardData?.getData('text') ?? '')
      if (number === '') return
      event.preventDefault()
      go('/webphone')
      dialled.set(number)
    }

    document.addEventListener('keydown', keyDown)
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('keydown', keyDown)
      document.removeEventListener('paste', paste)
    }
  }, [phone, dial, obstacle, go, search, help])
}

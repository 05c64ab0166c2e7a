import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { dialable } from '../core/people/numbers'
import { statusWord } from '../core/phone/state'
import { useCallerId } from './phone/CallerId'
import { useHasPhone, usePhone, useServices } from './services'

export type DialObstacle = 'notActivated' | 'needConnection' | 'needPhone' | 'needTab' | null

/** Placing calls from anywhere, and what keeps from it now. */
export function useDial(): { readonly dial: (number: string) => Promise<void>; readonly obstacle: DialObstacle } {
  const { phone } = useServices()
  const [, go] = useLocation()
  const callerId = useCallerId()
  const hasPhone = useHasPhone()
  const obstacle = usePhone<DialObstacle>((state) => {
    if (!hasPhone) return 'notActivated'
    if (state.holdsPhone && state.connection.kind === 'attached') return null
    const word = statusWord(state)
    return word === 'notArmed' ? 'needPhone' : word === 'otherTab' || word === 'inCall' ? 'needTab' : 'needConnection'
  })
  const dial = useCallback(
    async (number: string) => {
      if (obstacle === 'notActivated') return
      go('/webphone')
      if (obstacle === null) await phone.dial(dialable(number), callerId)
    },
    [phone, go, obstacle, callerId],
  )
  return { dial, obstacle }
}

import type { Call } from '../../core/calls/call'
import { isConnected, isUnderWay } from '../../core/calls/call'

/** The lowest slot that is free: the server finds it. */
export const anySlot = '*68'

/** The far side of a call of two can wait in a slot. */
export const canPark = (call: Call): boolean => isConnected(call) && !isUnderWay(call) && call.room === null

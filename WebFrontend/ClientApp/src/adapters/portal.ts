import { Store } from '../core/store'

const lock = 'webphone.portal'

/** A reload lets go of the lock for a moment: only a portal that stays away is gone. */
const graceMs = 2_000

/** For a popup: no tab of the portal is open any more. */
export const portalsGone = new Store(false)

/** A tab of the portal says that it is there for as long as it is. */
export function standAsPortal(): void {
  if ('locks' in navigator) void navigator.locks.request(lock, { mode: 'shared' }, () => new Promise(() => undefined))
}

/** A popup watches whether any portal is there. */
export function watchPortals(): void {
  if (!('locks' in navigator)) return
  let missingSince: number | null = null
  setInterval(() => {
    void navigator.locks.request(lock, { ifAvailable: true }, (free) => {
      missingSince = free === null ? null : (missingSince ?? Date.now())
      portalsGone.set(missingSince !== null && Date.now() - missingSince >= graceMs)
    })
  }, 1_000)
}

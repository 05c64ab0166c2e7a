import type { KeySetting, PresenceEntry } from '../../hub/contracts.gen'
import type { PhoneState } from '../../core/phone/state'

/** What a key shows. */
export type Lamp = 'off' | 'free' | 'ringing' | 'busy' | 'held' | 'away' | 'parked'

/** Whom the lamp of a key watches; null for one without a lamp. The lamp of a user's conference has a name of its own. */
export const watchedBy = (key: KeySetting, me: string): string | null => (key.kind === 'person' ? key.target : key.kind === 'conference' ? `*38${me}` : null)

export function lampOf(key: KeySetting, { presence, parkBoard, conferences, me }: Pick<PhoneState, 'presence' | 'parkBoard' | 'conferences' | 'me'>): Lamp {
  switch (key.kind) {
    case 'number':
      return 'off'
    case 'person':
      return ofPerson(presence.get(key.target))
    case 'slot':
      return parkBoard?.slots.some((slot) => slot.slot === key.target && slot.who !== null) === true ? 'parked' : 'off'
    case 'conference': {
      const on = [...conferences.values()].some(({ host }) => host === me?.extension) || (presence.get(`*38${me?.extension ?? ''}`)?.calls ?? 0) > 0
      return on ? 'busy' : 'off'
    }
  }
}

function ofPerson(entry: PresenceEntry | undefined): Lamp {
  if (entry === undefined || entry.state === 'offline') return 'off'
  if (entry.state === 'ringing') return 'ringing'
  if (entry.state === 'onCall') return 'busy'
  if (entry.state === 'held') return 'held'
  return entry.doNotDisturb || entry.state === 'doNotDisturb' ? 'away' : 'free'
}

import type { KeySetting, PresenceEntry } from '../../hub/contracts.gen'
import type { PhoneState } from '../../core/phone/state'

/** What a key shows. */
export type Lamp = 'off' | 'free' | 'ringing' | 'busy' | 'held' | 'away' | 'parked'

/** Whose presence the lamp of a key shows; null for one that shows something else. */
export const watchedBy = (key: KeySetting): string | null => (key.kind === 'person' ? key.target : null)

export function lampOf(key: KeySetting, { presence, parkBoard, myConference }: Pick<PhoneState, 'presence' | 'parkBoard' | 'myConference'>): Lamp {
  switch (key.kind) {
    case 'number':
      return 'off'
    case 'person':
      return ofPerson(presence.get(key.target))
    case 'slot':
      return parkBoard?.slots.some((slot) => slot.slot === key.target && slot.who !== null) === true ? 'parked' : 'off'
    case 'conference':
      return (myConference?.members ?? 0) > 0 ? 'busy' : 'off'
  }
}

function ofPerson(entry: PresenceEntry | undefined): Lamp {
  if (entry === undefined || entry.state === 'offline') return 'off'
  if (entry.state === 'ringing') return 'ringing'
  if (entry.state === 'onCall') return 'busy'
  if (entry.state === 'held') return 'held'
  return entry.doNotDisturb || entry.state === 'doNotDisturb' ? 'away' : 'free'
}

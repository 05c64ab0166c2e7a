import type { MyDevice } from '../../hub/contracts.gen'

const browsers = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']] as const
const systems = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']] as const

/** What people call a device: the browser and its system, or the make of a phone; empty where it does not say. */
export function deviceName({ sessionId, userAgent }: MyDevice): string {
  const told = (names: readonly (readonly [mark: string, name: string])[]): string => names.find(([mark]) => userAgent.includes(mark))?.[1] ?? ''
  if (sessionId === null) return userAgent.split('/')[0]?.trim() ?? ''
  return [told(browsers), told(systems)].filter((part) => part !== '').join(' · ')
}

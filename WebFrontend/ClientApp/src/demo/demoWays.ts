import type { TryWays } from '../adapters/pathProbe'
import { untried, type Ways } from '../core/preflight/ways'

const open: Ways = { udp: { kind: 'open', roundTripMs: 18, lossPercent: 0 }, tcp: { kind: 'open', roundTripMs: 21, lossPercent: 0 }, relay: { kind: 'open', roundTripMs: 34, lossPercent: 1 } }
const blocked: Ways = { udp: { kind: 'blocked' }, tcp: { kind: 'blocked' }, relay: { kind: 'untried' } }

/** The ways to a server in memory: as the scene has them. */
export const demoWays = (scene: string): TryWays => async (_, told) => {
  told({ ...untried, udp: { kind: 'trying' } })
  const ways = scene === 'selfCheckBlocked' ? blocked : open
  await Promise.resolve()
  told(ways)
  return ways
}

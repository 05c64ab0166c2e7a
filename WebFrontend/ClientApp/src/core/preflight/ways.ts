/** The ways that sound can take to the server: the usual one, the one for networks that block it, and the one through a relay. */
export type WayName = 'udp' | 'tcp' | 'relay'

export type Way =
  | { readonly kind: 'untried' }
  | { readonly kind: 'trying' }
  | { readonly kind: 'blocked' }
  /** Sound went there and back; what could not be measured is null. */
  | { readonly kind: 'open'; readonly roundTripMs: number | null; readonly lossPercent: number | null }

export type Ways = Readonly<Record<WayName, Way>>

export const untried: Ways = { udp: { kind: 'untried' }, tcp: { kind: 'untried' }, relay: { kind: 'untried' } }

/** Above these people notice. */
const slowMs = 300
const lossyPercent = 3

/** A packet more or less at the edges of the measurement means nothing. */
const edgePackets = 1

/** Good: calls will sound as they should. Warning: they work, but not as well as they could. Bad: nobody would hear anybody. */
export function verdict(ways: Ways): 'good' | 'warning' | 'bad' {
  const open = [ways.udp, ways.tcp, ways.relay].filter((way) => way.kind === 'open')
  if (open.length === 0) return 'bad'
  return ways.udp.kind === 'open' && !isPoor(ways.udp) ? 'good' : 'warning'
}

export function isPoor(way: Way): boolean {
  return way.kind === 'open' && ((way.roundTripMs ?? 0) > slowMs || (way.lossPercent ?? 0) > lossyPercent)
}

/** What of the packets sent in a while did not come back in a while just as long. */
export function lossPercent(sent: number, received: number): number | null {
  if (sent <= 0) return null
  const lost = sent - received
  return lost <= edgePackets ? 0 : Math.round((100 * lost) / sent)
}

/** An answer that names only the server's candidates of one transport. */
export function withOnly(transport: 'udp' | 'tcp', answer: string): string {
  return answer
    .split(/(?<=\n)/)
    .filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2]?.toLowerCase() === transport)
    .join('')
}

import type { IceServer } from '../hub/contracts.gen'
import type { Phone } from '../core/phone/phone'
import type { Chance } from '../core/phone/ports'
import { lossPercent, untried, withOnly, type Way, type WayName, type Ways } from '../core/preflight/ways'
import { toRtc } from './soundEngine'

/** A way that takes longer to open is as good as none. */
const openMs = 8_000

/** How long sound goes there and back to be measured. */
const measureMs = 1_500

/** Packets that are still on their way back when measuring ends. */
const drainMs = 300

/** Tries all ways at once with the sound of a track, or without; tells how they stand. */
export type TryWays = (track: MediaStreamTrack | null, told: (ways: Ways) => void) => Promise<Ways>

const isRelay = ({ urls }: IceServer): boolean => urls.some((url) => url.startsWith('turn'))

export const waysOf = (phone: Phone, chance: Chance): TryWays => async (track, told) => {
  const servers = phone.iceServers
  const hasRelay = servers.some(isRelay)
  const names: readonly WayName[] = hasRelay ? ['udp', 'tcp', 'relay'] : ['udp', 'tcp']
  let ways = untried
  const set = (name: WayName, way: Way): void => {
    ways = { ...ways, [name]: way }
    told(ways)
  }
  const answer = async (name: string, offer: string): Promise<string | null> => (await phone.probe(name, offer).catch(() => null))?.answer ?? null
  await Promise.all(names.map(async (name) => {
    set(name, { kind: 'trying' })
    set(name, await probe(name, { name: chance.id(), servers: name === 'relay' ? servers : servers.filter((server) => !isRelay(server)), track, answer, end: (probed) => phone.endProbe(probed) }))
  }))
  return ways
}

interface ProbePorts {
  readonly name: string
  readonly servers: readonly IceServer[]
  /** What is sent; without it only the way is tried. */
  readonly track: MediaStreamTrack | null
  /** The server's answer to an offer; null when it gives none. */
  answer(name: string, offer: string): Promise<string | null>
  end(name: string): void
}

/** Sends sound to the server by one way only, and looks what comes back. */
async function probe(way: WayName, { name, servers, track, answer, end }: ProbePorts): Promise<Way> {
  const peer = new RTCPeerConnection({
    iceServers: servers.map(toRtc), iceTransportPolicy: way === 'relay' ? 'relay' : 'all', bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require',
  })
  try {
    peer.addTransceiver(track ?? 'audio', { direction: 'sendrecv' })
    await peer.setLocalDescription()
    const sdp = await answer(name, peer.localDescription?.sdp ?? '')
    if (sdp === null) return { kind: 'blocked' }
    const opened = isOpen(peer)
    await peer.setRemoteDescription({ type: 'answer', sdp: withOnly(way === 'tcp' ? 'tcp' : 'udp', sdp) })
    return (await opened) ? { kind: 'open', ...(await measure(peer, track !== null)) } : { kind: 'blocked' }
  } catch {
    return { kind: 'blocked' }
  } finally {
    peer.close()
    end(name)
  }
}

function isOpen(peer: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), openMs)
    peer.addEventListener('connectionstatechange', () => {
      const { connectionState } = peer
      if (connectionState !== 'connected' && connectionState !== 'failed' && connectionState !== 'closed') return
      clearTimeout(limit)
      resolve(connectionState === 'connected')
    })
  })
}

async function measure(peer: RTCPeerConnection, sends: boolean): Promise<{ readonly roundTripMs: number | null; readonly lossPercent: number | null }> {
  if (!sends) return { roundTripMs: (await counts(peer)).roundTripMs, lossPercent: null }
  const sentBefore = (await counts(peer)).sent
  await time(drainMs)
  const receivedBefore = (await counts(peer)).received
  await time(measureMs - drainMs)
  const sentAfter = (await counts(peer)).sent
  await time(drainMs)
  const last = await counts(peer)
  return { roundTripMs: last.roundTripMs, lossPercent: lossPercent(sentAfter - sentBefore, last.received - receivedBefore) }
}

async function counts(peer: RTCPeerConnection): Promise<{ readonly sent: number; readonly received: number; readonly roundTripMs: number | null }> {
  let [sent, received, roundTripMs]: [number, number, number | null] = [0, 0, null]
  for (const entry of (await peer.getStats() as unknown as Map<string, Record<string, unknown>>).values()) {
    if (entry['type'] === 'outbound-rtp') sent += Number(entry['packetsSent'] ?? 0)
    else if (entry['type'] === 'inbound-rtp') received += Number(entry['packetsReceived'] ?? 0)
    else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true && typeof entry['currentRoundTripTime'] === 'number') roundTripMs = Math.round(entry['currentRoundTripTime'] * 1_000)
  }
  return { sent, received, roundTripMs }
}

const time = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

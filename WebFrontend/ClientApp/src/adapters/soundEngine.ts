import type { IceServer } from '../hub/contracts.gen'
import type { Sound } from '../core/calls/call'
import type { SoundEngine, SoundPath } from '../core/phone/ports'
import { audio, openMicrophone, outputId } from './microphone'

/** A short hole in the path mends itself more often than not. */
const holeMs = 1_500

/** A way that broke would have said so by then. */
const keptMs = 1_500

/** Sound by WebRTC: one peer connection a leg, the browser offers, the server answers with all of its candidates. */
export function openSoundEngine(playBlocked: () => void): SoundEngine {
  return { open: (_leg, servers, changed) => new PeerPath(servers, changed, playBlocked) }
}

class PeerPath implements SoundPath {
  readonly #peer: RTCPeerConnection
  readonly #speaker = new Audio()
  readonly #changed: (sound: Sound) => void
  readonly #playBlocked: () => void
  #microphone: MediaStream | null = null
  #sender: RTCRtpSender | null = null
  #muted = false
  #closed = false
  #hole: ReturnType<typeof setTimeout> | undefined
  #kept: ReturnType<typeof setTimeout> | undefined
  #used: string
  readonly #unsubscribe: () => void

  constructor(servers: readonly IceServer[], changed: (sound: Sound) => void, playBlocked: () => void) {
    this.#changed = changed
    this.#playBlocked = playBlocked
    this.#peer = new RTCPeerConnection({ iceServers: servers.map(toRtc), bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' })
    this.#peer.addEventListener('connectionstatechange', () => this.#stateChanged())
    this.#peer.addEventListener('track', (event) => this.#play(event))
    this.#used = inputKey()
    this.#unsubscribe = audio.subscribe(() => void this.#devicesChanged())
  }

  async offer(restart: boolean): Promise<string> {
    if (this.#sender === null) await this.#listen()
    if (this.#peer.signalingState === 'have-local-offer') await this.#peer.setLocalDescription({ type: 'rollback' })
    await this.#peer.setLocalDescription(await this.#peer.createOffer({ iceRestart: restart }))
    return this.#peer.localDescription?.sdp ?? ''
  }

  async accept(answer: string): Promise<void> {
    if (this.#closed) return
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer })
    // A way that stayed as it was during a restart has nothing to announce.
    clearTimeout(this.#kept)
    this.#kept = setTimeout(() => this.#stateChanged(), keptMs)
  }

  setMuted(on: boolean): void {
    this.#muted = on
    this.#microphone?.getAudioTracks().forEach((track) => (track.enabled = !on))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#hole)
    clearTimeout(this.#kept)
    this.#unsubscribe()
    this.#peer.close()
    this.#silence()
    this.#speaker.srcObject = null
  }

  async #listen(): Promise<void> {
    const track = await this.#openTrack()
    const stream = this.#microphone
    if (track === null || stream === null) return
    this.#sender = this.#peer.addTransceiver(track, { direction: 'sendrecv', streams: [stream] }).sender
  }

  async #openTrack(): Promise<MediaStreamTrack | null> {
    const stream = await openMicrophone()
    if (this.#closed) {
      stream.getTracks().forEach((track) => track.stop())
      return null
    }
    this.#silence()
    this.#microphone = stream
    this.setMuted(this.#muted)
    const track = stream.getAudioTracks()[0] ?? null
    // An unplugged microphone ends its track: the next best one goes on.
    track?.addEventListener('ended', () => void this.#replace())
    return track
  }

  #silence(): void {
    this.#microphone?.getTracks().forEach((track) => track.stop())
    this.#microphone = null
  }

  async #devicesChanged(): Promise<void> {
    void this.#toSpeaker()
    if (this.#used === inputKey() || this.#sender === null) return
    this.#used = inputKey()
    await this.#replace()
  }

  async #replace(): Promise<void> {
    if (this.#closed || this.#sender === null) return
    try {
      const track = await this.#openTrack()
      if (track !== null) await this.#sender.replaceTrack(track)
    } catch {
      // Without any microphone the call goes on, heard and not speaking, until one is plugged in or chosen.
    }
  }

  #play(event: RTCTrackEvent): void {
    this.#speaker.srcObject = event.streams[0] ?? new MediaStream([event.track])
    void this.#toSpeaker()
    this.#speaker.play().catch(() => this.#playBlocked())
  }

  async #toSpeaker(): Promise<void> {
    if (!('setSinkId' in this.#speaker)) return
    const id = outputId('speaker')
    if (this.#speaker.sinkId !== id) await this.#speaker.setSinkId(id).catch(() => undefined)
  }

  #stateChanged(): void {
    clearTimeout(this.#hole)
    switch (this.#peer.connectionState) {
      case 'connected':
        this.#changed('flowing')
        break
      case 'disconnected':
        this.#hole = setTimeout(() => this.#changed('lost'), holeMs)
        break
      case 'failed':
        this.#changed('lost')
        break
      default:
        break
    }
  }
}

function inputKey(): string {
  const { choice, inputs } = audio.get()
  const chosen = inputs.some((device) => device.deviceId === choice.microphone) ? choice.microphone : ''
  return [chosen, choice.echoCancellation, choice.noiseSuppression, choice.autoGain].join('|')
}

export function toRtc(server: IceServer): RTCIceServer {
  return {
    urls: [...server.urls],
    ...(server.username === null ? {} : { username: server.username }),
    ...(server.credential === null ? {} : { credential: server.credential }),
  }
}

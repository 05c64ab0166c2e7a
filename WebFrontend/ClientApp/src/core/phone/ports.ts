import type { IceServer, PhoneClient, PhoneHub } from '../../hub/contracts.gen'
import type { Sound } from '../calls/call'

/** The transport failed: nobody knows whether the command arrived. It is repeated when there is a connection again. */
export class HubGone extends Error {
  constructor() {
    super('the connection to the server is gone')
    this.name = 'HubGone'
  }
}

/** The server does not know this browser's sign-in (any more). */
export class NotSignedIn extends Error {
  constructor() {
    super('not signed in')
    this.name = 'NotSignedIn'
  }
}

/** The browser gives no microphone. */
export class MicrophoneRefused extends Error {
  constructor(readonly reason: 'denied' | 'missing' | 'busy') {
    super(`microphone: ${reason}`)
    this.name = 'MicrophoneRefused'
  }
}

/** One connection to the hub; a new one is made for every attempt. Commands fail with {@link HubGone} or with the server's refusal. */
export interface HubConnection extends PhoneHub {
  /** Fails with {@link NotSignedIn} or {@link HubGone}. */
  start(): Promise<void>
  stop(): void
}

export interface HubEvents extends PhoneClient {
  closed(): void
}

export type OpenHub = (events: HubEvents) => HubConnection

/** The way of a call's sound between this browser and the server. */
export interface SoundPath {
  /** An offer: the first, or with `restart` one that finds a new way for the same call. Fails with {@link MicrophoneRefused}. */
  offer(restart: boolean): Promise<string>
  accept(answer: string): Promise<void>
  setMuted(on: boolean): void
  close(): void
}

export interface SoundEngine {
  open(leg: string, servers: readonly IceServer[], changed: (sound: Sound) => void): SoundPath
}

export interface Clock {
  now(): number
  /** Calls back once; the result takes it back. */
  after(ms: number, callback: () => void): () => void
}

export interface Chance {
  /** In [0, 1). */
  next(): number
  /** 32 hexadecimal digits. */
  id(): string
}

/** What a tab remembers over a reload. */
export interface Memory {
  read(key: string): string | null
  write(key: string, value: string | null): void
}

/** Which tab of this browser is to have the phone, as long as all of them can. */
export interface TabLead {
  /** Waits for the lead; `lost` when another tab took it, after which the lead may come again. */
  enter(gained: () => void, lost: () => void): void
  /** Takes the lead from whichever tab has it. */
  steal(): void
  leave(): void
}

export interface PhonePorts {
  readonly openHub: OpenHub
  readonly sound: SoundEngine
  readonly clock: Clock
  readonly chance: Chance
  readonly memory: Memory
  readonly lead: TabLead
  readonly sessionId: string
  readonly tabId: string
  readonly clientVersion: string
}

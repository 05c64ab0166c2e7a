import type { PhoneHolder } from '../../hub/contracts.gen'
import { isLive } from '../calls/call'
import type { Board } from './board'
import type { HubConnection, TabLead } from './ports'

export interface HoldingPorts {
  readonly board: Board
  readonly lead: TabLead
  readonly tabId: string
  ask(command: (hub: HubConnection) => Promise<boolean>): Promise<boolean>
  /** This tab holds the phone now. */
  taken(): void
  /** Another tab holds it. */
  lost(): void
  /** It is held here still. */
  kept(): void
}

/** Which tab has the phone: this one when it leads this browser's tabs and may ring; the server has the last word. */
export class Holding {
  readonly #ports: HoldingPorts
  #leads = false

  constructor(ports: HoldingPorts) {
    this.#ports = ports
  }

  /** An attach is to take the phone. */
  get wantsPhone(): boolean {
    return this.#leads && this.#ports.board.now.armed
  }

  enter(): void {
    this.#ports.lead.enter(
      () => {
        this.#leads = true
        this.takeIfLeading()
      },
      () => {
        this.#leads = false
      },
    )
  }

  leave(): void {
    this.#ports.lead.leave()
    this.#leads = false
  }

  /** Takes the phone from another tab. */
  async steal(): Promise<void> {
    this.#ports.lead.steal()
    this.#leads = true
    await this.#take()
  }

  takeIfLeading(): void {
    if (this.#ports.board.now.connection.kind === 'attached' && this.#mayTake()) void this.#take()
  }

  /** A live call that this browser left by a reload brings the phone back to it without being asked. */
  async catchUp(): Promise<void> {
    if (this.#isAsleep() || this.#mayTake()) await this.#take()
  }

  told(holder: PhoneHolder): void {
    const mine = holder.tabId === this.#ports.tabId
    this.#ports.board.set({ holder, holdsPhone: mine })
    if (!mine) this.#ports.lost()
    if (holder.tabId === null) this.takeIfLeading()
    else if (this.#isAsleep()) void this.#take()
    else if (mine) this.#ports.kept()
  }

  /** A ring came while this tab slept: it is awake again, and is to say so. */
  #isAsleep(): boolean {
    const { holdsPhone, holder } = this.#ports.board.now
    return holdsPhone && holder?.reachable === false
  }

  #mayTake(): boolean {
    const { holdsPhone, armed, calls } = this.#ports.board.now
    return this.#leads && !holdsPhone && (armed || calls.some(isLive))
  }

  async #take(): Promise<void> {
    try {
      if (!(await this.#ports.ask((hub) => hub.takePhone()))) return
    } catch {
      return
    }
    this.#ports.board.set({ holdsPhone: true, holder: { tabId: this.#ports.tabId, reachable: true, missedRingAt: null } })
    this.#ports.taken()
  }
}

import type { CallEnd as ServerEnd, TransferOrder, TransferStatus } from '../../hub/contracts.gen'
import { canBeJoined, isConnected, isUnderWay, type Call, type Party } from '../calls/call'
import { endOf } from '../calls/views'
import type { Board } from './board'
import type { Chance, Clock, HubConnection } from './ports'
import { HubGone } from './ports'

/** A transfer of which nothing is heard for so long is asked for again: it changes nothing, and tells how it stands. */
const askAgainMs = 8_000

export interface TransfersPorts {
  readonly board: Board
  readonly clock: Clock
  readonly chance: Chance
  /** Fails with {@link HubGone} while there is no connection. */
  ask(command: (hub: HubConnection) => Promise<void>): Promise<void>
}

/**
 * Sending the far side of a call elsewhere. The order has an id of this browser's making and is repeated until its outcome is known, over lost connections
 * too; the far side is this call's until it is done.
 */
export class Transfers {
  readonly #ports: TransfersPorts
  readonly #orders = new Map<string, TransferOrder>()

  constructor(ports: TransfersPorts) {
    this.#ports = ports
  }

  /** To a number, without asking. */
  blind(leg: string, to: Party): void {
    this.#order(leg, to, { target: to.number, consultation: null })
  }

  /** To the far side of another call of this session, which rings them or talks to them. */
  attended(leg: string, consultation: Call): void {
    if (canBeJoined(consultation)) this.#order(leg, consultation.peer, { target: null, consultation: consultation.leg })
  }

  /** What came of it was read. */
  dismiss(leg: string): void {
    const call = this.#ports.board.find(leg)
    if (call !== undefined && !isUnderWay(call)) this.#ports.board.step(leg, { kind: 'transfer', transfer: null })
  }

  heard(status: TransferStatus): void {
    const { board, clock } = this.#ports
    const call = board.find(status.leg)
    const known = call?.transfer?.requestId === status.requestId ? call.transfer : null
    const to = known?.to ?? this.#target(status)
    if (status.phase !== 'trying') this.#orders.delete(status.requestId)
    switch (status.phase) {
      case 'trying':
        if (known === null && call !== undefined) board.step(status.leg, { kind: 'transfer', transfer: { requestId: status.requestId, to, consultation: status.consultation, failed: null } })
        return
      case 'done':
        for (const leg of [status.leg, status.consultation]) {
          if (leg !== null) board.step(leg, { kind: 'transferred', to: to.name || to.number, now: clock.now() })
        }
        return
      case 'failed':
        // What failed before this page was loaded is no news.
        if (known !== null) this.#failed(status.leg, known.requestId, to, status.reason)
    }
  }

  /** The call that asked the target is over, and no transfer came of it: the first call says why. */
  consultationOver(call: Call): void {
    const { board } = this.#ports
    if (call.consults === null || call.state.kind !== 'ended' || call.state.end === 'transferred') return
    const first = board.find(call.consults)
    if (first === undefined || !isConnected(first) || isUnderWay(first)) return
    board.set({ chosen: first.leg })
    // Who hung up themselves knows.
    if (call.state.end !== 'cancelled' && call.state.end !== 'completed') {
      board.step(first.leg, { kind: 'transfer', transfer: { requestId: '', to: call.peer, consultation: call.leg, failed: call.state.end } })
    }
  }

  /** There is a connection again. */
  resend(): void {
    for (const order of this.#orders.values()) void this.#send(order)
  }

  forget(): void {
    this.#orders.clear()
  }

  #order(leg: string, to: Party, way: Pick<TransferOrder, 'target' | 'consultation'>): void {
    const { board, chance } = this.#ports
    const call = board.find(leg)
    if (call === undefined || !isConnected(call) || isUnderWay(call)) return
    const order: TransferOrder = { requestId: chance.id(), leg, ...way }
    this.#orders.set(order.requestId, order)
    board.step(leg, { kind: 'transfer', transfer: { requestId: order.requestId, to, consultation: way.consultation, failed: null } })
    void this.#send(order)
  }

  async #send(order: TransferOrder): Promise<void> {
    try {
      await this.#ports.ask((hub) => hub.transfer(order))
    } catch (error) {
      if (error instanceof HubGone) return
      const transfer = this.#ports.board.find(order.leg)?.transfer
      if (transfer?.requestId === order.requestId) this.#failed(order.leg, order.requestId, transfer.to, 'failed')
      this.#orders.delete(order.requestId)
      return
    }
    this.#ports.clock.after(askAgainMs, () => {
      if (!this.#orders.has(order.requestId)) return
      const call = this.#ports.board.find(order.leg)
      if (call !== undefined && isConnected(call)) void this.#send(order)
      else this.#orders.delete(order.requestId)
    })
  }

  #failed(leg: string, requestId: string, to: Party, reason: ServerEnd): void {
    this.#ports.board.step(leg, { kind: 'transfer', transfer: { requestId, to, consultation: null, failed: endOf(reason) } })
  }

  #target(status: TransferStatus): Party {
    const asked = status.consultation === null ? undefined : this.#ports.board.find(status.consultation)
    return asked?.peer ?? { number: status.target ?? '', name: '', extension: null }
  }
}

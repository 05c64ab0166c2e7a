import type { CallEnd as ServerEnd, TransferOrder, TransferStatus } from '../../hub/contracts.gen'
import { canBeJoined, isConnected, isUnderWay, type Call, type CallEnd, type Party, type Transfer } from '../calls/call'
import type { MovedEnd } from '../calls/callMachine'
import { endOf } from '../calls/views'
import type { Board } from './board'
import type { Chance, Clock, HubConnection } from './ports'
import { HubGone } from './ports'

/** A transfer of which nothing is heard for so long is asked for again: it changes nothing, and tells how it stands. */
const askAgainMs = 8_000

export interface MovesPorts {
  readonly board: Board
  readonly clock: Clock
  readonly chance: Chance
  /** Fails with {@link HubGone} while there is no connection. */
  ask(command: (hub: HubConnection) => Promise<void>): Promise<void>
}

/**
 * Moving people of calls: the far side elsewhere, calls into a conference, this user to another device. The order has an id of this browser's making and is
 * repeated until its outcome is known, over lost connections too; until then all is as it was.
 */
export class Moves {
  readonly #ports: MovesPorts
  readonly #orders = new Map<string, TransferOrder>()

  constructor(ports: MovesPorts) {
    this.#ports = ports
  }

  /** To a number, a room or a slot, without asking. In a conference the target is called in. */
  transfer(leg: string, to: Party): void {
    this.#order({ leg, kind: 'send', target: to.number, consultation: null }, to)
  }

  /** The far side waits in a slot, from where anybody takes them. */
  park(leg: string, slot: string): void {
    this.transfer(leg, { number: slot, name: '', extension: null })
  }

  /** The far sides of two calls talk to each other from now on; that of the other may still be rung. */
  connect(leg: string, other: string): void {
    const target = this.#ports.board.find(other)
    if (target !== undefined && leg !== other && canBeJoined(target)) this.#order({ leg, kind: 'send', target: null, consultation: other }, target.peer)
  }

  /** The far side of the first call goes to whom this consultation asks. */
  complete(consultation: string): void {
    const first = this.#ports.board.find(consultation)?.consults
    if (first != null) this.connect(first, consultation)
  }

  /** The call becomes a conference, or is one, and the far side of the other one comes in. */
  merge(leg: string, other: string | null): void {
    const peer = other === null ? undefined : this.#ports.board.find(other)?.peer
    this.#order({ leg, kind: 'merge', target: null, consultation: other }, peer ?? nobody)
  }

  /** Somebody is called in without being asked first; two who talk become a conference by that. */
  callIn(leg: string, to: Party): void {
    const inConference = this.#ports.board.find(leg)?.room != null
    this.#order({ leg, kind: inConference ? 'send' : 'merge', target: to.number, consultation: null }, to)
  }

  /** This user goes on with another device. */
  switchTo(leg: string, device: string, name: string): void {
    this.#order({ leg, kind: 'switch', target: device, consultation: null }, { number: device, name, extension: null })
  }

  /** What came of it was read. */
  dismiss(leg: string): void {
    const call = this.#ports.board.find(leg)
    if (call !== undefined && !isUnderWay(call)) this.#ports.board.step(leg, { kind: 'transfer', transfer: null })
  }

  heard(status: TransferStatus): void {
    const { board } = this.#ports
    const call = board.find(status.leg)
    const known = call?.transfer?.requestId === status.requestId ? call.transfer : null
    const to = known?.to ?? this.#target(status)
    if (status.phase !== 'trying') this.#orders.delete(status.requestId)
    switch (status.phase) {
      case 'trying':
        if (known === null && call !== undefined) board.step(status.leg, { kind: 'transfer', transfer: { requestId: status.requestId, kind: status.kind, to, consultation: status.consultation, failed: null } })
        return
      case 'done':
        return this.#done(status, to)
      case 'failed':
        // What failed before this page was loaded is no news, nor is it that a call was taken back.
        if (known !== null && status.reason === 'cancelled' && call?.room != null) board.step(status.leg, { kind: 'transfer', transfer: null })
        else if (known !== null) this.#failed(status.leg, known, status.reason)
    }
  }

  /** The call that asked the target is over, and no transfer came of it: the first call says why. */
  consultationOver(call: Call): void {
    const { board } = this.#ports
    if (call.consults === null || call.state.kind !== 'ended' || movedEnds.has(call.state.end)) return
    const first = board.find(call.consults)
    if (first === undefined || !isConnected(first) || isUnderWay(first)) return
    board.set({ chosen: first.leg })
    // Who hung up themselves knows.
    if (call.state.end !== 'cancelled' && call.state.end !== 'completed') {
      board.step(first.leg, { kind: 'transfer', transfer: { requestId: '', kind: 'send', to: call.peer, consultation: call.leg, failed: call.state.end } })
    }
  }

  /** There is a connection again. */
  resend(): void {
    for (const order of this.#orders.values()) void this.#send(order)
  }

  forget(): void {
    this.#orders.clear()
  }

  #order(asked: Omit<TransferOrder, 'requestId'>, to: Party): void {
    const { board, chance } = this.#ports
    const call = board.find(asked.leg)
    if (call === undefined || !isConnected(call) || isUnderWay(call)) return
    const order: TransferOrder = { requestId: chance.id(), ...asked }
    this.#orders.set(order.requestId, order)
    board.step(asked.leg, { kind: 'transfer', transfer: { requestId: order.requestId, kind: asked.kind, to, consultation: asked.consultation, failed: null } })
    void this.#send(order)
  }

  async #send(order: TransferOrder): Promise<void> {
    try {
      await this.#ports.ask(async (hub) => {
        // Who held the call to ask somebody would come into the conference on hold.
        if (order.kind === 'merge') await hub.resume(order.leg)
        await hub.transfer(order)
      })
    } catch (error) {
      if (error instanceof HubGone) return
      const transfer = this.#ports.board.find(order.leg)?.transfer
      if (transfer?.requestId === order.requestId) this.#failed(order.leg, transfer, 'failed')
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

  #done(status: TransferStatus, to: Party): void {
    const { board, clock } = this.#ports
    const now = clock.now()
    const room = board.find(status.leg)?.room ?? null
    // Who is called into a conference comes to the one who asked.
    const stays = status.kind === 'merge' || (status.kind === 'send' && room !== null && room === status.place)
    if (stays) {
      board.step(status.leg, { kind: 'transfer', transfer: null })
      if (status.consultation !== null) board.step(status.consultation, { kind: 'moved', end: 'merged', to: to.name || to.number, now })
      return
    }
    const end: MovedEnd = status.kind === 'switch' ? 'switched' : status.place !== null && !isRoom(status.place) ? 'parked' : 'transferred'
    for (const leg of [status.leg, status.consultation]) {
      if (leg !== null) board.step(leg, { kind: 'moved', end, to: end === 'parked' ? (status.place ?? '') : to.name || to.number, now })
    }
  }

  #failed(leg: string, transfer: Transfer, reason: ServerEnd): void {
    this.#ports.board.step(leg, { kind: 'transfer', transfer: { ...transfer, failed: endOf(reason) } })
  }

  #target(status: TransferStatus): Party {
    const asked = status.consultation === null ? undefined : this.#ports.board.find(status.consultation)
    return asked?.peer ?? { number: status.target ?? '', name: '', extension: null }
  }
}

const nobody: Party = { number: '', name: '', extension: null }

const movedEnds: ReadonlySet<CallEnd> = new Set<CallEnd>(['transferred', 'parked', 'merged', 'switched'] satisfies MovedEnd[])

/** Numbers of conferences: 99900 to 99999. */
const isRoom = (number: string): boolean => /^999\d\d$/.test(number)

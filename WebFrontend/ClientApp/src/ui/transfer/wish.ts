import { Store } from '../../core/store'

/** The transfer dialog is open for this leg; `number` is what it begins with. */
export interface TransferWish {
  readonly leg: string
  readonly number: string
  /** To send the far side there, or to have somebody join the two. */
  readonly mode: 'transfer' | 'add'
}

export const transferWish = new Store<TransferWish | null>(null)

export const wishTransfer = (leg: string, number = ''): void => transferWish.set({ leg, number, mode: 'transfer' })

export const wishAnother = (leg: string): void => transferWish.set({ leg, number: '', mode: 'add' })

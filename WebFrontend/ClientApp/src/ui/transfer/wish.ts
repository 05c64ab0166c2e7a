import { Store } from '../../core/store'

/** The transfer dialog is open for this leg; `number` is what it begins with. */
export interface TransferWish {
  readonly leg: string
  readonly number: string
}

export const transferWish = new Store<TransferWish | null>(null)

export const wishTransfer = (leg: string, number = ''): void => transferWish.set({ leg, number })

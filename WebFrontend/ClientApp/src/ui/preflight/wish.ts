import { Store } from '../../core/store'

/** The user wants to know whether calls would be heard here. */
export const checkWish = new Store(false)

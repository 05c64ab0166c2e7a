import { backoffMs } from '../core/session/backoff'
import { chance } from './basics'

/** Some seven seconds: longer than a network takes to change, and no longer than a user waits for a page. */
const attempts = 5

/**
 * Asks for something that may meet a network that is just changing: once more at once, then slower. Fails as the last attempt does, or with what
 * another attempt does not mend.
 */
export async function patiently<T>(load: () => Promise<T>, mends: (error: unknown) => boolean = () => true): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      if (attempt === attempts - 1 || !mends(error)) throw error
      await pause(backoffMs(attempt, chance.next()))
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
    addEventListener('online', () => resolve(), { once: true })
  })
}

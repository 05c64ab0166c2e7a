import type { Chance, Clock, Memory } from '../core/phone/ports'

export const clock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

export const chance: Chance = {
  next: () => Math.random(),
  id: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
}

/** Storage that forgets when the browser refuses it (private windows, full disks). */
export function memoryOf(open: () => Storage): Memory {
  const kept = new Map<string, string>()
  const prefix = 'webphone.'
  return {
    read: (key) => {
      try {
        return open().getItem(prefix + key)
      } catch {
        return kept.get(key) ?? null
      }
    },
    write: (key, value) => {
      try {
        if (value === null) open().removeItem(prefix + key)
        else open().setItem(prefix + key, value)
      } catch {
        if (value === null) kept.delete(key)
        else kept.set(key, value)
      }
    },
  }
}

/** Of the tab; survives a reload. */
export const tabMemory = memoryOf(() => sessionStorage)

/** Of the browser; shared by its tabs. */
export const browserMemory = memoryOf(() => localStorage)

export const isInstalled = (): boolean => matchMedia('(display-mode: standalone), (display-mode: minimal-ui)').matches

/** The session is the browser's; an installed app is a device of its own. */
export function sessionId(): string {
  const key = isInstalled() ? 'session.app' : 'session'
  const known = browserMemory.read(key)
  if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known
  const made = chance.id()
  browserMemory.write(key, made)
  return made
}

/** The id of this tab. A duplicated tab has its parent's memory: it notices that the id is in use and makes its own. */
export async function tabId(): Promise<string> {
  const known = tabMemory.read('tab')
  if (known !== null && (await claim(known))) return known
  const made = chance.id()
  await claim(made)
  tabMemory.write('tab', made)
  return made
}

function claim(id: string): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true)
  return new Promise((resolve) => {
    // A reload may meet its own former page on the way out.
    const patience = AbortSignal.timeout(400)
    navigator.locks
      .request(`webphone.tab.${id}`, { signal: patience }, () => {
        resolve(true)
        return new Promise(() => undefined)
      })
      .catch(() => resolve(false))
  })
}

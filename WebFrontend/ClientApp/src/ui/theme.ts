import type { Theme } from '../hub/contracts.gen'
import { browserMemory } from '../adapters/basics'

const dark = matchMedia('(prefers-color-scheme: dark)')
let wanted: Theme = 'system'

function apply(): void {
  const shown = wanted === 'system' ? (dark.matches ? 'dark' : 'light') : wanted
  document.documentElement.dataset['theme'] = shown
}

/** Before anything is drawn: what this browser used last. */
export function startTheme(): void {
  const kept = browserMemory.read('theme')
  wanted = kept === 'light' || kept === 'dark' ? kept : 'system'
  dark.addEventListener('change', apply)
  apply()
}

export function setTheme(theme: Theme): void {
  wanted = theme
  browserMemory.write('theme', theme)
  apply()
}

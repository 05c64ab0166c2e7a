import { ApiError } from '../../adapters/api'

/** Why signing in did not work. */
export interface Refusal {
  readonly code: string
  readonly retryAt: number | null
}

export function refusalOf(error: unknown): Refusal {
  const known = error instanceof ApiError ? error : null
  return { code: known?.code ?? 'failed', retryAt: known?.retryAfter == null ? null : Date.now() + known.retryAfter * 1_000 }
}

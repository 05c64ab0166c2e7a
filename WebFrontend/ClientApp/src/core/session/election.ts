/** What tabs say to each other where the browser has no locks: "I lead", "I want to", "I am gone". */
export type ElectionMessage =
  | { readonly kind: 'leading'; readonly tab: string }
  | { readonly kind: 'entering'; readonly tab: string }
  | { readonly kind: 'stealing'; readonly tab: string }
  | { readonly kind: 'leaving'; readonly tab: string }

export type Standing = 'outside' | 'entering' | 'following' | 'leading'

export interface Election {
  readonly tab: string
  readonly standing: Standing
  readonly leader: string | null
}

export type ElectionInput =
  | { readonly kind: 'enter' }
  | { readonly kind: 'steal' }
  | { readonly kind: 'leave' }
  /** Nobody was heard for as long as a leader is ever silent. */
  | { readonly kind: 'silence' }
  /** Time for a leader to be heard. */
  | { readonly kind: 'beat' }
  | { readonly kind: 'heard'; readonly message: ElectionMessage }

export interface ElectionStep {
  readonly election: Election
  readonly say: ElectionMessage | null
}

export const outside = (tab: string): Election => ({ tab, standing: 'outside', leader: null })

/** A leader is heard every so often; a tab that hears none for three times as long becomes one. */
export const beatMs = 1_000
export const silenceMs = 3_000

/** One input into one tab's view of who leads. Of two that lead at once the smaller id goes on. */
export function elect(election: Election, input: ElectionInput): ElectionStep {
  const { tab, standing } = election
  const quiet = (next: Election): ElectionStep => ({ election: next, say: null })
  switch (input.kind) {
    case 'enter':
      return standing === 'outside' ? { election: { ...election, standing: 'entering' }, say: { kind: 'entering', tab } } : quiet(election)
    case 'steal':
      return { election: { tab, standing: 'leading', leader: tab }, say: { kind: 'stealing', tab } }
    case 'leave':
      return { election: outside(tab), say: standing === 'leading' ? { kind: 'leaving', tab } : null }
    case 'silence':
      return standing === 'entering' || standing === 'following'
        ? { election: { tab, standing: 'leading', leader: tab }, say: { kind: 'leading', tab } }
        : quiet(election)
    case 'beat':
      return { election, say: standing === 'leading' ? { kind: 'leading', tab } : null }
    case 'heard':
      return hear(election, input.message)
  }
}

function hear(election: Election, message: ElectionMessage): ElectionStep {
  const { tab, standing } = election
  if (standing === 'outside' || message.tab === tab) return { election, say: null }
  switch (message.kind) {
    case 'entering':
      return { election, say: standing === 'leading' ? { kind: 'leading', tab } : null }
    case 'stealing':
      return { election: { tab, standing: 'following', leader: message.tab }, say: null }
    case 'leading':
      if (standing === 'leading' && tab < message.tab) return { election, say: { kind: 'leading', tab } }
      return { election: { tab, standing: 'following', leader: message.tab }, say: null }
    case 'leaving':
      return { election: election.leader === message.tab ? { tab, standing: 'entering', leader: null } : election, say: null }
  }
}

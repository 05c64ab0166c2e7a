import { useState, type DragEvent } from 'react'
import { Store } from '../../core/store'
import { useStore } from '../services'

/** The leg whose card is being dragged: what it may be dropped on shows itself. */
export const dragged = new Store<string | null>(null)

const kind = 'application/x-webphone-leg'

/** A card that can be taken by the mouse; the same is possible by the transfer button. */
export function useDraggable(leg: string, can: boolean) {
  return {
    draggable: can,
    onDragStart: (event: DragEvent): void => {
      event.dataTransfer.setData(kind, leg)
      event.dataTransfer.effectAllowed = 'move'
      dragged.set(leg)
    },
    onDragEnd: (): void => dragged.set(null),
  }
}

/** Somewhere that a call can be dropped on. `own` is the leg that is no target for itself. */
export function useDropTarget(drop: (leg: string) => void, own: string | null = null) {
  const leg = useStore(dragged)
  const [over, setOver] = useState(false)
  const takes = leg !== null && leg !== own
  return {
    'data-drop': takes ? (over ? 'over' : 'here') : undefined,
    onDragOver: (event: DragEvent): void => {
      if (!takes) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'move'
      setOver(true)
    },
    onDragLeave: (): void => setOver(false),
    onDrop: (event: DragEvent): void => {
      setOver(false)
      if (!takes) return
      event.preventDefault()
      dragged.set(null)
      drop(leg)
    },
  }
}

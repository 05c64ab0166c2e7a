import { expect, it } from 'vitest'
import { wavePath } from '../../../src/ui/recording/wavePath'

it('P21 draws the own side above the middle and the other below', () => {
  expect(wavePath([255, 0], [0, 255], 100, 40)).toBe('M0 20L0.0 0.0L100.0 19.5L100.0 40.0L0.0 20.5Z')
  expect(wavePath([], [], 100, 40)).toBe('M0 20Z')
})

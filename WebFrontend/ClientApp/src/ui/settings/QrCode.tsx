import qrcode from 'qrcode-generator'
import styles from './Settings.module.css'

/** Light cells around the code that readers ask for. */
const quiet = 4

/** A text as a QR code, drawn as one path. Dark on light in every theme: readers want it so. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const cells = code.getModuleCount()
  const dark = Array.from({ length: cells * cells }, (_, at) => at)
    .filter((at) => code.isDark(Math.floor(at / cells), at % cells))
    .map((at) => `M${(at % cells) + quiet} ${Math.floor(at / cells) + quiet}h1v1h-1z`)
  const size = cells + 2 * quiet
  return (
    <svg className={styles.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} className={styles.qrLight} />
      <path d={dark.join('')} className={styles.qrDark} />
    </svg>
  )
}

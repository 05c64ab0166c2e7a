// What a first visit loads, compressed as the server sends it: the page, its script and everything that imports at once, its styles, the Latin font.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const limit = 300_000
const dist = resolve(import.meta.dirname, '../dist')
const page = readFileSync(join(dist, 'index.html'), 'utf8')
const files = new Set([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]))
for (const file of files) {
  if (!file.endsWith('.js')) continue
  const source = readFileSync(join(dist, file), 'utf8')
  for (const match of source.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) files.add(`/assets/${match[1]}`)
}
const font = readdirSync(join(dist, 'assets')).find((name) => /^inter-latin-wght-normal.*\.woff2$/.test(name))
if (font !== undefined) files.add(`/assets/${font}`)
// The server compresses what it sends at a middling effort; fonts are compressed as they are.
const packed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length
const sizeOf = (file) => {
  const bytes = readFileSync(join(dist, file))
  return file.endsWith('.woff2') ? bytes.length : packed(bytes)
}
const total = [...files].reduce((sum, file) => sum + sizeOf(file), Buffer.byteLength(page))
console.log(`first load: ${Math.round(total / 1000)} kB compressed in ${files.size + 1} files (limit ${limit / 1000} kB)`)
process.exit(total <= limit ? 0 : 1)

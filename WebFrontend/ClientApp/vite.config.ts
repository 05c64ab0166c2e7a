import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = import.meta.dirname
const { version } = JSON.parse(readFileSync(resolve(here, 'package.json'), 'utf8')) as { version: string }

/** The service worker is told which files the shell consists of, and a version of them: its own file changes with them. */
function shellList(): Plugin {
  return {
    name: 'shell-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const worker = bundle['sw.js']
      if (worker?.type !== 'chunk') return
      // Browsers do not start one that is more than a file.
      if (worker.imports.length > 0) this.error(`The service worker imports ${worker.imports.join(', ')}, which the app has too: it must be one file.`)
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry && file.name === 'index')
      const styles = Object.keys(bundle).filter((file) => file.endsWith('.css'))
      const shell = entry?.type === 'chunk' ? [entry.fileName, ...entry.imports, ...styles] : []
      worker.code = worker.code.replace(/(["'`])__SHELL__\1/, JSON.stringify(shell.map((file) => `/${file}`)))
    },
  }
}

export default defineConfig(({ mode }) => ({
  base: '/',
  define: { __APP_VERSION__: JSON.stringify(version) },
  plugins: [react(), shellList()],
  build: {
    outDir: mode === 'demo' ? 'dist-demo' : 'dist',
    target: 'es2022',
    // Everything is its own file: the page's policy allows no inline data but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One style sheet: twenty requests are twenty chances to fail on a network that changes.
    cssCodeSplit: false,
    rolldownOptions: {
      input: {
        index: resolve(here, mode === 'demo' ? 'demo.html' : 'index.html'),
        ...(mode === 'demo' ? {} : { sw: resolve(here, 'src/sw/sw.ts') }),
      },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/hub': { target: 'http://127.0.0.1:8080', ws: true } } },
}))

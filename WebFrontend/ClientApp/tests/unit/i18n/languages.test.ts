import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { languages, pickLanguage } from '../../../src/i18n/languages'

const source = resolve(import.meta.dirname, '../../../src')
type Tree = { readonly [key: string]: string | Tree }

const read = (language: string): Map<string, string> => {
  const flat = new Map<string, string>()
  const walk = (tree: Tree, path: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === 'string') flat.set(path + key, value)
      else walk(value, `${path}${key}.`)
    }
  }
  walk(JSON.parse(readFileSync(join(source, `i18n/${language}.json`), 'utf8')) as Tree, '')
  return flat
}

const plural = /_(zero|one|two|few|many|other)$/
const names = (keys: Iterable<string>): string[] => [...new Set([...keys].map((key) => key.replace(plural, '')))].sort()
const places = (text: string): string[] => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1] ?? '').sort()

const english = read('en')
const others = Object.keys(languages).filter((language) => language !== 'en')

describe.each(others)('%s', (language) => {
  const texts = read(language)

  it('says everything that English says, and nothing else', () => {
    expect(names(texts.keys())).toEqual(names(english.keys()))
  })

  it('has every plural form of its language', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const name of names([...english.keys()].filter((key) => plural.test(key)))) {
      for (const form of forms) expect(texts.has(`${name}_${form}`), `${name}_${form}`).toBe(true)
    }
  })

  it('fills the same places', () => {
    for (const [key, text] of texts) {
      const model = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? ''
      const wanted = places(model).filter((place) => place !== 'count' || !plural.test(key) || /_(few|many|other)$/.test(key))
      expect(places(text).filter((place) => place !== 'count' || wanted.includes('count')), key).toEqual(wanted)
    }
  })

  it('leaves nothing empty, and little in English', () => {
    const same = [...texts].filter(([key, text]) => text === english.get(key) && text.replace(/{{\w+}}/g, '').length > 14)
    expect([...texts.values()].filter((text) => text.trim() === '')).toEqual([])
    expect(same).toEqual([])
  })
})

describe('texts', () => {
  const files = (folder: string): string[] => readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
  const code = files(join(source, 'ui')).filter((path) => /\.tsx?$/.test(path)).map((path) => readFileSync(path, 'utf8')).join('\n')

  it('are all used', () => {
    const unused = names(english.keys()).filter((name) => !code.includes(`'${name}'`) && !code.includes(`\`${name.slice(0, name.lastIndexOf('.'))}.\${`))
    expect(unused).toEqual([])
  })

  it('are the only ones: no screen holds words of its own', () => {
    const bare = [...code.matchAll(/>([A-Z][a-z]+(?: [a-z]+)+)</g)].map((match) => match[1])
    expect(bare).toEqual([])
  })
})

describe('the language', () => {
  it('is the first wanted one that is spoken', () => {
    expect(pickLanguage(['pt-BR', 'fr-CA', 'de'])).toBe('fr')
    expect(pickLanguage(['xx'])).toBe('en')
    expect(pickLanguage([])).toBe('en')
  })
})

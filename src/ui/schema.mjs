// What a language file must be.  Used by the generator and by the tests.

export const PLURALS = ['zero', 'one', 'two', 'few', 'many', 'other']

const placeholders = s => [...s.matchAll(/\{(\w+)\}/g)].map(m => m[1]).sort().join(' ')

// Longest text by characters, by key; anything else: 240.
const LIMITS = {
  title: 40, accept: 24, reject: 28, ok: 16, settings: 24, save: 32,
  withdraw: 36, choices: 40, text: 220
}

export function checkLanguage (file, lang, en) {
  const errors = []
  if (lang.tag + '.json' !== file) errors.push(`"tag" is "${lang.tag}"`)
  if (!['ltr', 'rtl'].includes(lang.dir)) errors.push(`"dir" is "${lang.dir}"`)
  for (const key of Object.keys(lang)) {
    if (!(key in en)) errors.push(`unknown key "${key}"`)
  }
  for (const key of Object.keys(en)) {
    if (key === 'days') continue
    const text = lang[key]
    if (typeof text !== 'string') { errors.push(`"${key}" is missing`); continue }
    if (!text.trim()) errors.push(`"${key}" is empty`)
    if (key !== 'list' && text !== text.trim()) errors.push(`"${key}" has space around it`)
    if (/[<>&\\\u0000-\u001f]|\.\.\.|["']/u.test(text) && !/^[^<>&\\\u0000-\u001f"]*$/u.test(text)) {
      errors.push(`"${key}" has a character that does not belong into a text`)
    }
    if (text !== text.normalize('NFC')) errors.push(`"${key}" is not in NFC`)
    if (placeholders(text) !== placeholders(en[key])) {
      errors.push(`"${key}" has placeholders {${placeholders(text)}}, not {${placeholders(en[key])}}`)
    }
    if ([...text].length > (LIMITS[key] || 240)) errors.push(`"${key}" is too long`)
  }
  errors.push(...checkDays(lang))
  return errors
}

function checkDays (lang) {
  const errors = []
  const days = lang.days
  if (typeof days !== 'object' || days === null) return ['"days" is missing']
  const want = new Intl.PluralRules(lang.tag).resolvedOptions().pluralCategories
  // "many" in Romance languages begins at a million: nothing here gets there
  const romance = ['ca', 'es', 'fr', 'it', 'pt'].includes(lang.tag)
  for (const p of want) {
    if (p === 'many' && romance) continue
    if (typeof days[p] !== 'string' || !/\S/.test(days[p])) errors.push(`"days" has no "${p}"`)
  }
  for (const p of Object.keys(days)) {
    if (!want.includes(p)) errors.push(`"days" has "${p}", which ${lang.tag} does not use`)
  }
  return errors
}

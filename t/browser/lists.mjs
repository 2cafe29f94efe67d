// Filter lists as their reference engine reads them: what @ghostery/adblocker
// blocks, and what our rules block, over a large sample of addresses, types
// and pages. In CONSENT_LISTS (files, with ":" between), CONSENT_PAGES_DIR
// (saved pages) and CONSENT_RULES (t/tools/rules-batch, built).

import { FiltersEngine, Request } from '@ghostery/adblocker'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { ok, note, done } from './lib.mjs'

const files = process.env.CONSENT_LISTS.split(':')
const dir = process.env.CONSENT_PAGES_DIR
const text = files.map(f => readFileSync(f, 'utf8')).join('\n')

// ours, theirs
const TYPES = [['script', 'script'], ['image', 'image'], ['xhr', 'xmlhttprequest'],
  ['subdocument', 'sub_frame'], ['stylesheet', 'stylesheet'], ['ping', 'ping'],
  ['media', 'media'], ['font', 'font'], ['websocket', 'websocket'], ['other', 'other']]

const sample = []
const add = (url, page, type) => {
  try {
    const u = new URL(url)
    if (!/^(https?|wss?):$/.test(u.protocol) || u.href.length > 2000) return
    sample.push({ url: u.href.replace(/#.*/, ''), page, type: TYPES[type % TYPES.length] })
  } catch { /* no address */ }
}

// addresses of real pages, each as two types
let n = 0
for (const f of readdirSync(dir).filter(f => f.endsWith('.html'))) {
  const page = `https://www.${f.replace(/[^a-z0-9]+/gi, '-')}.example/`
  const html = readFileSync(`${dir}/${f}`, 'latin1')
  const seen = new Set([...html.matchAll(/(?:https?:)?\/\/[\w.-]+\.[a-z]{2,}[^\s"'<>\\)]*/g)]
    .map(m => m[0].replaceAll('&amp;', '&')).slice(0, 400))
  for (const u of seen) {
    const abs = u.startsWith('//') ? `https:${u}` : u
    add(abs, page, n)
    add(abs, `https://${new URL(page).host}/`, n * 7 + 3)
    n++
  }
}
const real = sample.length

// a text that a simple regular expression matches
const spell = re => re.replace(/^\^/, '').replace(/\$$/, '')
  .replace(/\(\?:/g, '(').replace(/\(([^|()]*)(\|[^()]*)?\)/g, '$1')
  .replace(/(\[(?:[^\]\\]|\\.)*\]|\\[dw])(\{(\d+)(?:,\d*)?\}|[+*?])?/g, (m, set, times, n) =>
    (/0-9|d/.test(set) && !/a-z|w/.test(set) ? '7' : 'q').repeat(n ? +n : 1))
  .replace(/(\\?.)\?/g, '$1').replace(/\.[*+]/g, 'x').replace(/\\(.)/g, '$1')

// all that is a regular expression, since there are few, and an address for
// each filter of some: made to match, and made to just miss
let k = 0
for (const line of text.split('\n')) {
  if (!line || /^[![]|#[@?$%]*#/.test(line) || (k++ % 6 && !/^(@@)?\/\S*\/(\$|$)/.test(line))) continue
  const dollar = line.lastIndexOf('$')
  const has = dollar > 0 && /^[a-z~_\d]/.test(line.slice(dollar + 1))
  const options = has ? line.slice(dollar + 1) : ''
  let p = (has ? line.slice(0, dollar) : line).replace(/^@@/, '')
  // a redirect to something harmless is no rule here; nor is a host of which
  // only the start is given, which their engine takes for the whole
  if (/\bredirect/.test(options) || /^\|\|[\w.-]+$/.test(p)) continue
  if (/^\/.*\/$/.test(p)) p = spell(p.slice(1, -1))
  const domain = /(?:^|,)domain=([^,~|]+)/.exec(options)?.[1].replace('.*', '.com')
  const type = TYPES.findIndex(([a, b]) => options.split(',').some(o => o === b || o === a ||
    (o === 'xmlhttprequest' && a === 'xhr') || (o === 'subdocument' && a === 'subdocument')))
  p = p.replace(/^\|\|/, 'https://').replace(/^\|/, '').replace(/\|$/, '')
    .replace(/\^/g, '/').replace(/\*/g, 'zz')
  const url = /^(https?|wss?):\/\//.test(p) ? p : `https://host.example/${p.replace(/^[/.]+(?=\/)/, '')}`
  const page = domain ? `https://${domain}/` : 'https://www.page.example/'
  const t = type < 0 ? k : type
  add(url, page, t)
  add(url, page, t + 1)
  add(url, 'https://elsewhere.example/', t)
  try {
    const h = new URL(url).hostname
    add(url, `https://${/\d$/.test(h) ? '' : 'www.'}${h}/`, t)
  } catch { /* none */ }
  add(url.replace(/([a-z]{3})(?=[a-z]*$)/, '$1q'), page, t)
  add(url.replace('https://', 'https://x'), page, t)
}

const engine = FiltersEngine.parse(text, { loadCosmeticFilters: false, enableHtmlFiltering: false,
  enableCompression: false, enableOptimizations: false, debug: true })

const input = sample.map(s => `url\t${s.type[0]}\t${s.page}\t${s.url}\n`).join('')
const run = spawnSync(process.env.CONSENT_RULES,
  ['--no-catalog', ...files.flatMap(f => ['--list', f])],
  { input, encoding: 'latin1', maxBuffer: 1 << 30 })
const answers = run.stdout.split('\n')

note(run.stderr.trim())
ok(run.status === 0 && answers.length === sample.length + 1, 'each address is answered',
  `${run.status}: ${answers.length} answers to ${sample.length}`)

let blocked = 0
const differ = []
sample.forEach((s, i) => {
  const m = engine.match(Request.fromRawDetails({ url: s.url, sourceUrl: s.page, type: s.type[1] }))
  const ours = answers[i].split('\t')
  if (m.match) blocked++
  if (m.match !== (ours[0] > 0)) {
    differ.push(`${s.type[0]} ${s.page} ${s.url.slice(0, 150)}: theirs ` +
      `${m.match ? m.filter?.rawLine || 'blocks' : m.exception ? 'excepts ' + m.exception.rawLine : 'passes'}` +
      `, ours ${ours.slice(0, 3).join(' ')}`)
  }
})

note(`${sample.length} addresses (${real} of real pages), ${blocked} blocked, ${differ.length} differ`)
ok(sample.length > 30000 && blocked > 3000 && blocked < sample.length - 3000, 'a large sample of both kinds')
ok(differ.length === 0, 'what they block is what is blocked here', differ.join('\n'))

// and consentctl says the same of some of them

if (process.env.CONSENT_CTL) {
  const wrong = []
  const step = Math.floor(sample.length / 40)
  const some = sample.filter((s, i) => i % step === 7)
  for (const s of some) {
    const m = engine.match(Request.fromRawDetails({ url: s.url, sourceUrl: s.page, type: s.type[1] }))
    const r = spawnSync(process.env.CONSENT_CTL, ['check', '--no-catalog', '--page', s.page,
      '--type', s.type[0], ...files.flatMap(f => ['--list', f]), s.url], { encoding: 'utf8' })
    if (r.status !== (m.match ? 1 : 0)) wrong.push(`${r.status}: ${r.stdout}${r.stderr}`)
  }
  ok(some.length >= 40 && wrong.length === 0, `consentctl check: the same of ${some.length} of them`,
    wrong.join('\n'))
}

done()

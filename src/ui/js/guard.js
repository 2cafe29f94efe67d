// While something is withheld, and before any other script: what scripts add
// to the page, and what they ask for, is judged by the rules that the server
// has for the page's markup, and held back in the same form.
//
// Functions of the browser are wrapped in proxies: their names, lengths and
// texts stay what they are.  Nothing here may throw into a page.

// read when the first address is judged
const table = () => ('@guard')

// in parentheses: it is called at once, and compiled once
const guard = (function (scope, conf, table, me) {

const { apply, construct, defineProperty, setPrototypeOf, getPrototypeOf } = Reflect
const describe = Object.getOwnPropertyDescriptor
const [URL, RegExp, Blob, Map, WeakMap, Set, WeakSet, Proxy, Uint8Array, Uint32Array, DataView] =
[scope.URL, scope.RegExp, scope.Blob, scope.Map, scope.WeakMap, scope.Set, scope.WeakSet, scope.Proxy, scope.Uint8Array, scope.Uint32Array, scope.DataView]
const wait = scope.setTimeout.bind(scope)
const atob = scope.atob.bind(scope)

let allowed = new Set(conf.allowed)

// ---- what is withheld: see src/core/consent_guard.h ------------------------

const [OTHER, DOCUMENT, SUBDOCUMENT, SCRIPT, STYLESHEET, IMAGE, MEDIA, FONT, OBJECT, XHR, PING, WEBSOCKET, CONNECT] =
[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

// how many bits a fingerprint has not
const [HOST, NAME, START] = [1, 6, 2]

// Fingerprints, sorted, as differences: of each what is above the low bits in
// ones ended by a zero, and these bits.  Where they end the next ones begin.  A
// page waits for it: of what stands here 25 bits are read at once.
const unpacker = text => {
const view = new DataView(bytesOf(text + 'AAAAAAAA').buffer)
let at = 0
return (count, low) => {
const prints = new Uint32Array(count)
const more = low > 24 ? 16 : 0
const rest = low - more
let last = 0
for (let n = 0; n < count; n++) {
let v = 0
let ones
while ((ones = Math.clz32(~(view.getUint32(at >> 3) << (at & 7)))) > 24) { v += 24; at += 24 }
v += ones
at += ones + 1
if (more) { v = v << 16 | view.getUint32(at >> 3) << (at & 7) >>> 16; at += 16 }
prints[n] = last += v << rest | view.getUint32(at >> 3) << (at & 7) >>> 32 - rest
at += rest
}
return prints
}
}

const bytesOf = text => {
if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text)
const s = atob(text)
const bytes = new Uint8Array(s.length)
for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i)
return bytes
}

// where it is among them, or -1
const find = (prints, print) => {
let low = 0
let high = prints.length
while (low < high) {
const mid = low + high >> 1
if (prints[mid] < print) low = mid + 1
else high = mid
}
return prints[low] === print ? low : -1
}

const finish = (a, b) => Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909)

// the ends of a host, the shortest first, each with its fingerprint
const ends = host => {
const list = []
let a = data.seed
let b = 0x41c6ce57
let i = host.length
while (i--) {
const c = host.charCodeAt(i)
if (c === 46) list.push([host.slice(i + 1), finish(a, b) >>> HOST])
a = Math.imul(a ^ c, 2654435761)
b = Math.imul(b ^ c, 1597334677)
}
list.push([host, finish(a, b) >>> HOST])
return list
}

const printOf = name => {
let a = data.seed
let b = 0x41c6ce57
for (let i = name.length; i--;) {
a = Math.imul(a ^ name.charCodeAt(i), 2654435761)
b = Math.imul(b ^ name.charCodeAt(i), 1597334677)
}
return finish(a, b)
}

// "*" is any run, "^" what ends a word, "$" at the end the end
const source = glob => glob.replace(new RegExp('[.+?()[\\]{}|\\\\/]', 'g'), '\\$&')
.replace(new RegExp('\\*', 'g'), '.*').replace(new RegExp('\\^', 'g'), '(?:[^\\w.%-]|$)')

const SPECIAL = new RegExp('[*^$]')

// "class[:types] /path /path class /path"
const words = text => {
const list = []
let cls, types
for (const word of text.split(' ')) {
if (word[0] === '/') {
list.push([cls, types, word])
} else {
const [c, t] = word.split(':')
cls = data.classes[c]
types = t === undefined ? 8191 : +t
}
}
return list
}

// of one of them: is it in the text, or is that how the text begins?  First
// the longest of what it has as it stands, so that few are ever expressions
const matches = (one, text, start) => {
const word = one[2]
const part = one[3] = one[3] || word.split(SPECIAL).reduce((a, b) => b.length > a.length ? b : a)
if (!text.includes(part)) return false
if (word === part) return !start || text.startsWith(word)
one[4] = one[4] || new RegExp(start + source(word))
return one[4].test(text)
}

// by how they begin, as most texts have the beginning of none
const index = list => {
const by = new Map()
list.forEach((one, n) => {
const key = SPECIAL.test(one[2].slice(0, 4)) || one[2].length < 4 ? '' : one[2].slice(0, 4)
one[5] = n
if (!by.has(key)) by.set(key, [])
by.get(key).push(one)
})
return by
}

// the first of them
const among = (by, text, type, start) => {
let best
const look = key => {
for (const one of by.get(key) || []) {
if ((!best || one[5] < best[5]) && (one[1] >> type & 1 || type === CONNECT) && matches(one, text, start)) best = one
}
}
look('')
for (let i = 0; i >= 0; i = start ? -1 : text.indexOf('/', i + 1)) look(text.slice(i, i + 4))
return best
}

const own = list => {
const hosts = new Map()
const patterns = []
for (const [category, what, path, port] of list) {
if (what[0] === '~') {
try {
const any = what[1] === '*'
patterns.push([new RegExp(what.slice(any ? 2 : 1), any ? 'i' : ''), category])
} catch (e) {}
} else {
if (!hosts.has(what)) hosts.set(what, [])
hosts.get(what).push([plain(path || ''), port || 0, category])
}
}
return { hosts, patterns }
}

const plain = s => s.replace(new RegExp('%([0-9a-f]{2})', 'gi'), (m, hex) => String.fromCharCode(parseInt(hex, 16)))

let rules, data
const compile = () => {
data = table()
const unpack = unpacker(data.bits)
// in the order of the bits
const sets = list => (list || []).map(set => [...set.slice(0, -2), unpack(...set.slice(-2))])
const r = rules = { near: new Map() }
r.paths = data.paths ? unpack(...data.paths) : []
r.under = data.under ? data.under.split('\n') : []
r.hosts = sets(data.hosts).map(([cls, prints]) => [data.classes[cls], prints])
r.lists = sets(data.lists)
r.names = sets(data.names)
r.starts = sets(data.starts)
r.site = index(data.site ? words(data.site) : [])
r.labels = index(data.labels ? words(data.labels) : [])
for (const one of conf.hosts) r.near.set(one.slice(one.indexOf(':') + 1), parseInt(one))
r.allow = own(data.allow)
r.block = own(data.block)
}

// what a set says that it is in, in whichever it is
const inSets = (sets, print) => (sets.find(set => find(set[set.length - 1], print) >= 0) || [])[0]

const ownCategory = (set, u, suffixes) => {
for (let i = suffixes.length; i--;) {
for (const [path, port, category] of set.hosts.get(suffixes[i][0]) || []) {
if ((!port || port === +u.port) && plain(u.pathname + u.search).startsWith(path)) return category
}
}
for (const [pattern, category] of set.patterns) {
if (pattern.test(u.protocol + '//' + u.host + u.pathname + u.search)) return category
}
}

// [category, types, own] says: a category, -2 never, undefined nothing
const says = (cls, type) => cls[0] === -2 || (cls[0] >= 0 && cls[1] >> type & 1) ? cls[0] : undefined

const hostCategory = (u, type, third, suffixes) => {
for (let i = suffixes.length; i--;) {
const [name, print] = suffixes[i]
if (!third && name.length <= conf.site.length) continue
const at = type === CONNECT ? -1 : find(rules.paths, print)
if (at >= 0) {
let paths = rules.under[at]
if (typeof paths === 'string') {
paths = rules.under[at] = words(paths)
}
for (const one of paths) {
const [cls, types] = one
if (types >> type & 1 && matches(one, u.pathname + u.search, '^')) return third || cls[2] ? says(cls, type) : undefined
}
}
const cls = name.includes('.') && inSets(rules.hosts, print)
if (cls) return third || cls[2] ? says(cls, type) : undefined
}
}

const siteCategory = (u, host, type) => {
if (type === DOCUMENT) return
const rest = (u.pathname + u.search).toLowerCase()
const one = among(rules.site, rest, type, '') || among(rules.labels, '/' + host + rest, type, '^')
return one && says(one[0], type)
}

const categoryOf = (u, type) => {
if (!rules) compile()
const host = u.hostname.replace(new RegExp('\\.$'), '')
const suffixes = ends(host)
if (ownCategory(rules.allow, u, suffixes) !== undefined) return
let category = ownCategory(rules.block, u, suffixes)
if (category !== undefined) return category
const third = host !== conf.site && !host.endsWith('.' + conf.site)
category = hostCategory(u, type, third, suffixes)
if (category === undefined) category = siteCategory(u, host, type)
if (category !== undefined) return category
if (type !== DOCUMENT) {
for (const [name] of suffixes) if (rules.near.has(name)) return rules.near.get(name)
for (const [category, only, prints] of rules.lists) {
if ((third || !only) && suffixes.some(s => find(prints, s[1]) >= 0)) return category
}
}
return third && (type === SCRIPT || type === SUBDOCUMENT) ? data.third : undefined
}

const withheld = category => {
const name = category > 0 && data.categories[category]
return name && !allowed.has(name) ? name : undefined
}

const NETWORK = new RegExp('^(http|ws)s?:$')
const ADDRESS = new RegExp('^(src|href|data|poster)$')
const FRAME = new RegExp('<(?:i?frame|object)', 'i')
const SPACE = new RegExp('\\s+')

// the category that is missing for this URL, or undefined
const judge = (url, type, base) => {
try {
const u = new URL(url, base)
if (NETWORK.test(u.protocol)) return withheld(categoryOf(u, type))
} catch (e) {}
}

const like = (name, pattern) => {
const tail = pattern.endsWith('*')
const head = pattern[0] === '*'
const word = pattern.slice(head ? 1 : 0, tail ? -1 : undefined).toLowerCase()
const low = name.toLowerCase()
return head && tail ? low.includes(word) : head ? low.endsWith(word) : tail ? low.startsWith(word) : low === word
}

const cookieCategory = name => {
if (!rules) compile()
if (data.cookies) {
for (const [category, pattern] of data.cookies) {
if (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern) return category
}
return
}
const exact = inSets(rules.names, printOf(name) >>> NAME)
if (exact) return exact
if (data.never.split(' ').some(p => like(name, p))) return
for (let i = 1; i <= name.length; i++) {
const category = inSets(rules.starts, printOf(name.slice(0, i)) >>> START)
if (category) return category
}
}

const cookieWithheld = name => { try { return withheld(cookieCategory(name)) } catch (e) {} }

// ---- wrapping --------------------------------------------------------------

// a worker's global has some of its functions from its prototypes
const where = (owner, name) => {
while (owner && !describe(owner, name)) owner = getPrototypeOf(owner)
return owner
}

// what is not said of a property stays as it is
const method = (owner, name, fn) => {
owner = where(owner, name)
const d = owner && describe(owner, name)
if (!d || typeof d.value !== 'function' || !d.configurable) return
defineProperty(owner, name, { value: new Proxy(d.value, { apply: (f, self, args) => fn(f, self, args) }) })
}

const accessor = (owner, name, put, take) => {
const d = owner && describe(owner, name)
if (!d || !d.configurable) return
const change = {}
if (put && d.set) change.set = new Proxy(d.set, { apply: (f, self, args) => put(self, args[0], v => apply(f, self, [v])) })
if (take && d.get) change.get = new Proxy(d.get, { apply: (f, self) => take(self, apply(f, self, [])) })
defineProperty(owner, name, change)
}

const setter = (owner, name, fn) => accessor(owner, name, fn)
const getter = (owner, name, fn) => accessor(owner, name, undefined, fn)

const maker = (owner, name, fn) => {
const d = describe(owner, name)
if (!d || typeof d.value !== 'function' || !d.configurable) return
const value = new Proxy(d.value, { construct: (f, args, target) => fn(f, args, target === value ? f : target) })
defineProperty(owner, name, { value })
if (d.value.prototype && d.value.prototype.constructor === d.value) d.value.prototype.constructor = value
}

const protoOf = (w, name) => w[name] && w[name].prototype

// an address at which there is nothing, and that asks nobody
const NOWHERE = 'blob:' + scope.location.origin + '/0'

// ---- elements --------------------------------------------------------------

const LINKS = { stylesheet: STYLESHEET, preconnect: CONNECT, 'dns-prefetch': CONNECT, icon: IMAGE, 'apple-touch-icon': IMAGE, 'mask-icon': IMAGE, 'fluid-icon': IMAGE, 'compression-dictionary': OTHER, prefetch: OTHER, preload: OTHER, modulepreload: SCRIPT, prerender: SUBDOCUMENT, manifest: OTHER }
const AS = { script: SCRIPT, style: STYLESHEET, image: IMAGE, font: FONT, fetch: XHR, video: MEDIA, audio: MEDIA, track: MEDIA, document: SUBDOCUMENT, worker: SCRIPT }

const TAGS = {
script: { src: SCRIPT, href: SCRIPT, 'xlink:href': SCRIPT },
img: { src: IMAGE, srcset: IMAGE },
iframe: { src: SUBDOCUMENT, srcdoc: SUBDOCUMENT },
frame: { src: SUBDOCUMENT },
link: { href: OTHER, imagesrcset: IMAGE },
object: { data: OBJECT },
embed: { src: OBJECT },
video: { src: MEDIA, poster: IMAGE },
audio: { src: MEDIA },
source: { src: MEDIA, srcset: IMAGE },
track: { src: MEDIA },
input: { src: IMAGE, formaction: DOCUMENT },
button: { formaction: DOCUMENT },
form: { action: DOCUMENT },
base: { href: OTHER },
a: { ping: PING },
area: { ping: PING },
image: { href: IMAGE, 'xlink:href': IMAGE, src: IMAGE, srcset: IMAGE },
use: { href: IMAGE, 'xlink:href': IMAGE },
feimage: { href: IMAGE, 'xlink:href': IMAGE }
}
for (const tag of 'body,table,thead,tbody,tfoot,tr,td,th,col,colgroup'.split(',')) TAGS[tag] = { background: IMAGE }
const NAMES = Object.keys(TAGS).join(',')

const linkType = get => {
const as = (get('as') || '').toLowerCase()
for (const rel of (get('rel') || '').toLowerCase().split(SPACE)) {
if (rel === 'preload' || rel === 'prefetch') return AS[as] || OTHER
if (rel in LINKS) return LINKS[rel]
}
}

// of an attribute as it would be; get() gives the others
const missing = (tag, name, value, get, base) => {
if (get('data-consent') === 'ignore') return
let type = TAGS[tag][name]
if (tag === 'link') {
type = linkType(get)
if (type === undefined) return
}
if (name === 'srcset' || name === 'imagesrcset') {
for (const part of String(value).split(',')) {
const category = judge(part.trim().split(SPACE)[0], type, base)
if (category) return category
}
return
}
if (name === 'ping') {
for (const part of String(value).split(SPACE)) {
const category = part && judge(part, type, base)
if (category) return category
}
return
}
return name === 'srcdoc' ? undefined : judge(value, type, base)
}

// A document that a javascript: URL gives has no guard in it: the code runs,
// and gives none, but where it is plain that nothing is in it.  A document in
// a data: URL gets one, or in XML loses what would load.
const PLAIN = new RegExp('^(?:[ ;(){},.!=]|(?:void|false|true|null|undefined|function|document|open|close|domain|alert|confirm|print|focus|blur|history|back|forward|go|\\d+)(?![\\w$])|"[^"<\\\\]*"|\x27[^\x27<\\\\]*\x27)*(?://[ -~]*)?$')
const still = value => {
try {
const u = new URL(value)
if (u.protocol === 'data:') return dataOf(u.href, value)
if (u.protocol !== 'javascript:' || allowed.has('marketing')) return value
let text = u.href.slice(11)
try { text = decodeURIComponent(text) } catch (e) {}
return PLAIN.test(text) ? value : u.href + '%0A;void 0'
} catch (e) {
return value
}
}

// bytes stay bytes, whatever charset they are in
const DATA = new RegExp('^data:([^,]*?)(;\\s*base64\\s*)?,([^#]*)', 'i')
const dataOf = (href, value) => {
const [, type, base64, rest] = DATA.exec(href)
const xml = new RegExp('xml', 'i').test(type)
if (!xml && !new RegExp('html', 'i').test(type)) return value
const text = base64 ? atob(plain(rest)) : plain(rest)
const safe = (xml ? clean : srcdoc)(text, scope.document, 'data:,')
return safe === text ? value : 'data:' + type + ',' + safe.replace(new RegExp('[^\\w.~-]', 'g'), c => '%' + (c < '\x10' ? '0' : '') + c.charCodeAt().toString(16))
}

const frameUrl = (category, url) => conf.endpoint + 'frame?c=' + category + '&u=' + encodeURIComponent(url)

// Markup's tags with what is withheld made inert; the rest stays as it is.  Tags
// and comments end as in the standard's tokenizer.  Where the tree decides what
// is text and what is not, each "<" may begin a tag, wherever it stands.
const BLANK = ' \\t\\n\\f\\r'
const TAG = new RegExp('<(/?)([a-z][^@/>]*)((?:[@/]|(?=([^@/>][^@/>=]*(?:[@]*=[@]*(?:"[^"]*(?:"|$)|\\x27[^\\x27]*(?:\\x27|$)|[^@"\\x27>][^@>]*)?)?))\\4)*)>'.replaceAll('@', BLANK), 'iy')
// what does not end here: a tag, "<", a comment or the like that is no "<!--"
const BEGIN = new RegExp('</?(?:[a-z]|$)|<(?:/[^a-z>]|\\?|!(?!--|\\[CDATA\\[))[^>]*$', 'iy')
const COMMENT = new RegExp('<!--(?:-?>|[^]*?--!?>|([^]*))|<(?:[!?]|/[^a-z])[^>]*', 'iy')
const RAW = new RegExp('^(?:script|style|textarea|title|xmp|iframe|noembed|noframes)$')
const TWICE = new RegExp('<!--[^]*<script', 'i')
const BY_TREE = 'svg,math,select,frameset,template,noscript'
const LOOSE = new RegExp('<(?:' + BY_TREE.replace(new RegExp(',', 'g'), '|') + '|!\\[CDATA)', 'i')
const NOSCRIPT = new RegExp('<noscript', 'ig')
const read = (pattern, text, at) => { pattern.lastIndex = at; return pattern.exec(text) }

// state, of what is written in pieces: "written", "loose", or what stands before
// this is not known; gets these and "open", where something begins that does not
// end here.  What is written runs scripts, so <noscript> is text.
const clean = (html, doc, base, state = {}) => {
state.open = -1
let loose = state.loose || LOOSE.test(state.written ? html.replace(NOSCRIPT, '') : html)
let whole = 0
for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
const m = read(TAG, html, at)
if (!m) {
if (read(BEGIN, html, at)) {
if (at >= whole && state.open < 0) state.open = at
if (!loose) break
}
const c = !loose && read(COMMENT, html, at)
at += c ? c[0].length : 1
if (c && c[1] !== undefined) state.loose = 1
continue
}
const [all, end, name, attrs] = m
const tag = name.toLowerCase()
const cleaned = !end && TAGS[tag] && attrs && cleanTag(tag, attrs, doc, base)
if (cleaned) html = html.slice(0, at) + cleaned + html.slice(at + all.length)
const next = at + (cleaned || all).length
whole = Math.max(whole, next)
if (!loose && !end && (RAW.test(tag) || state.written && tag === 'noscript')) {
const text = html.slice(next)
const n = text.search(new RegExp('</' + tag + '(?=[' + BLANK + '/>])', 'i'))
if (n < 0) { state.loose = 1; break }
at = next + n
// a script in the escaped states may end later
loose = TWICE.test(text.slice(0, n))
continue
}
at = loose ? at + 1 : next
}
state.loose = state.loose || loose
return html
}

// where a policy wants Trusted Types, and lets us have some
let policy
const trusted = (text, how) => {
const same = s => s
if (!policy) policy = scope.trustedTypes.createPolicy('privacy-choices', { createHTML: same, createScriptURL: same })
return policy[how || 'createHTML'](text)
}

const parse = (text, doc) => {
const box = apply(native.createElement, doc, ['template'])
try {
apply(native.setHTML, box, [text])
} catch (e) {
apply(native.setHTML, box, [trusted(text)])
}
return box.content.firstChild
}

const isFrame = (tag, name) => name === 'src' ? tag === 'iframe' || tag === 'frame' || tag === 'embed' : name === 'data' && tag === 'object'

const cleanTag = (tag, attrs, doc, base) => {
const el = parse('<x-x' + attrs + '>', doc)
const get = name => apply(native.getAttribute, el, [name])
let changed
for (const name in TAGS[tag]) {
const value = get(name)
if (value === null) continue
if (name === 'srcdoc') {
const inner = srcdoc(value, doc, base)
if (inner !== value) { apply(native.setAttribute, el, [name, inner]); changed = 1 }
continue
}
const category = missing(tag, name, value, get, base)
const safe = isFrame(tag, name) ? still(value) : value
if (category) { mark(el, tag, name, value, category); changed = 1 }
else if (safe !== value) { apply(native.setAttribute, el, [name, safe]); changed = 1 }
}
if (!changed) return
const html = apply(native.getOuter, el, [])
return '<' + tag + html.slice(4, html.length - 6)
}

// XLink's may have any prefix
const XLINK = 'http://www.w3.org/1999/xlink'
const named = (space, name) => space === XLINK ? name.replace(new RegExp('^(.*:)?'), 'xlink:') : name.toLowerCase()

const mark = (el, tag, name, value, category) => {
const set = (n, v) => apply(native.setAttribute, el, [n, v])
const get = n => apply(native.getAttribute, el, [n])
set('data-' + name, value)
apply(native.removeAttribute, el, [name])
el.removeAttributeNS(XLINK, name.slice(6))
set('data-category', category)
if (get('data-consent') !== 'blocked') {
set('data-consent', 'blocked')
if (tag === 'script') {
if (get('type') !== null) set('data-type', get('type'))
set('type', 'text/plain')
}
}
if (tag === 'iframe') set('src', frameUrl(category, value))
}

// a document of its own: the guard goes in with it
const srcdoc = (html, doc, base) => {
const text = String(html)
if (!new RegExp('<[a-z]', 'i').test(text)) return html
const at = new RegExp('^\\s*<!doctype[^>]*>', 'i').exec(text)
const n = at ? at[0].length : 0
// of the server's and of here it is the same up to there
const own = src => '<script src="' + src + '"' + (conf.nonce ? ' nonce="' + conf.nonce + '"' : '') + ' data-allowed="' + [...allowed].join(' ') + '"'
if ([conf.src, conf.path].some(src => text.startsWith(own(src), n))) return html
return text.slice(0, n) + own(conf.src) + ' data-hosts="' + conf.hosts.join(' ') + '" data-site="' + conf.site + '" data-endpoint="' + conf.endpoint + '"></' + 'script>' + clean(text.slice(n), doc, base)
}

let native

const isHeld = (el, name) => apply(native.getAttribute, el, ['data-consent']) === 'blocked' && apply(native.getAttribute, el, ['data-' + name]) !== null

// held back: the element is as the server would have written it
const hold = (el, tag, name, value, category) => {
mark(el, tag, name, String(value), category)
if (name === 'src' && tag === 'img') wait(() => el.dispatchEvent(new (el.ownerDocument.defaultView || scope).Event('error')))
}

// something else came in its place
const release = (el, tag, name) => {
if (!isHeld(el, name)) return
const remove = n => apply(native.removeAttribute, el, [n])
remove('data-' + name)
if (Object.keys(TAGS[tag]).some(n => isHeld(el, n))) return
remove('data-consent')
remove('data-category')
if (tag !== 'script' || apply(native.getAttribute, el, ['type']) !== 'text/plain') return
const type = apply(native.getAttribute, el, ['data-type'])
if (type === null) remove('type')
else apply(native.setAttribute, el, ['type', type])
remove('data-type')
}

// What the server withheld, by rules that are not here, is so when a script (a
// lazy loader, as a rule) copies it back, too.
const again = (name, value, get) => {
const category = get('data-consent') === 'blocked' && get('data-' + name) === String(value) && get('data-category')
return category && !allowed.has(category) ? category : undefined
}

// Before an attribute is set: true if it is held back instead
const stops = (el, name, value, get) => {
const tag = el.localName.toLowerCase()
if (!TAGS[tag] || TAGS[tag][name] === undefined) return
get = get || (n => apply(native.getAttribute, el, [n]))
const category = missing(tag, name, value, get, el.baseURI) || again(name, value, get)
if (category) { hold(el, tag, name, value, category); return 1 }
release(el, tag, name)
}

// a link loads by what its "rel" says, wherever in the order that comes
const relink = (el, name, value) => {
const get = n => n === name ? String(value) : apply(native.getAttribute, el, [n])
for (const n of ['href', 'imagesrcset']) {
const now = get(n) || get('data-' + n)
if (now && (get(n) || isHeld(el, n))) {
if (!stops(el, n, now, get) && get(n) === null) apply(native.setAttribute, el, [n, now])
}
}
}

const inner = (value, el) => {
try {
const text = srcdoc(value, el.ownerDocument, el.baseURI)
return text === value || typeof value === 'string' ? text : trusted(text)
} catch (e) {
return value
}
}

const attribute = (el, name, value, set) => {
const tag = el.localName
if (tag === 'link' && (name === 'rel' || name === 'as')) relink(el, name, value)
else if (tag === 'iframe' && name === 'srcdoc') return set(inner(value, el))
else if (stops(el, name, value)) return
return set(isFrame(tag, name) ? still(value) : value)
}

// what was made where nothing loads comes to where things do
const sweep = root => {
const all = root.querySelectorAll ? [...root.querySelectorAll(NAMES)] : []
if (root.localName) all.push(root)
for (const el of all) {
const tag = el.localName.toLowerCase()
for (const name in TAGS[tag] || {}) {
const value = name === 'xlink:href' ? el.getAttributeNS(XLINK, 'href') : apply(native.getAttribute, el, [name])
if (value === null || isHeld(el, name)) continue
if (name === 'srcdoc') apply(native.setAttribute, el, [name, srcdoc(value, el.ownerDocument, el.baseURI)])
else stops(el, name, value)
}
}
}

// ---- a window's functions --------------------------------------------------

// by their constructors: a window outlives the page in it
const known = new WeakSet()

const enter = w => {
try {
if (!w || !w.document || known.has(w.Element)) return
if (w.document.querySelector('script[data-allowed][data-endpoint]')) known.add(w.Element)
else patch(w)
} catch (e) {}
}

// Of a frame whose document stands in a document that stands in the page (in
// that one the server puts the guard): before any script in it runs.  Its window
// is the one that the frame has until then.
const inPage = w => {
const all = w.document.getElementsByTagName('iframe')
// what the observer was told of is not looked at: that takes longer
const look = () => {
for (const el of all) if (apply(native.getAttribute, el, ['srcdoc']) !== null) enter(el.contentWindow)
}
const seen = new w.MutationObserver(look)
seen.observe(w.document, { childList: true, subtree: true })
// may be told of the page's end before it is told of what was in it
w.document.addEventListener('DOMContentLoaded', () => { look(); seen.disconnect() })
}

const frames = root => {
if (!root || !root.querySelectorAll) return
if (root.localName === 'iframe') enter(root.contentWindow)
if (root.firstElementChild) root.querySelectorAll('iframe,frame,object').forEach(el => enter(el.contentWindow))
}

const elements = w => {
// a window may be there before the document that stays in it
// properties that are attributes
const props = [
['HTMLScriptElement', 'src'], ['HTMLImageElement', 'src'], ['HTMLImageElement', 'srcset'], ['HTMLIFrameElement', 'src'],
['HTMLIFrameElement', 'srcdoc'], ['HTMLFrameElement', 'src'], ['HTMLLinkElement', 'href'], ['HTMLLinkElement', 'rel'],
['HTMLLinkElement', 'as'], ['HTMLLinkElement', 'imageSrcset'], ['HTMLObjectElement', 'data'], ['HTMLEmbedElement', 'src'],
['HTMLMediaElement', 'src'], ['HTMLVideoElement', 'poster'], ['HTMLSourceElement', 'src'], ['HTMLSourceElement', 'srcset'],
['HTMLTrackElement', 'src'], ['HTMLInputElement', 'src'], ['HTMLInputElement', 'formAction'], ['HTMLButtonElement', 'formAction'],
['HTMLFormElement', 'action'], ['HTMLBodyElement', 'background'], ['HTMLBaseElement', 'href'], ['HTMLAnchorElement', 'ping'], ['HTMLAreaElement', 'ping']
]
for (const [cls, name] of props) {
const attr = name.toLowerCase()
accessor(protoOf(w, cls), name, (el, value, set) => attribute(el, attr, value, set), (el, value) => {
return isHeld(el, attr) && ADDRESS.test(attr) ? new URL(apply(native.getAttribute, el, ['data-' + attr]), el.baseURI).href : value
})
}

// the same by name
const E = w.Element.prototype
method(E, 'setAttribute', (f, el, args) => args.length < 2
? apply(f, el, args)
: attribute(el, String(args[0]).toLowerCase(), args[1], v => apply(f, el, [args[0], v])))
method(E, 'setAttributeNS', (f, el, args) => args.length < 3
? apply(f, el, args)
: attribute(el, named(args[0], String(args[1])), args[2], v => apply(f, el, [args[0], args[1], v])))
const node = (f, el, args) => {
const a = args[0]
const to = el.ownerElement || el
if (a && a.nodeType === 2 && TAGS[(to.localName || '').toLowerCase()]) {
if (stops(to, named(a.namespaceURI, a.name), a.value)) return null
}
return apply(f, el, args)
}
method(E, 'setAttributeNode', node)
method(E, 'setAttributeNodeNS', node)
const maps = new WeakMap()
getter(E, 'attributes', (el, map) => { if (TAGS[el.localName]) maps.set(map, el); return map })
for (const name of ['setNamedItem', 'setNamedItemNS']) {
method(protoOf(w, 'NamedNodeMap'), name, (f, map, args) => {
const a = args[0]
return a && maps.has(map) && stops(maps.get(map), named(a.namespaceURI, a.name), a.value) ? null : apply(f, map, args)
})
}
const attr = (a, value, set) => a.nodeType === 2 && a.ownerElement
? attribute(a.ownerElement, a.name.toLowerCase(), value, set)
: set(value)
setter(protoOf(w, 'Attr'), 'value', attr)
setter(w.Node.prototype, 'nodeValue', attr)
setter(w.Node.prototype, 'textContent', attr)

// SVG keeps its address in an object
const strings = new WeakMap()
for (const cls of ['SVGImageElement', 'SVGScriptElement', 'SVGUseElement', 'SVGFEImageElement']) {
getter(protoOf(w, cls), 'href', (el, s) => { strings.set(s, el); return s })
}
setter(protoOf(w, 'SVGAnimatedString'), 'baseVal', (s, value, set) => {
const el = strings.get(s)
return el ? attribute(el, 'href', value, set) : set(value)
})

// markup
const markup = (value, around) => {
const text = String(value)
try {
const safe = clean(text, w.document, w.document.baseURI, { loose: around && (!around.closest || around.closest(BY_TREE)) })
return safe === text ? value : typeof value === 'string' ? safe : trusted(safe)
} catch (e) {
return value
}
}
const windows = (root, text) => FRAME.test(text) && frames(root)
const first = around => (f, self, args) => {
const r = apply(f, self, args.length ? [markup(args[0], around(self, args)), ...args.slice(1)] : args)
windows(self, args[0])
return r
}
for (const owner of [E, protoOf(w, 'ShadowRoot')]) {
for (const name of ['innerHTML', 'outerHTML']) {
setter(owner, name, (el, value, set) => {
const up = name === 'outerHTML' ? el.parentNode : el
set(value === null ? value : markup(value, up))
windows(up, value)
})
}
method(owner, 'setHTMLUnsafe', first(el => el))
}
method(E, 'insertAdjacentHTML', (f, el, args) => {
const r = apply(f, el, args.length > 1 ? [args[0], markup(args[1], el)] : args)
windows(el.parentNode || el, args[1])
return r
})
method(protoOf(w, 'Range'), 'createContextualFragment', first(range => range.startContainer))
method(protoOf(w, 'DOMParser'), 'parseFromString', first((parser, args) => args[1] !== 'text/html' && parser))
method(w.Document, 'parseHTMLUnsafe', first(() => {}))

// a tag that is written in pieces is judged when it is whole
let rest = ''
const state = { written: 1 }
const write = tail => (f, d, args) => {
const text = rest + args.map(String).join('') + tail
let safe = text
try {
state.loose = state.loose || d.currentScript && d.currentScript.closest(BY_TREE)
safe = clean(text, d, d.baseURI, state)
rest = state.open < 0 ? '' : safe.slice(state.open)
safe = safe.slice(0, safe.length - rest.length)
if (w.TrustedHTML && args.every(a => a instanceof w.TrustedHTML)) safe = trusted(safe)
} catch (e) {
rest = ''
}
const r = apply(f, d, [safe])
windows(d, text)
return r
}
method(w.Document.prototype, 'write', write(''))
method(w.Document.prototype, 'writeln', write('\n'))

// nodes from elsewhere
const adopt = n => { if (n && n.nodeType && n.ownerDocument !== w.document) sweep(n) }
for (const name of ['importNode', 'adoptNode']) {
method(w.Document.prototype, name, (f, d, args) => { adopt(args[0]); return apply(f, d, args) })
}
const insert = (f, self, args) => {
args.forEach(adopt)
const list = args.map(n => n && n.nodeType === 11 ? [...n.children] : [n])
const r = apply(f, self, args)
list.forEach(l => l.forEach(frames))
return r
}
const places = { Node: ['appendChild', 'insertBefore', 'replaceChild'], Range: ['insertNode', 'surroundContents'], Element: ['insertAdjacentElement'] }
for (const cls of ['Element', 'Document', 'DocumentFragment']) places[cls] = [...places[cls] || [], 'append', 'prepend', 'replaceChildren', 'moveBefore']
for (const cls of ['Element', 'CharacterData', 'DocumentType']) places[cls] = [...places[cls] || [], 'before', 'after', 'replaceWith']
for (const cls in places) places[cls].forEach(name => method(protoOf(w, cls), name, insert))

// windows that need no request
for (const cls of ['HTMLIFrameElement', 'HTMLFrameElement', 'HTMLObjectElement']) {
for (const name of ['contentWindow', 'contentDocument']) getter(protoOf(w, cls), name, (el, value) => { try { enter(value && (value.defaultView || value)) } catch (e) {} return value })
}
// What is clicked or sent, while the browser looks where it leads; in which
// window it runs the link says.
const lead = (el, name) => {
const value = apply(native.getAttribute, el, [name])
const safe = still(value)
if (safe === value) return
frames(w.document)
apply(native.setAttribute, el, [name, safe])
wait(() => apply(native.getAttribute, el, [name]) === safe && apply(native.setAttribute, el, [name, value]))
}
const listen = w.EventTarget.prototype.addEventListener
apply(listen, w, ['click', e => {
const el = e.composedPath().find(n => n.localName === 'a' || n.localName === 'area')
if (el) for (const name of ['href', 'xlink:href']) lead(el, name)
}, true])
apply(listen, w, ['submit', e => {
lead(e.target, 'action')
if (e.submitter) lead(e.submitter, 'formaction')
}, true])
// cookies
setter(w.Document.prototype, 'cookie', (d, value, set) => {
const text = String(value)
const gone = new RegExp('max-age\\s*=\\s*(-|0)', 'i').test(text) || Date.parse((new RegExp('expires\\s*=([^;]*)', 'i').exec(text) || [])[1]) < Date.now()
if (gone || !cookieWithheld(text.split('=')[0].trim())) set(value)
})
}

const requests = w => {
const base = () => w.document ? w.document.baseURI : w.location.href

method(w, 'fetch', (f, self, args) => {
const to = args[0]
const url = to && typeof to === 'object' && typeof to.url === 'string' ? to.url : to
if (!judge(url, XHR, base())) return apply(f, self, args)
const p = w.Promise.reject(new w.TypeError('Failed to fetch'))
p.catch(() => {})
return p
})

method(w, 'fetchLater', (f, self, args) => judge(args[0] && args[0].url || args[0], PING, base()) ? { activated: false } : apply(f, self, args))

method(protoOf(w, 'XMLHttpRequest'), 'open', (f, x, args) => {
if (args.length > 1 && judge(args[1], XHR, base())) args = [args[0], NOWHERE, ...args.slice(2)]
return apply(f, x, args)
})

method(protoOf(w, 'Navigator'), 'sendBeacon', (f, n, args) => args.length && judge(args[0], PING, base()) ? true : apply(f, n, args))

// a connection that could not be made
const dead = (f, target, url, fields, events) => {
const s = new w.EventTarget()
setPrototypeOf(s, target.prototype)
const put = (name, value) => defineProperty(s, name, { value, writable: true, configurable: true })
put('url', url)
put('readyState', 0)
for (const name in fields) put(name, fields[name])
put('close', () => { put('readyState', f.CLOSED) })
put('send', () => {})
wait(() => {
put('readyState', f.CLOSED)
for (const event of events) {
s.dispatchEvent(event)
const on = s['on' + event.type]
if (typeof on === 'function') on.call(s, event)
}
})
return s
}

maker(w, 'WebSocket', (f, args, target) => {
if (!args.length || !judge(args[0], WEBSOCKET, base())) return construct(f, args, target)
const url = new URL(args[0], base()).href.replace('http', 'ws')
return dead(f, target, url, { onopen: null, onmessage: null, onerror: null, onclose: null, binaryType: 'blob', bufferedAmount: 0, protocol: '', extensions: '' },
[new w.Event('error'), new w.CloseEvent('close', { code: 1006 })])
})

maker(w, 'EventSource', (f, args, target) => args.length && judge(args[0], XHR, base())
? dead(f, target, new URL(args[0], base()).href, { onopen: null, onmessage: null, onerror: null, withCredentials: false }, [new w.Event('error')])
: construct(f, args, target))

method(protoOf(w, 'CookieStore'), 'set', (f, c, args) => {
const name = args[0] && typeof args[0] === 'object' ? args[0].name : args[0]
return cookieWithheld(String(name)) ? w.Promise.resolve() : apply(f, c, args)
})

method(w, 'importScripts', (f, self, args) => apply(f, self, args.map(url => judge(url, SCRIPT, base()) ? NOWHERE : url)))

// the constructor sets what is set nowhere else
maker(w, 'Audio', (f, args, target) => {
const a = construct(f, [], target)
if (args.length) { a.preload = 'auto'; a.src = args[0] }
return a
})

// A worker made of a text of the page gets the guard before that text
const blobs = new Map()
method(w.URL, 'createObjectURL', (f, self, args) => {
const url = apply(f, self, args)
if (args[0] instanceof w.Blob) blobs.set(url, args[0])
return url
})
method(w.URL, 'revokeObjectURL', (f, self, args) => { wait(() => blobs.delete(args[0])); return apply(f, self, args) })
const made = new Map()
const guarded = url => {
const text = '(f=>f(self,' + JSON.stringify({ ...conf, allowed: [...allowed] }) + ',' + table + ',f))(' + me + ');\n'
const blob = blobs.get(url)
if (blob) {
if (!made.has(url)) made.set(url, w.URL.createObjectURL(new w.Blob([text, blob], { type: blob.type })))
return made.get(url)
}
const m = new RegExp('^data:([^,]*?)(;base64)?,([^]*)$', 'i').exec(url)
if (m) return 'data:' + m[1] + ',' + encodeURIComponent(text + (m[2] ? w.atob(decodeURIComponent(m[3])) : decodeURIComponent(m[3])))
}
for (const name of ['Worker', 'SharedWorker']) {
maker(w, name, (f, args, target) => {
let url
try {
url = args.length && guarded(String(args[0]))
if (url && scope.TrustedScriptURL && args[0] instanceof scope.TrustedScriptURL) url = trusted(url, 'createScriptURL')
} catch (e) { url = undefined }
return construct(f, url ? [url, ...args.slice(1)] : args, target)
})
}
}

const patch = w => {
if (w.document) {
known.add(w.Element)
const E = w.Element.prototype
if (!native) {
native = {
createElement: w.Document.prototype.createElement,
setAttribute: E.setAttribute,
getAttribute: E.getAttribute,
removeAttribute: E.removeAttribute,
setHTML: describe(E, 'innerHTML').set,
getOuter: describe(E, 'outerHTML').get
}
}
elements(w)
}
requests(w)
}

patch(scope)

if (scope.document) {
if (scope.location.href === 'about:srcdoc') inPage(scope)
const changed = e => {
const c = (e.detail || {}).categories || {}
allowed = new Set(Object.keys(c).filter(n => c[n]))
}
// what is chosen is told in the page that a frame is in
for (let w = scope, last; w !== last; last = w, w = w.parent) w.document.addEventListener('consent:change', changed)
}
})

const tag = document.currentScript
const { allowed, endpoint, hosts } = tag.dataset
try {
guard(window, { allowed: (allowed || '').split(' '), site: tag.dataset.site || new URL(tag.src).hostname, hosts: (hosts || '').split(' ').filter(Boolean), endpoint: new URL(endpoint, tag.src).href, src: tag.src, path: new URL(tag.src).pathname, nonce: tag.nonce }, table, guard)
} catch (e) {}

// What is pressed in the notice is for the notice alone: a site that puts off
// what visitors do until its scripts are there does not put off their answer.
for (const type of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'click', 'keydown', 'keyup']) {
addEventListener(type, e => {
if (e.isTrusted && e.target.closest?.('#privacy-choices')) e.stopImmediatePropagation()
}, { capture: true, passive: true })
}

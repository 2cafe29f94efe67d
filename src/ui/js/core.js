// On every page: window.ngxConsent, and the watch over a page that outlives a
// choice (Back, prerender, other tabs).  Whatever is here, the plain form does
// without.

const doc = document
const root = doc.documentElement
const data = doc.currentScript.dataset
const base = location.origin + data.endpoint
const NAME = 'privacy-choices'
const WANT = NAME + '+'
let now = JSON.parse(data.state)
let store = {}
let channel

// it may be forbidden; then there is nothing to remember
try { store = sessionStorage || store } catch (e) {}

const fire = name => doc.dispatchEvent(new CustomEvent('consent:' + name, { detail: now }))
const keyOf = s => s.basis + JSON.stringify(s.categories)
const again = () => location.reload()
let move = again
const tell = () => channel?.postMessage(1)

// where something is wrong the answer is words, and no JSON
const send = (choice, names = []) => fetch(base, {
method: 'POST', keepalive: 1, headers: { accept: 'application/json' },
body: new URLSearchParams([['lang', root.lang], ['choice', choice], ...names.map(n => ['category', n])])
}).then(r => r.json()).then(s => { now = s; tell(); fire('change') })

// A choice made elsewhere: start again with the right page.  Where that did not
// help (a location with other rules than the endpoint's), once is enough.
const check = () => fetch(base + 'state').then(r => r.json()).then(s => {
const want = keyOf(s)
if (keyOf(now) !== want && store[WANT] !== want) {
store[WANT] = want
move(s)
}
}, () => {})

const listen = () => {
try {
channel = new BroadcastChannel(NAME)
channel.onmessage = check
} catch (e) {}
}

// what a screen reader hears after the page came back
const announce = () => {
const p = doc.querySelector('[data-saved]')
if (p) setTimeout(() => (p.textContent = p.dataset.saved), 200)
}

const ours = form => form.action === base
const here = () => location.pathname + location.search
const leave = () => (store[NAME] = scrollY + ' ' + here())

let choose = (choice, names) => send(choice, names).then(again)

const api = window.ngxConsent = {
state: () => now,
allowed: name => !!now.categories[name],
reject: () => choose('reject'),
accept: names => choose(names ? 'save' : 'accept', names),
show: () => (location = base)
}

listen()
if (store[WANT] === keyOf(now)) delete store[WANT]

const left = store[NAME]
delete store[NAME]
if (left) {
const [y, p] = left.split(' ')
if (p === here()) scrollTo(0, y)
announce()
tell()
}

// Some pages make themselves anew from script and drop what they do not know:
// ours goes back, but not for ever.
let tries = 9
const kept = [[doc.querySelector('nav[data-lost]'), n => doc.body.append(n)]]
const keep = () => {
kept.map(([n, put]) => n && !n.isConnected && tries-- > 0 && put(n))
for (const n of [root, doc.body]) if (n) watch.observe(n, { childList: 1 })
}
const watch = new MutationObserver(keep)
keep()

addEventListener('pagehide', () => channel?.close())
addEventListener('pageshow', e => e.persisted && (listen(), check()))
for (const n of ['prerendering', 'visibility']) doc.addEventListener(n + 'change', () => doc.hidden || check())
doc.addEventListener('submit', e => ours(e.target) && leave())
queueMicrotask(() => fire('ready'))

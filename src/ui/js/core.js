// On every page: window.ngxConsent, and the watch over a page that outlives a
// choice (Back, prerender, other tabs).  Whatever is here, the plain form does
// without.

const doc = document
const data = doc.currentScript.dataset
const base = location.origin + data.endpoint
let now = JSON.parse(data.state)
const WANT = base + 1
let store = {}
let channel

const fire = name => doc.dispatchEvent(new CustomEvent('consent:' + name, { detail: now }))
const keyOf = s => s.basis + JSON.stringify(s.categories)
let move = () => location.reload()
const tell = () => channel?.postMessage(1)

// where something is wrong the answer is words, and no JSON
const send = (choice, names = []) => fetch(base, {
method: 'POST', keepalive: 1, headers: { accept: 'application/json' },
body: new URLSearchParams([['lang', doc.documentElement.lang], ['choice', choice], ...names.map(n => ['category', n])])
}).then(r => r.json()).then(s => fire('change', tell(now = s)))

// A choice made elsewhere: start again with the right page.  Where that did not
// help (a location with other rules than the endpoint's), once is enough.
const check = () => fetch(base + 'state').then(r => r.json()).then(s => {
const want = keyOf(s)
if (keyOf(now) !== want && store[WANT] !== want) move(s, store[WANT] = want)
}, () => {})

// either may be forbidden; then there is nothing to remember, nobody to tell
try {
store = sessionStorage || store
channel = new BroadcastChannel(base)
channel.onmessage = check
} catch {}

// what a screen reader hears after the page came back
const said = doc.querySelector('[data-saved]')
const announce = () => setTimeout(() => said && (said.innerText = said.dataset.saved), 200)

let choose = (choice, names) => send(choice, names).then(move)

window.ngxConsent = {
state: () => now,
allowed: name => !!now.categories[name],
reject: () => choose('reject'),
accept: names => choose(names ? 'save' : 'accept', names),
show: () => (location = base)
}

if (store[WANT] === keyOf(now)) delete store[WANT]

const left = store[base]
delete store[base]
if (left) {
if (left.endsWith(location.pathname)) scrollTo(0, parseInt(left))
announce()
tell()
}

// Some pages make themselves anew from script and drop what they do not know:
// ours goes back, but not for ever.
let tries = 9
const nav = said?.parentNode
let mend = () => nav && !nav.isConnected && tries-- > 0 && doc.body.append(nav)
const keep = () => {
mend()
for (const n of [doc.documentElement, doc.body]) n && watch.observe(n, { childList: 1 })
}
const watch = new MutationObserver(keep)
keep()

// A page that is brought back, shown at last, or looked at again.  On its way
// down to where it is told, an event passes the window.
for (const n of ['pageshow', 'prerenderingchange', 'visibilitychange']) addEventListener(n, e => e.persisted == 0 || doc.hidden || check(), 1)
addEventListener('submit', e => e.target.action === base && (store[base] = scrollY + location.pathname), 1)
setTimeout(fire, 1, 'ready')

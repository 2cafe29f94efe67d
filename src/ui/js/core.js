// On every page: window.ngxConsent, and the watch over a page that outlives a
// choice (Back, prerender, other tabs).  Whatever is here, the plain form does
// without.

const doc = document
const me = doc.currentScript
const endpoint = me.dataset.endpoint
const api = window.ngxConsent = {}
const STORE = 'privacy-choices'
let state = JSON.parse(me.dataset.state || '{}')
let channel, hold

const fire = name => doc.dispatchEvent(new CustomEvent('consent:' + name, { detail: state }))

// sessionStorage may be forbidden; then there is nothing to remember
const memory = (name, value) => {
try {
const old = sessionStorage[STORE + name]
if (value === null) delete sessionStorage[STORE + name]
else if (value) sessionStorage[STORE + name] = value
return old
} catch (e) {}
}

const keyOf = s => s.basis + JSON.stringify(s.categories)
const reload = () => location.reload()
const tell = () => channel && channel.postMessage(1)

const request = (path, body) => fetch(endpoint + path, {
method: body ? 'POST' : 'GET', keepalive: true, body, headers: { accept: 'application/json' }
}).then(r => r.ok ? r.json() : Promise.reject(r))

const send = (choice, names) => request('', new URLSearchParams([
['choice', choice], ...names.map(n => ['category', n])
])).then(s => { state = s; tell(); fire('change') })

// A choice made elsewhere: start again with the right page.  Where that did not
// help (a location with other rules than the endpoint's), once is enough.
const check = () => request('state').then(now => {
const pair = keyOf(state) + '>' + keyOf(now)
if (keyOf(state) === keyOf(now) || (hold && hold(now)) || memory('-pair', pair) === pair) return
reload()
}, () => {})

const listen = () => {
channel = window.BroadcastChannel && new BroadcastChannel(STORE)
if (channel) channel.onmessage = check
}

// what a screen reader hears after the page came back
const announce = () => {
const p = doc.querySelector('[data-saved]')
if (p) setTimeout(() => { p.textContent = p.dataset.saved }, 200)
}

const ours = form => form.action === new URL(endpoint, location).href
const here = () => location.pathname + location.search
const leave = () => memory('-left', scrollY + ' ' + here())

api.state = () => state
api.allowed = name => name === 'necessary' || !!(state.categories || {})[name]
api.reject = () => send('reject', []).then(reload)
api.accept = names => send(names ? 'save' : 'accept', names || []).then(reload)
api.show = () => { location = endpoint }

listen()
if (!(memory('-pair') || '').startsWith(keyOf(state) + '>')) memory('-pair', null)

const left = memory('-left', null)
if (left) {
const y = parseInt(left)
if (left === y + ' ' + here() && y) scrollTo(0, y)
announce()
tell()
}

// Some pages make themselves anew from script and drop what they do not know:
// ours goes back, but not for ever.
let tries = 9
const kept = [[doc.querySelector('nav[data-lost]'), 'append']]
const keep = () => {
for (const [el, how, head] of kept) {
if (el && !el.isConnected && tries-- > 0) doc[head || 'body'][how](el)
}
if (doc.body) watch.observe(doc.body, { childList: true })
}
const watch = new MutationObserver(keep)
watch.observe(doc.documentElement, { childList: true })
keep()

addEventListener('pagehide', () => channel && channel.close())
addEventListener('pageshow', e => { if (e.persisted) { listen(); check() } })
doc.addEventListener('prerenderingchange', check)
doc.addEventListener('visibilitychange', () => doc.hidden || check())
doc.addEventListener('submit', e => { if (ours(e.target)) leave() })
Promise.resolve().then(() => fire('ready'))

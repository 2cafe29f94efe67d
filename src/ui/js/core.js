// On every page: window.ngxConsent, and the watch over a page that outlives a
// choice (Back, prerender, other tabs).  Whatever is here, the plain form does
// without.

const doc = document
const me = doc.currentScript
const endpoint = me.dataset.endpoint
const api = window.ngxConsent = {}
const CHANNEL = 'privacy-choices'
let state = JSON.parse(me.dataset.state || '{}')
let channel

const byId = id => doc.getElementById(id)
const fire = name => doc.dispatchEvent(new CustomEvent('consent:' + name, { detail: api.state() }))

// sessionStorage may be forbidden; then there is nothing to remember
const memory = (name, value) => {
try {
const old = sessionStorage.getItem(CHANNEL + name)
if (value === null) sessionStorage.removeItem(CHANNEL + name)
else if (value) sessionStorage.setItem(CHANNEL + name, value)
return old
} catch (e) {}
}

const key = s => [s.basis, ...(s.allowed || [])].join()

// the page as it should be now; what the pair says is explained in check()
const reload = () => location.reload()

const tell = () => channel && channel.postMessage(1)

const request = (path, init) => fetch(endpoint + path, Object.assign({
credentials: 'same-origin', cache: 'no-store', headers: { accept: 'application/json' }
}, init)).then(r => r.ok ? r.json() : Promise.reject(new Error('consent: ' + r.status)))

const send = (choice, names) => request('', {
method: 'POST',
keepalive: true,
body: new URLSearchParams([['choice', choice], ...names.map(n => ['category', n])])
}).then(s => { state = s; tell(); fire('change'); return s })

// A choice made elsewhere: start again with the right page.  Where one did not
// help (a location with other rules than the endpoint's), once is enough.
const check = () => request('state').then(now => {
const pair = key(state) + ' ' + key(now)
if (key(state) === key(now) || memory('-pair', pair) === pair) return
reload()
}, () => {})

const listen = () => {
channel = window.BroadcastChannel && new BroadcastChannel(CHANNEL)
if (channel) channel.onmessage = check
}

api.state = () => JSON.parse(JSON.stringify(state))
api.allowed = name => name === 'necessary' || (state.allowed || []).includes(name)
api.reject = () => send('reject', []).then(reload)
api.accept = names => send(names ? 'save' : 'accept', names || []).then(reload)
api.show = () => { location.href = endpoint }

// what a screen reader hears after the page came back
const announce = () => {
const nav = doc.querySelector('nav[data-saved]')
if (!nav) return
const p = doc.createElement('p')
p.setAttribute('role', 'status')
p.style.cssText = 'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0'
nav.append(p)
setTimeout(() => { p.textContent = nav.dataset.saved }, 200)
}

listen()
if (!(memory('-pair') || '').startsWith(key(state) + ' ')) memory('-pair', null)

const left = memory('-left', null)
if (left) {
const [y, path] = left.split(' ')
if (path === location.pathname + location.search) scrollTo(0, y)
announce()
tell()
}

addEventListener('pagehide', () => { if (channel) channel.close() })
addEventListener('pageshow', e => { if (e.persisted) { listen(); check() } })
doc.addEventListener('prerenderingchange', check)
doc.addEventListener('visibilitychange', () => { if (!doc.hidden) check() })

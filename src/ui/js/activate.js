// While something is withheld: the notice's form, and activation in place.

const ours = form => form.action === base
const notice = () => doc.getElementById('privacy-choices')
const inplace = data.activation === 'inplace'
const root = doc.documentElement
const api = window.ngxConsent
const again = move
let written = again
let dirty, plain

// what a visitor typed into a form of the site must not vanish unasked
const typed = form => dirty && dirty.isConnected && form !== dirty
doc.addEventListener('input', e => {
const form = e.target.form
if (form && !ours(form)) dirty = form
}, true)
doc.addEventListener('reset', e => { if (e.target === dirty) dirty = 0 })

const close = () => {
delete store[base]
kept = []
if (notice()) notice().remove()
announce()
}

// Agreed to in another tab, and nothing has to stop: a letter half written is
// worth more than what would load.
move = s => {
if (!typed() || allowedNow().some(n => !s.categories[n])) return again()
now = s
delete store[WANT]
close()
}

// by us, and by the page itself
const WITHHELD = '[data-consent=blocked],script[type="text/plain"][data-category]:not([data-consent])'
const allowedNow = () => Object.keys(now.categories).filter(api.allowed)

// "data-src" back to "src"
const restore = el => {
for (const a of [...el.attributes]) {
const m = /^data-(src|srcset|href|data|poster|style|content|imagesrcset|srcdoc|background|action|formaction|ping|xlink:href)$/.exec(a.name)
if (m) { el.setAttribute(m[1], a.value); el.removeAttribute(a.name) }
}
el.removeAttribute('data-consent')
}

// A copy runs, a script that was changed does not.  cloneNode() keeps the nonce.
const run = old => new Promise(done => {
const s = old.cloneNode(true)
s.removeAttribute('type')
if (s.dataset.type) s.setAttribute('type', s.dataset.type)
s.removeAttribute('data-type')
s.async = old.hasAttribute('async')
restore(s)
s.onload = s.onerror = done
old.replaceWith(s)
if (s.async || !(s.src || s.href)) done()
})

// In the order in which the page would have run them: what is plain, one after
// the other; then what is deferred.  What waits for the page to be ready is
// told that it is.
const activate = async list => {
const late = []
const events = []
const undo = [[doc, 'DOMContentLoaded'], [window, 'DOMContentLoaded'], [window, 'load']].map(([t, type]) => {
const add = t.addEventListener
const mine = (...args) => args[0] === type && args[1] ? events.push([t, args[0], args[1]]) : add.apply(t, args)
t.addEventListener = mine
return () => { if (t.addEventListener === mine) t.addEventListener = add }
})
doc.write = doc.writeln = written
for (const el of list) {
if (el.localName !== 'script') restore(el)
else if (el.hasAttribute('async') || !(el.dataset.type === 'module' || (el.hasAttribute('defer') && el.dataset.src))) await run(el)
else late.push(el)
}
for (const el of late) await run(el)
undo.reverse().forEach(u => u())
delete doc.write
delete doc.writeln
for (const [t, type, fn] of events) {
try { (fn.handleEvent || fn).call(fn.handleEvent ? fn : t, new Event(type)) } catch (e) { reportError(e) }
}
}

// In place only where nothing ran that is not wanted any more, and nothing is
// needed that only a loading page can give.  Where a form would be lost and
// nothing has to stop, the page just stays as it is until the next one.
choose = (choice, names) => {
const before = allowedNow()
return send(choice, names).then(() => {
const list = [...doc.querySelectorAll(WITHHELD)].filter(el => api.allowed(el.dataset.category))
const more = before.every(api.allowed)
if (more && inplace && !list.some(el => /\bdocument\.write(ln)?\b/.test(el.textContent))) {
close()
setTimeout(() => activate(list).catch(again))
} else if (more && typed()) {
close()
} else {
store[base] = scrollY + location.pathname
// nor does the page's own address become where the visitor came from
if (!doc.referrer) {
const m = doc.createElement('meta')
m.name = 'referrer'
m.content = 'no-referrer'
doc.head.append(m)
}
again()
}
})
}

api.show = () => {
const n = notice()
if (!n) { location = base; return }
n.querySelector('details').open = true
n.querySelector('summary').focus()
}

doc.addEventListener('click', e => {
if (notice() && !(e.metaKey || e.ctrlKey || e.shiftKey) && e.target.closest('a[data-role=show]')) {
e.preventDefault()
api.show()
}
})

// A site that puts off clicks, until its own scripts are there, puts off what
// they are for, not this one.
addEventListener('click', e => {
const b = e.isTrusted && e.target.closest('#privacy-choices [name=choice]')
if (!b) return
let sent
doc.addEventListener('submit', () => (sent = 1), { once: true, capture: true })
setTimeout(() => sent || b.form.requestSubmit(b))
}, true)

// The browser sends the form itself, which shows that a person pressed the
// button; only where the page has to stay does the script send it.  And where
// the browser was kept from it (a form-action of the site's, an extension): when
// a question that was asked later is answered, and the page is still there.
let waits
addEventListener('pagehide', () => { clearTimeout(waits); waits = 0 })
doc.addEventListener('submit', e => {
const form = e.target
const b = e.submitter
if (form === dirty) dirty = 0
if (!ours(form) || plain || !b) return
const names = b.value === 'save' ? new FormData(form).getAll('category') : []
if (!(inplace || typed(form))) {
clearTimeout(waits)
waits = setTimeout(() => fetch(base + 'state').then(() => waits && choose(b.value, names)).catch(() => {}), 1500)
return
}
e.preventDefault()
delete store[base]
const stop = b.value !== 'accept' && allowedNow().some(n => n !== 'necessary' && !names.includes(n))
if (stop && typed(form) && nav?.dataset.lost && !confirm(nav.dataset.lost)) return
choose(b.value, names).catch(() => { plain = 1; form.requestSubmit(b) })
})

const n = notice()
// of this site, whatever a page's <base> says
if (n) n.firstElementChild.action = base
const links = mend
let kept = [[n, el => doc.body.prepend(el)]]
doc.querySelectorAll('[data-privacy-choices]').forEach(el => kept.push([el, el => doc.head.prepend(el)]))
mend = () => { links(); kept.map(([n, put]) => n && !n.isConnected && tries-- > 0 && put(n)) }

// A body that is moved or filtered takes what is fixed along with it, and what
// comes later may lie over it: then into the browser's top layer.
const rise = () => {
const r = n.querySelector('[value=reject]').getBoundingClientRect()
if (!n.isConnected || n.hidden || (n.getBoundingClientRect().bottom < innerHeight + 1 && n.contains(doc.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)))) return
n.popover = 'manual'
n.showPopover?.()
}
if (n && window.ResizeObserver) {
new ResizeObserver(() => {
root.style.setProperty('--privacy-choices-height', n.offsetHeight + 24 + 'px')
n.popover || rise()
}).observe(n)
addEventListener('load', () => n.popover || rise())
}

// While something is withheld: the notice's form, and activation in place.

const notice = () => byId('privacy-choices')
const lost = () => (doc.querySelector('nav[data-lost]') || me).dataset.lost
let dirty, plain

const ours = form => form && form.action === new URL(endpoint, location.href).href

// what a visitor typed into a form of the site must not vanish unasked
const typed = form => dirty && dirty.isConnected && form !== dirty
doc.addEventListener('input', e => {
const form = e.target.form
if (form && !ours(form)) dirty = form
}, true)
doc.addEventListener('reset', e => { if (e.target === dirty) dirty = 0 })

const close = () => {
if (notice()) notice().remove()
doc.documentElement.style.removeProperty('--privacy-choices-height')
announce()
}

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
if (s.hasAttribute('data-type')) s.setAttribute('type', s.getAttribute('data-type'))
else s.removeAttribute('type')
s.removeAttribute('data-type')
s.async = old.hasAttribute('async')
restore(s)
s.onload = s.onerror = done
old.replaceWith(s)
if (s.async || !(s.src || s.href || s.type === 'module')) done()
})

// In the order in which the page would have run them: what is plain, one after
// the other; then what is deferred.  What waits for the page to be ready is
// told that it is.
const activate = async list => {
const late = []
const events = []
const undo = [[doc, 'DOMContentLoaded'], [window, 'DOMContentLoaded'], [window, 'load']].map(([t, name]) => {
const add = t.addEventListener
const mine = function (type, fn, o) {
if (type === name && fn) events.push([t, type, fn])
else add.call(t, type, fn, o)
}
t.addEventListener = mine
return () => { if (t.addEventListener === mine) t.addEventListener = add }
})
doc.write = doc.writeln = reload
for (const el of list) {
if (el.localName !== 'script') restore(el)
else if (!el.hasAttribute('async') && ((el.hasAttribute('defer') && el.hasAttribute('data-src')) || el.dataset.type === 'module')) late.push(el)
else await run(el)
}
for (const el of late) await run(el)
undo.forEach(u => u())
delete doc.write
delete doc.writeln
for (const [t, type, fn] of events) {
try { fn.handleEvent ? fn.handleEvent(new Event(type)) : fn.call(t, new Event(type)) } catch (e) { reportError(e) }
}
}

const granted = () => [...doc.querySelectorAll('[data-consent=blocked]')]
.filter(el => api.allowed(el.dataset.category))

// in place only where nothing was running that is not wanted any more, and
// nothing is needed that only a loading page can give
const finish = before => {
const list = granted()
const inplace = me.dataset.activation === 'inplace' &&
before.every(n => api.allowed(n)) &&
!list.some(el => /\bdocument\.write(ln)?\b/.test(el.textContent))
if (inplace) {
close()
setTimeout(activate, 0, list)
} else if (dirty && before.every(n => api.allowed(n))) {
close()
} else {
leave()
reload()
}
}

const leave = () => memory('-left', scrollY + ' ' + location.pathname + location.search)

const choose = (choice, names) => {
const before = (state.allowed || []).slice()
return send(choice, names).then(() => finish(before))
}
api.reject = () => choose('reject', [])
api.accept = names => choose(names ? 'save' : 'accept', names || [])

api.show = () => {
const n = notice()
if (!n) { location.href = endpoint; return }
n.querySelector('details').open = true
n.querySelector('summary').focus()
}

doc.addEventListener('click', e => {
const a = e.target.closest && e.target.closest('a[data-role=show]')
if (a && notice()) { e.preventDefault(); api.show() }
})

// The browser sends the form itself, which shows that a person pressed the
// button; only where the page has to stay does the script send it.
doc.addEventListener('submit', e => {
const form = e.target
if (!ours(form)) { if (form === dirty) dirty = 0; return }
const b = e.submitter
if (plain || !b || (me.dataset.activation !== 'inplace' && !typed(form))) { leave(); return }
const before = state.allowed || []
const names = b.value === 'save' ? [...new FormData(form).getAll('category')] : []
const fewer = b.value !== 'accept' && before.some(n => n !== 'necessary' && !names.includes(n))
e.preventDefault()
if (fewer && typed(form) && !confirm(lost())) return
choose(b.value, names).catch(() => { plain = 1; form.requestSubmit(b) })
})

const measure = () => {
const n = notice()
if (n) doc.documentElement.style.setProperty('--privacy-choices-height', n.offsetHeight + 24 + 'px')
}
if (notice() && window.ResizeObserver) new ResizeObserver(measure).observe(notice())

fire('ready')

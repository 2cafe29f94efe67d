// Where the page is the same for everyone (consent_delivery shared): asks who
// is there, then shows the notice, or opens what was agreed to.  Coming again
// would bring the same page, so everything happens in place.

// what writes into a page that is still loading has nothing to write into
written = () => {}

// the page does not know its own query, which may be one visitor's
const show = n => {
n.querySelector('[name=return]').value = location.pathname + location.search
n.hidden = false
}

const open = s => {
now = s
delete store[WANT]
const n = notice()
if (n && s.ask) show(n)
else if (n) { kept = []; n.remove() }
fire('change')
const list = [...doc.querySelectorAll(WITHHELD)].filter(el => api.allowed(el.dataset.category))
setTimeout(() => activate(list).catch(reportError))
}

// another tab: what has to stop needs a new page, what is added does not
move = s => allowedNow().every(n => s.categories[n]) ? open(s) : again()

// who cannot ask is asked: the form works by itself
fetch(base + 'state').then(r => r.json()).then(open).catch(() => {
const n = notice()
if (n) show(n)
})

// Stand-ins for what withheld trackers and withheld scripts of the page would
// have defined: they take what they are given and do nothing.  What a page
// wants done after a hit (a link that is followed from the callback) is done
// at once; calls are kept, and made when the real function comes in place.

const TABLE = '@stubs.json'
const made = []

const answer = args => {
for (const a of args) {
for (const name of ['event_callback', 'eventCallback', 'hitCallback']) {
if (a && typeof a[name] === 'function') setTimeout(a[name])
}
}
}

const put = (path, value, calls) => {
const names = path.split('.')
const last = names.pop()
let owner = window
for (const n of names) owner = owner[n] = owner[n] || {}
if (owner[last] !== undefined) return
owner[last] = value
made.push([owner, last, value, calls])
}

const list = () => {
const a = []
a.push = (...args) => { answer(args); return Array.prototype.push.apply(a, args) }
return a
}

// gtag() itself only puts its arguments into a list
const call = n => {
const calls = []
const f = function () {
if (n === 'gtag') (window.dataLayer = window.dataLayer || []).push(arguments)
else calls.push(arguments)
answer(arguments)
}
f.q = calls
put(n, f, calls)
}

const thing = names => {
const o = {}
for (const n of names) o[n] = (...args) => { answer(args); return /^(getInstance|interaction)$/.test(n) ? o : undefined }
return o
}

// whatever is asked of it is there, can be called, and gives nothing
const hole = target => new Proxy(target, {
get: (t, p) => p in t ? t[p]
: p === Symbol.toPrimitive ? () => ''
: p === Symbol.iterator ? () => [].values()
: typeof p === 'symbol' || p === 'then' || p === 'toJSON' ? undefined
: (t[p] = hole(function () {})),
apply: (t, self, args) => answer(args),
construct: () => hole({})
})

const KINDS = { '()': () => hole(function () {}), '{}': () => hole({}), '[]': list, '=0': () => 0, "=''": () => '', '=u': () => {} }

for (const name of (document.currentScript.dataset.stubs || '').split(' ')) {
const known = TABLE[name]
if (known) {
known[0].forEach(n => put(n, list()))
known[1].forEach(call)
Object.keys(known[2]).forEach(n => put(n, thing(known[2][n])))
} else if (KINDS[name.slice(-2)]) put(name.slice(0, -2), KINDS[name.slice(-2)]())
else if (KINDS[name.slice(-3)]) put(name.slice(0, -3), KINDS[name.slice(-3)]())
}

// The real ones, where they come in place, must not find a function of their
// name; what was put into a list is theirs, and so are the calls.
document.addEventListener('consent:change', () => {
for (const [owner, n, value, calls] of made.splice(0)) {
if (owner[n] !== value) continue
if (Array.isArray(value)) { delete value.push; continue }
delete owner[n]
if (!calls || !calls.length) continue
Object.defineProperty(owner, n, {
configurable: true,
get: () => undefined,
set: real => {
Object.defineProperty(owner, n, { configurable: true, enumerable: true, writable: true, value: real })
if (typeof real === 'function') setTimeout(() => calls.forEach(args => owner[n](...args)))
}
})
}
})

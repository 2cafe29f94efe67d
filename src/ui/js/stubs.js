// Stand-ins for functions of withheld trackers that a page calls: they take
// what they are given and do nothing.  What a page wants done after a hit (a
// link that is followed from the callback) is done at once.

const TABLE = '@stubs.json'
const made = []

const answer = args => {
for (const a of args) {
for (const name of ['event_callback', 'eventCallback', 'hitCallback']) {
if (a && typeof a[name] === 'function') setTimeout(a[name])
}
}
}

const put = (path, value) => {
const names = path.split('.')
const last = names.pop()
let owner = window
for (const n of names) owner = owner[n] = owner[n] || {}
if (owner[last] !== undefined) return
owner[last] = value
made.push([owner, last, value])
}

const list = () => {
const a = []
a.push = (...args) => { answer(args); return Array.prototype.push.apply(a, args) }
return a
}

const call = () => {
const f = (...args) => { f.q.push(args); answer(args) }
f.q = []
return f
}

const thing = names => {
const o = {}
for (const n of names) o[n] = (...args) => { answer(args); return /^(getInstance|interaction)$/.test(n) ? o : undefined }
return o
}

for (const name of (document.currentScript.dataset.stubs || '').split(' ')) {
const [lists, calls, things] = TABLE[name] || [[], [], {}]
lists.forEach(n => put(n, list()))
calls.forEach(n => put(n, call()))
Object.keys(things).forEach(n => put(n, thing(things[n])))
}

// The real ones, where they come in place, must not find a function of their
// name; what was put into a list is theirs.
document.addEventListener('consent:change', () => {
for (const [owner, n, value] of made.splice(0)) {
if (owner[n] !== value) continue
if (Array.isArray(value)) delete value.push
else delete owner[n]
}
})

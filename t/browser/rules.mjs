// The guard decides as the server does: the script as nginx serves it, run
// without a browser, beside "consentctl check", address by address, and beside
// what nginx lets through of cookies.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { done, is, ok } from './lib.mjs'

const { GUARD_URL, GUARD_ARGS, GUARD_ADDRESSES, GUARD_NAMES, GUARD_WITHHELD, CONSENTCTL } = process.env
const script = await (await fetch(GUARD_URL)).text()

// what a script's import and a request of this page would come to
function judge (site, allowed, hosts) {
  let passed
  const note = url => { passed = String(url); return Promise.resolve() }
  const window = {
    URL, RegExp, Blob, Map, WeakMap, Set, WeakSet, Proxy, Uint8Array, Uint32Array, DataView, Promise, TypeError, setTimeout, atob,
    location: new URL(`http://${site}/`), fetch: note, importScripts: note,
    CookieStore: class { set (name) { return note(name) } }
  }
  const document = { currentScript: { dataset: { allowed, site, hosts, endpoint: '/_consent/' }, src: `http://${site}/_consent/guard.js` } }
  vm.runInNewContext(script, { window, document, location: window.location, URL, addEventListener () {} })
  return {
    xhr: url => { passed = ''; window.fetch(url); return passed === url },
    cookie: name => { passed = ''; new window.CookieStore().set(name); return passed === name },
    script: url => { passed = ''; window.importScripts(url); return passed === url }
  }
}

const lines = file => readFileSync(file, 'utf8').split('\n').filter(Boolean)
const addresses = lines(GUARD_ADDRESSES)
const categories = ['functional', 'analytics', 'marketing']
const args = JSON.parse(GUARD_ARGS)
let asked = 0
let stopped = 0
const wrong = []

for (const site of ['localhost', 'baidu.com']) {
  const none = judge(site, '')
  const but = Object.fromEntries(categories.map(c => [c, judge(site, categories.filter(o => o !== c).join(' '))]))
  for (const url of addresses) {
    for (const type of ['xhr', 'script']) {
      let says = ''
      try {
        execFileSync(CONSENTCTL, ['check', ...args, '--page', `http://${site}/`, '--type', type, url], { stdio: 'pipe' })
      } catch (e) {
        says = (/until "(\w+)"/.exec(e.stdout) || [])[1]
      }
      const guard = none[type](url) ? '' : categories.find(c => !but[c][type](url))
      asked++
      if (says) stopped++
      if (guard !== says) wrong.push(`${type} ${url} on ${site}: ${guard || 'loads'}, not ${says || 'loads'}`)
    }
  }
}

is(wrong, [], `the guard says of ${asked} requests what the server says`)
const near = judge('site.example', '', '3:t.site.example')
is(['https://t.site.example/x', 'https://a.t.site.example/', 'https://u.site.example/'].map(near.xhr),
  [false, false, true], 'what the page itself says of its site\'s hosts counts')
ok(stopped > 50 && stopped < asked, `of which ${stopped} are withheld`)
const names = lines(GUARD_NAMES)
const withheld = lines(GUARD_WITHHELD)
const { cookie } = judge('site.example', '')
is(names.filter(n => !cookie(n)), withheld, `and the same of ${names.length} cookies`)
ok(withheld.length > 500 && withheld.length < names.length, `of which ${withheld.length} are withheld`)
done()

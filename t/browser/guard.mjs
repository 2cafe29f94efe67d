// What scripts add: with the guard no way of theirs reaches a tracker, with
// consent_csp none at all; what is no tracker still loads, each way, and a
// page cannot tell that anybody looked.

import http from 'node:http'
import { base, browser, is, ok, test, visitor } from './lib.mjs'

// All names lead here, but those of this machine: what arrives is what a
// tracker would have seen.

const seen = new Set()
const note = req => {
  const way = new URL(req.url, 'http://x').searchParams.get('way')
  if (way) seen.add(way)
}
const sink = http.createServer((req, res) => {
  note(req)
  const event = (req.headers.accept || '').includes('event-stream')
  res.writeHead(200, {
    'Content-Type': event ? 'text/event-stream' : /image/.test(req.headers.accept || '') ? 'image/gif' : 'text/javascript',
    'Access-Control-Allow-Origin': '*'
  })
  res.end()
})
sink.on('upgrade', (req, socket) => { note(req); socket.destroy() })
await new Promise(resolve => sink.listen(0, '127.0.0.1', resolve))
sink.unref()
const args = [`--host-resolver-rules=MAP * 127.0.0.1:${sink.address().port}, EXCLUDE 127.0.0.1, EXCLUDE localhost`]

const TRACKER = 'http://www.quantserve.com'
const HARMLESS = 'http://www.harmless.test'

// each way of a list, all on one page
async function run (where, lists, host) {
  const v = await visitor()
  await v.context.unrouteAll()
  seen.clear()
  await v.page.goto(`${base}${where}/ways.html?host=${encodeURIComponent(host)}`)
  const names = await v.page.evaluate(([lists, host]) => {
    const names = lists.includes('parsing') ? Object.keys(window.parsing) : []
    for (const list of lists) {
      if (list === 'parsing') continue
      for (const name in window[list]) {
        names.push(name)
        try { window[list][name](window.address(name)) } catch (e) { window.failed.push(name + ': ' + e) }
      }
    }
    return names
  }, [lists, host])
  await v.page.waitForTimeout(2500)
  const errors = await v.page.evaluate(() => window.failed)
  return { v, names, seen: new Set(seen), errors: [...errors, ...v.errors] }
}

await test(async () => {
  await browser({ args })

  const all = ['parsing', 'ways', 'others']
  const off = await run('off', all, TRACKER)
  await off.v.context.close()
  const works = off.names.filter(n => off.seen.has(n))
  is(off.names.filter(n => !off.seen.has(n)), [], 'without the module all ways reach a tracker')
  ok(works.length >= 60, 'and there are at least 60 of them')

  const guarded = await run('guard', ['parsing', 'ways'], TRACKER)
  for (const name of guarded.names) {
    ok(!guarded.seen.has(name), `with the guard nothing is asked for by ${name}`)
  }
  is(guarded.errors, [], 'and the page has no error of it')
  await guarded.v.context.close()

  const harmless = await run('guard', all, HARMLESS)
  is(works.filter(n => !harmless.seen.has(n)), [], 'what is no tracker loads in all these ways')
  is(harmless.errors, off.errors, 'and the page has the errors that it has without the guard')
  await harmless.v.context.close()

  // held back in the form of the page's markup, and loaded when agreed to

  {
    const v = await visitor()
    await v.context.unrouteAll()
    seen.clear()
    await v.page.goto(`${base}inplace/ways.html`)
    const held = await v.page.evaluate(host => {
      const add = (tag, attrs) => document.body.appendChild(Object.assign(document.createElement(tag), attrs))
      add('script', { src: `${host}/a.js?way=script` })
      add('img', { src: `${host}/a.gif?way=img` })
      add('iframe', { src: `${host}/a.html?way=iframe` })
      add('div', {}).innerHTML = `<b>bold</b><img alt='a "b"' src="${host}/b.gif?way=inner">`
      const s = add('script', { src: `${host}/c.js?way=changed` })
      s.src = 'data:text/javascript,1'
      return [...document.querySelectorAll('body > script[src], body > script[data-src], body > img, body > iframe, body > div')].map(el => el.outerHTML)
    }, TRACKER)
    const marks = 'data-category="analytics" data-consent="blocked"'
    is(held.filter(h => !h.includes('privacy-choices')), [
      `<script data-src="${TRACKER}/a.js?way=script" ${marks} type="text/plain"></script>`,
      `<img data-src="${TRACKER}/a.gif?way=img" ${marks}>`,
      `<iframe data-src="${TRACKER}/a.html?way=iframe" ${marks} src="${new URL(v.page.url()).origin}/_consent/frame?c=analytics&amp;u=${encodeURIComponent(TRACKER + '/a.html?way=iframe')}"></iframe>`,
      `<div><b>bold</b><img alt="a &quot;b&quot;" data-src="${TRACKER}/b.gif?way=inner" ${marks}></div>`,
      '<script src="data:text/javascript,1"></script>'
    ], 'what is held back is in the page as the server would have written it')
    is(await v.page.evaluate(() => document.querySelector('body > img').src), `${TRACKER}/a.gif?way=img`,
      'and says what it is of')
    const frame = v.page.frames().find(f => f.url() === 'about:srcdoc')
    const inside = way => frame.evaluate(url => { new Image().src = url }, `${TRACKER}/e.gif?way=${way}`)
    await inside('refused')
    await Promise.all([v.page.waitForResponse(r => r.request().method() === 'POST'), v.page.click('#privacy-choices button[value=accept]')])
    await v.page.waitForTimeout(1000)
    is([...seen].sort(), ['iframe', 'img', 'inner', 'script'], 'after consent it loads, in place')
    is(v.errors, [], 'without an error')
    seen.clear()
    await v.page.evaluate(url => { new Image().src = url }, `${TRACKER}/d.gif?way=later`)
    await inside('within')
    await v.page.waitForTimeout(300)
    is([...seen].sort(), ['later', 'within'], 'and what comes later is let through, in a frame, too')
    await v.page.reload()
    is(await v.page.evaluate(() => [document.querySelectorAll('script[src*="/guard-"]').length]), [0],
      'where nothing is withheld there is no guard')
    await v.context.close()
  }

  // cookies

  {
    const v = await visitor()
    await v.context.unrouteAll()
    await v.page.goto(`${base}guard/ways.html`)
    is(await v.page.evaluate(async () => {
      document.cookie = '_ga=1; path=/'
      document.cookie = '_ga_ABC=1'
      document.cookie = '_fbp=1'
      document.cookie = 'AMP_TOKEN=1'
      document.cookie = 'mine=1'
      document.cookie = 'sessionid=1'
      await cookieStore.set('_gid', '1')
      await cookieStore.set({ name: 'own', value: '1' })
      return document.cookie.split('; ').sort()
    }), ['mine=1', 'own=1', 'sessionid=1'], 'cookies of trackers are not written, others are')
    await v.context.close()
  }

  // nobody can tell by looking

  {
    const look = async where => {
      const v = await visitor()
      await v.context.unrouteAll()
      await v.page.goto(`${base}${where}/ways.html`)
      const r = await v.page.evaluate(() => {
        const out = {}
        const see = (name, owner) => {
          for (const [key, d] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
            for (const part of ['value', 'get', 'set']) {
              const f = d[part]
              if (typeof f !== 'function') continue
              out[`${name}.${String(key)} ${part}`] = [f.name, f.length, d.enumerable, d.configurable, !!d.writable,
                /^(function|class) ?.*\[native code\]/s.test(Function.prototype.toString.call(f)), 'prototype' in f && f.prototype?.constructor === f]
            }
          }
        }
        for (const name of ['Node', 'Element', 'Document', 'HTMLScriptElement', 'HTMLImageElement', 'HTMLIFrameElement', 'HTMLLinkElement',
          'XMLHttpRequest', 'Navigator', 'Range', 'DOMParser', 'ShadowRoot', 'Attr', 'NamedNodeMap', 'CookieStore', 'SVGAnimatedString']) see(name, window[name].prototype)
        see('window', Object.fromEntries(['fetch', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker', 'Audio', 'Image', 'XMLHttpRequest'].map(n => [n, window[n]])))
        return out
      })
      await v.context.close()
      return r
    }
    const [plain, wrapped] = [await look('off'), await look('guard')]
    is(Object.keys(wrapped).filter(k => JSON.stringify(plain[k]) !== JSON.stringify(wrapped[k])), [],
      'functions look as the browser made them')
    is(Object.keys(wrapped).length, Object.keys(plain).length, 'and there is none more')
  }

  // other libraries wrap the same functions, before their own use and after

  {
    const v = await visitor()
    await v.context.unrouteAll()
    seen.clear()
    await v.page.goto(`${base}guard/ways.html`)
    is(await v.page.evaluate(async host => {
      const calls = []
      const native = window.fetch
      window.fetch = function (...args) { calls.push('fetch'); return native.apply(this, args) }
      const open = XMLHttpRequest.prototype.open
      XMLHttpRequest.prototype.open = function (...args) { calls.push('open'); return open.apply(this, args) }
      const set = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
      Object.defineProperty(HTMLImageElement.prototype, 'src', { ...set, set (v) { calls.push('src'); set.set.call(this, v) } })
      class Socket extends WebSocket {}
      const events = []
      const e = await fetch(`${host}/?way=fetch`).catch(e => e)
      const x = new XMLHttpRequest()
      x.open('GET', `${host}/?way=xhr`)
      await new Promise(resolve => { x.onerror = () => events.push('xhr error'); x.onloadend = resolve; x.send() })
      const i = new Image()
      await new Promise(resolve => { i.onerror = resolve; i.src = `${host}/?way=image` })
      const s = new WebSocket(`${host.replace('http', 'ws')}/?way=socket`)
      await new Promise(resolve => { s.addEventListener('error', () => events.push('socket error')); s.onclose = resolve })
      const n = new EventSource(`${host}/?way=events`)
      await new Promise(resolve => { n.onerror = resolve })
      return [calls, events, e instanceof TypeError, e.message, x.status, s instanceof WebSocket, s.readyState, n.readyState,
        navigator.sendBeacon(`${host}/?way=beacon`), new Socket('ws://www.harmless.test/') instanceof Socket]
    }, TRACKER), [['fetch', 'open', 'src'], ['xhr error', 'socket error'], true, 'Failed to fetch', 0, true, 3, 2, true, true],
    'requests fail as those that a network does not let through, under others\' wrappers, too')
    is([...seen], [], 'and none of them is made')
    is(v.errors, [], 'no error')
    await v.context.close()
  }

  // a page that takes no text for markup

  {
    const v = await visitor()
    await v.context.unrouteAll()
    seen.clear()
    await v.page.goto(`${base}tt/ways.html`)
    is(await v.page.evaluate(async host => {
      const same = s => s
      const p = trustedTypes.createPolicy('page', { createHTML: same, createScriptURL: same })
      const put = (tag, attrs) => Object.assign(document.body.appendChild(document.createElement(tag)), attrs)
      const box = put('div')
      box.innerHTML = p.createHTML(`<b>text</b><img src="${host}/?way=inner">`)
      put('iframe', { srcdoc: p.createHTML(`<img src="${host}/?way=srcdoc">`) })
      put('script', { src: p.createScriptURL(`${host}/?way=script`) })
      const w = new Worker(p.createScriptURL(URL.createObjectURL(new Blob(['postMessage(1)']))))
      let threw
      try { box.innerHTML = '<i>text</i>' } catch (e) { threw = e.name }
      return [box.textContent, box.querySelector('img').src, threw, await new Promise(resolve => { w.onmessage = e => resolve(e.data) })]
    }, TRACKER), ['text', `${TRACKER}/?way=inner`, 'TypeError', 1], 'a page with Trusted Types works as it does')
    await v.page.waitForTimeout(300)
    is([...seen], [], 'and reaches no tracker')
    is(v.errors, [], 'no error')
    await v.context.close()
  }

  // documents that a javascript: URL gives

  for (const where of ['off', 'guard']) {
    for (let n = 0; n < +process.env.LEADS; n++) {
      const v = await visitor()
      await v.context.unrouteAll()
      seen.clear()
      await v.page.goto(`${base}${where}/lead${n}.html`, { waitUntil: 'commit' })
      await v.page.waitForTimeout(150)
      const name = await v.page.title()
      const b = await v.page.$('body > a, text, button:not(#privacy-choices button)')
      if (b) await b.click()
      await v.page.waitForTimeout(350)
      is([...seen], where === 'off' ? [String(n)] : [], `${where === 'off' ? 'without the module' : 'not with the guard'}: ${name}`)
      await v.context.close()
    }
  }
  {
    const v = await visitor()
    await v.context.unrouteAll()
    await v.page.goto(`${base}guard/links.html`)
    const before = await v.page.evaluate(() => [...document.links].map(a => a.outerHTML))
    for (const text of ['one', 'two', 'three', 'four']) await v.page.click(`p > a:text-is("${text}"), form:not(#privacy-choices form) > button:text-is("${text}")`)
    await v.page.waitForTimeout(300)
    is(await v.page.evaluate(() => n), [0, 1, 'javascript:void(0)', true, 'äA', 4], 'links and forms do what their code does')
    is(await v.page.evaluate(() => i.contentDocument.body.textContent), 'gone', 'and so does a frame')
    is(await v.page.evaluate(() => [...document.links].map(a => a.outerHTML)), before, 'and are as they were')
    is(v.errors, [], 'no error')
    await v.context.close()
  }

  // a page of this site in a frame of it

  {
    const v = await visitor()
    await v.context.unrouteAll()
    await v.page.goto(`${base}guard/ways.html`)
    await v.page.evaluate(() => new Promise(resolve => { put('iframe', { src: 'frame.html', onload: resolve }) }))
    const inner = await v.page.evaluate(() => window.inner)
    ok(/<script src="\/_consent\/guard-/.test(inner) && !inner.includes('consent-'), 'a frame has the guard, and nothing else of ours', inner)
    await v.context.close()
  }

  const csp = await run('csp', all, TRACKER)
  for (const name of csp.names) {
    ok(!csp.seen.has(name), `with consent_csp nothing is asked for by ${name}`)
  }
  await csp.v.context.close()
  sink.close()
  sink.closeAllConnections()
})

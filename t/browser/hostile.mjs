// Random hostile pages (hostile-page.mjs), each opened in Chromium, every fourth
// without scripting: what arrives at the tracker counts.
//
//     HOSTILE_SEED, HOSTILE_PAGES    which, and how many at most
//     HOSTILE_SECONDS                until then (0: no matter)
//     HOSTILE_DIR                    is served; a page that got through stays

import http from 'node:http'
import { rmSync, writeFileSync } from 'node:fs'
import { base, browser, is, note, ok, test } from './lib.mjs'
import { hostile } from './hostile-page.mjs'

const seed = +process.env.HOSTILE_SEED
const most = +process.env.HOSTILE_PAGES
const until = +process.env.HOSTILE_SECONDS ? Date.now() + process.env.HOSTILE_SECONDS * 1000 : Infinity
const dir = process.env.HOSTILE_DIR
const TABS = 6
const WITHOUT = 60

// all names but this machine's lead here; those of the tracker count

const seen = new Set()
const hear = req => {
  const host = (req.headers.host || '').toLowerCase()
  const m = /p(\d+)/.exec(req.url)
  if (/(^|\.)tracker\.test\.?(:|$)/.test(host) && m) seen.add(+m[1])
}
const sink = http.createServer((req, res) => {
  hear(req)
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Access-Control-Allow-Origin': '*' })
  res.end()
})
sink.on('upgrade', (req, socket) => { hear(req); socket.destroy() })
await new Promise(resolve => sink.listen(0, '127.0.0.1', resolve))

async function open (page, url) {
  try {
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: 3000 })
  } catch (e) {
    // one that never ends, or leads elsewhere, is a page, too
  }
  await new Promise(resolve => setTimeout(resolve, 300))
  await page.close()
}

// pages from "from" on, in tabs beside each other; how many there were

async function visit (where, from, upto) {
  const b = await browser()
  let next = from
  await Promise.all([...Array(TABS).keys()].map(async i => {
    const context = await b.newContext({ javaScriptEnabled: i % 4 !== 3 })
    while (next < upto && Date.now() < until) {
      const n = next++
      writeFileSync(`${dir}/${n}.html`, hostile(seed, n))
      await open(await context.newPage(), `${base}${where}${n}.html`)
      if (!seen.has(n)) rmSync(`${dir}/${n}.html`)
    }
    await context.close()
  }))
  return next - from
}

await test(async () => {
  await browser({ args: [`--host-resolver-rules=MAP * 127.0.0.1:${sink.address().port}, EXCLUDE 127.0.0.1, EXCLUDE localhost`, '--disable-popup-blocking'] })

  await visit('off/', 0, WITHOUT)
  ok(seen.size >= WITHOUT / 4, `without the module many of ${WITHOUT} hostile pages reach the tracker`, `${seen.size} did`)
  seen.clear()

  const opened = await visit('hostile/', 0, most)
  note(`${opened} pages with seed ${seed}`)
  is([...seen].sort((a, b) => a - b), [], 'none of many random hostile pages does')
  for (const n of seen) note(hostile(seed, n))
  sink.close()
  sink.closeAllConnections()
})

// What the browser tests share: TAP, and a Chromium that cannot leave the
// machine and tells what a page asked for.
//
//     import { browser, ok, is, done, base } from './lib.mjs'
//
// A test gets the site's address in CONSENT_URL (from its .t file); what it
// prints is TAP.

import { chromium, firefox } from 'playwright-core'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const base = process.env.CONSENT_URL

let n = 0
let failed = 0

export function ok (pass, name, more) {
  n++
  console.log(`${pass ? '' : 'not '}ok ${n} - ${name}`.replaceAll('#', '\\#'))
  if (!pass) {
    failed++
    if (more !== undefined) {
      console.log(String(typeof more === 'string' ? more : JSON.stringify(more, null, 1))
        .split('\n').slice(0, 40).map(l => `# ${l}`).join('\n'))
    }
  }
  return pass
}

export function is (got, want, name) {
  const g = JSON.stringify(got)
  const w = JSON.stringify(want)
  return ok(g === w, name, `got:  ${g}\nwant: ${w}`)
}

export function note (text) {
  console.log(String(text).split('\n').map(l => `# ${l}`).join('\n'))
}

export function skip (name, why) {
  n++
  console.log(`ok ${n} - ${name} # SKIP ${why}`)
}

let running
let profile

export function done () {
  console.log(`1..${n}`)
  process.exitCode = failed ? 1 : 0
}

// one Chromium for a test file; options count for the first call.
// { firefox: { preference: value } } is Debian's Firefox instead, over WebDriver
// BiDi, with a proxy that is not there for all but this machine.

export async function browser (options = {}) {
  if (running) return running

  if (options.firefox) {
    running = await firefox.launch({
      channel: 'moz-firefox',
      executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr',
      firefoxUserPrefs: {
        'network.proxy.type': 1,
        'network.proxy.http': '127.0.0.1',
        'network.proxy.http_port': 9,
        'network.proxy.ssl': '127.0.0.1',
        'network.proxy.ssl_port': 9,
        ...options.firefox
      }
    })
    return running
  }

  profile = mkdtempSync(join(tmpdir(), 'consent-chromium-'))
  running = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    ...options,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
      '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      // names are looked up nowhere: nothing can leave the machine
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      ...(options.args || []),
      ...(process.env.CHROMIUM_ARGS || '').split(' ').filter(Boolean)]
  })
  return running
}

export async function close () {
  if (running) await running.close()
  running = null
  if (profile) rmSync(profile, { recursive: true, force: true })
}

// A fresh visitor: a context whose requests to other hosts are answered here,
// by an empty script, picture or page, and written down in visitor.asked.

export async function visitor (options = {}) {
  const b = await browser()
  const context = await b.newContext(options)
  const asked = []
  const errors = []

  const home = new URL(base)

  await context.route(url => url.host !== home.host, route => {
    const r = route.request()
    asked.push({ url: r.url(), type: r.resourceType() })
    const type = {
      script: 'text/javascript', image: 'image/gif', stylesheet: 'text/css',
      document: 'text/html'
    }[r.resourceType()] || 'text/plain'
    return route.fulfill({
      status: 200,
      contentType: type,
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: options.answer ? options.answer(r) : ''
    })
  })

  // what the route cannot see (preconnect, a worker's) shows up here
  context.on('requestfailed', r => {
    if (new URL(r.url()).host !== home.host) {
      asked.push({ url: r.url(), type: r.resourceType(), failed: true })
    }
  })

  const page = await context.newPage()

  // consent_delivery shared: the notice comes once its script has asked
  if (process.env.CONSENT_SHARED && options.javaScriptEnabled !== false) {
    const goto = page.goto.bind(page)
    page.goto = async (...args) => {
      const r = await goto(...args)
      await page.waitForFunction(() => !document.querySelector('#privacy-choices[hidden]'))
      return r
    }
  }

  page.on('pageerror', e => errors.push(String(e)))

  return {
    context,
    page,
    asked,
    errors,
    hosts: () => [...new Set(asked.map(a => new URL(a.url).host))].sort(),
    forget: () => { asked.length = 0 }
  }
}

// a picture for people to look at, if CONSENT_SHOTS names a folder

export async function shot (page, name) {
  const dir = process.env.CONSENT_SHOTS
  if (!dir) return
  mkdirSync(dir, { recursive: true })
  await page.screenshot({ path: join(dir, `${name}.png`) })
}

// runs a test: whatever happens Chromium is closed and the plan is printed

export async function test (fn) {
  const timer = setTimeout(() => {
    ok(false, 'finishes in time')
    done()
    process.exit(1)
  }, Number(process.env.CONSENT_TIMEOUT || (process.env.CONSENT_FULL ? 900 : 240)) * 1000)

  try {
    await fn()
  } catch (e) {
    ok(false, 'runs to its end', String(e.stack || e))
  }

  clearTimeout(timer)
  await close()
  done()
}

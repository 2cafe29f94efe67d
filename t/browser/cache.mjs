// The browser's own copies: Back, reload and revalidation show the page of the
// state that counts now, after each change of it; with the back/forward cache
// and without.

import { base, browser, is, test } from './lib.mjs'

const TRACKER = 'www.google-analytics.com'

// a page from the back/forward cache is loaded already
const settled = async page => {
  await page.waitForTimeout(400)
  await page.waitForFunction(() => document.readyState === 'complete' && window.ngxConsent)
}

// a visitor whose requests are looked at and not touched: where they are
// answered by a test, Chromium has no cache
async function visitor (b) {
  const context = await b.newContext()
  const page = await context.newPage()
  const v = { context, page, asked: [], errors: [] }
  page.on('request', r => v.asked.push(new URL(r.url()).host))
  page.on('pageerror', e => v.errors.push(String(e)))
  return v
}

// set off from a timer: a page that is left answers no evaluate()
const back = async page => { await page.evaluate(() => { setTimeout(() => history.back()) }); await page.waitForTimeout(300) }

// what a visitor has before her: is there a notice, is the script live, was a
// tracker asked, and what the page says of itself
async function seen (v) {
  await settled(v.page)
  const s = await v.page.evaluate(() => [!!document.getElementById('privacy-choices'),
    !!document.querySelector('script[src*=google-analytics]'), window.ngxConsent.state().basis])
  return [...s, v.asked.includes(TRACKER)]
}

const PENDING = [true, false, 'none', false]
const REFUSED = [false, false, 'deny', false]
const GRANTED = [false, true, 'grant', true]

async function choose (v, choice) {
  await Promise.all([v.page.waitForEvent('load'), v.page.evaluate(c => { setTimeout(window.ngxConsent[c]) }, choice)])
  await settled(v.page)
}

const states = [['accept', GRANTED, 'agreed'], ['reject', REFUSED, 'withdrawn'], ['accept', GRANTED, 'agreed again'], ['reject', REFUSED, 'refused']]

await test(async () => {
  const b = await browser(process.env.CONSENT_BFCACHE ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {})
  const how = process.env.CONSENT_BFCACHE ? 'bfcache' : 'no bfcache'

  for (const place of ['', 'up/']) {
    const v = await visitor(b)
    const page = `${base}${place}page.html`
    const other = `${base}${place}other.html`
    const name = what => `${how}, ${place || 'file'}: ${what}`

    await v.page.goto(page)
    is(await seen(v), PENDING, name('not asked yet'))
    await v.page.goto(other)
    await back(v.page)
    is(await seen(v), PENDING, name('not asked yet, Back'))

    for (const [choice, want, what] of states) {
      await v.page.goto(page)
      await v.page.goto(other)
      v.asked.length = 0
      await choose(v, choice)
      is(await seen(v), want, name(`${what}: there`))
      v.asked.length = 0
      await back(v.page)
      is(await seen(v), want, name(`${what}: Back`))
      v.asked.length = 0
      await v.page.reload()
      is(await seen(v), want, name(`${what}: reload`))
      v.asked.length = 0
      await v.page.goto(other)
      v.asked.length = 0
      await v.page.goto(page)
      is(await seen(v), want, name(`${what}: a link to it`))
    }

    is(v.errors, [], name('no script failed'))
    await v.context.close()
  }
})

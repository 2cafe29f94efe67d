// consent_delivery shared behind a cache: every visitor is handed the same
// stored page, and each sees what is right for him.

import { base, browser, is, ok, test, visitor } from './lib.mjs'

const NOTICE = '#privacy-choices'
const REJECT = `${NOTICE} button[value=reject]`
const ACCEPT = `${NOTICE} button[value=accept]`
const TRACKER = 'www.google-analytics.com'

const settled = async page => { await page.waitForLoadState('load'); await page.waitForTimeout(700) }
const known = page => page.waitForFunction(() => {
  const n = document.getElementById('privacy-choices')
  return !n || !n.hidden
})
const basis = page => page.evaluate(() => window.ngxConsent.state().basis)
const tracked = v => v.hosts().includes(TRACKER)

async function open (v, path, page = v.page) {
  const r = await page.goto(base + path)
  await known(page)
  await settled(page)
  return r
}

async function press (page, button) {
  await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), page.click(button)])
  await settled(page)
}

// two numbers: who asked, and who had it fetched
const stored = r => / /.test(r.headers()['x-varnish'] || '')

await test(async () => {
  await browser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })

  const one = await visitor()
  await open(one, 'page.html')
  ok(await one.page.isVisible(NOTICE), 'who was not asked yet sees the notice')
  ok(!tracked(one), 'and no tracker is asked')

  const two = await visitor()
  ok(stored(await open(two, 'page.html')), 'another gets the stored page')
  await press(two.page, ACCEPT)
  is(await two.page.evaluate(() => [!!document.getElementById('privacy-choices'), window.ngxConsent.state().basis]),
    [false, 'grant'], 'who agrees has no notice')
  ok(tracked(two), 'and what was agreed to runs')
  two.forget()
  ok(stored(await open(two, 'page.html?x=1')) || stored(await open(two, 'page.html?x=1')), 'the next page is a stored one, too')
  ok(tracked(two), 'and opened')
  ok(!await two.page.$(NOTICE), 'without asking again')
  await two.page.reload()
  await settled(two.page)
  is(await basis(two.page), 'grant', 'reload: as agreed')

  const three = await visitor()
  ok(stored(await open(three, 'page.html')), 'a third gets the same')
  await press(three.page, REJECT)
  is(await basis(three.page), 'deny', 'who refuses')
  ok(!await three.page.$(NOTICE), 'has no notice')
  await open(three, 'page.html')
  ok(!await three.page.$(NOTICE), 'is not asked again')
  ok(!tracked(three), 'and no tracker was asked')

  await open(one, 'page.html')
  ok(await one.page.isVisible(NOTICE), 'the first is still asked')
  ok(!tracked(one), 'and nothing was loaded meanwhile')

  // what is written into the page as it loads cannot be, and does no harm

  await open(two, 'write.html')
  is(await two.page.evaluate(() => [document.title, !!document.querySelector('p')]), ['write', true],
    'a script that writes into the page leaves it as it is')

  // other tabs

  const tab = await one.context.newPage()
  await open(one, 'page.html', tab)
  await press(one.page, ACCEPT)
  await settled(tab)
  is(await basis(tab), 'grant', 'another tab knows')
  ok(!await tab.$(NOTICE), 'and its notice is gone')
  await Promise.all([one.page.waitForEvent('load'), one.page.evaluate(() => { window.ngxConsent.reject() })])
  await settled(one.page)
  await settled(tab)
  is([await basis(one.page), await basis(tab)], ['deny', 'deny'], 'withdrawn: here and there')
  one.forget()
  await tab.reload()
  await open(one, 'page.html')
  ok(!tracked(one), 'and no tracker is asked any more')

  // Back

  await open(two, 'page.html')
  await open(two, 'other.html')
  await Promise.all([two.page.waitForEvent('load'), two.page.evaluate(() => { window.ngxConsent.reject() })])
  await settled(two.page)
  two.forget()
  await two.page.goBack()
  await settled(two.page)
  is(await basis(two.page), 'deny', 'Back after withdrawal: the page knows')
  ok(!tracked(two), 'and nothing runs')

  // without scripting

  const four = await visitor({ javaScriptEnabled: false })
  await four.page.goto(`${base}page.html`)
  ok(await four.page.isVisible(ACCEPT), 'without scripting the notice is there')
  await Promise.all([four.page.waitForEvent('load'), four.page.click(REJECT)])
  is(new URL(four.page.url()).pathname, '/page.html', 'and a choice comes back to the page')
  ok(!tracked(four), 'where nothing was loaded')

  // where nobody answers

  const five = await visitor()
  await five.page.route('**/_consent/state', route => route.abort())
  await five.page.goto(`${base}page.html`)
  await known(five.page)
  ok(await five.page.isVisible(NOTICE), 'where the state cannot be had the notice is shown')
  ok(!tracked(five), 'and nothing is loaded')

  is([one, two, three, five].flatMap(v => v.errors), [], 'no script failed')
})

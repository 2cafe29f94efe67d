// The demo site in Chromium: no tracker is asked before "I agree" is clicked,
// all are after; refusing and withdrawing keep them out.

import { base, is, note, ok, shot, test, visitor } from './lib.mjs'

const trackers = ['connect.facebook.net', 'demo-courier.matomo.cloud',
  'cdn.matomo.cloud', 'hm.baidu.com', 'px.ads.linkedin.com',
  'static.hotjar.com', 'www.facebook.com', 'www.googletagmanager.com',
  'www.youtube.com']

// those that only ask when scripting is off stand in <noscript>

const scripted = trackers.filter(h =>
  !['demo-courier.matomo.cloud', 'www.facebook.com'].includes(h)).sort()
const unscripted = ['demo-courier.matomo.cloud', 'px.ads.linkedin.com',
  'www.facebook.com', 'www.googletagmanager.com', 'www.youtube.com']

const notice = 'section#privacy-choices'
const accept = `${notice} button[name=choice][value=accept]`
const reject = `${notice} button[name=choice][value=reject]`

async function settle (page) {
  await page.waitForLoadState('load')
  await page.waitForTimeout(600)
}

await test(async () => {
  // before a choice, and through the click

  let v = await visitor({ viewport: { width: 1280, height: 800 } })

  await v.page.goto(base)
  await settle(v.page)
  is(v.hosts(), [], 'before a choice no other host is asked for anything')
  ok(await v.page.isVisible(notice), 'the notice is there to see')
  is(await v.page.textContent('#clock'),
    'The site’s own script ran; the trackers did not.',
    'the site\'s own script runs')
  is(await v.context.cookies(), [], 'no cookie is there')
  is(await v.page.evaluate(() => localStorage.length + sessionStorage.length),
    0, 'nothing is stored')
  await shot(v.page, 'demo-before')

  const a = await v.page.locator(accept).boundingBox()
  const r = await v.page.locator(reject).boundingBox()
  ok(Math.abs(a.height - r.height) <= 2, 'both buttons are of one height',
    [a, r])

  await v.page.mouse.wheel(0, 2000)
  await v.page.keyboard.press('Escape')
  await v.page.click('main a[href="/ferry.html"]')
  await settle(v.page)
  is(v.hosts(), [], 'reading on is not consent')
  await v.page.goBack()
  await settle(v.page)
  is(v.hosts(), [], 'neither is going back')

  await Promise.all([v.page.waitForResponse(x =>
    x.request().method() === 'POST'), v.page.click(accept)])
  await v.page.waitForTimeout(300)
  await settle(v.page)

  is(v.hosts().filter(h => trackers.includes(h)), scripted,
    'after "I agree" each of the trackers is asked')
  ok(!await v.page.isVisible(notice), 'the notice is gone')
  is(new URL(v.page.url()).pathname, '/', 'the page is the same')
  await shot(v.page, 'demo-after')

  const [c] = await v.context.cookies()
  ok(c && c.httpOnly, 'one cookie, out of scripts\' reach', c)
  is((await v.context.cookies()).length, 1, 'and no other')

  // withdrawing

  v.forget()
  await v.page.click('#privacy-choices-links [data-role=show]')
  await v.page.waitForTimeout(300)
  await shot(v.page, 'demo-choices')
  const again = v.page.locator('button[name=choice][value=reject]:visible').first()
  await Promise.all([v.page.waitForResponse(x =>
    x.request().method() === 'POST'), again.click()])
  await settle(v.page)
  v.forget()
  await v.page.goto(base)
  await settle(v.page)
  is(v.hosts(), [], 'after withdrawing none is asked')
  await v.context.close()

  // refusing

  v = await visitor()
  await v.page.goto(base)
  await Promise.all([v.page.waitForResponse(x =>
    x.request().method() === 'POST'), v.page.click(reject)])
  await v.page.waitForTimeout(300)
  await settle(v.page)
  is(v.hosts(), [], 'after a refusal none is asked')
  ok(!await v.page.isVisible(notice), 'and one is not asked again')
  await v.page.goto(base + 'ferry.html')
  await settle(v.page)
  is(v.hosts(), [], 'nor on the next page')
  is(v.errors, [], 'no script fails on what is withheld')
  await v.context.close()

  // without scripting

  v = await visitor({ javaScriptEnabled: false })
  await v.page.goto(base)
  await settle(v.page)
  is(v.hosts(), [], 'without scripting: none before')
  await Promise.all([v.page.waitForNavigation(), v.page.click(accept)])
  await settle(v.page)
  is(v.hosts().filter(h => trackers.includes(h)), unscripted,
    'without scripting: those that need none, after "I agree"')
  await v.context.close()

  note(`trackers: ${trackers.join(' ')}`)
})

// Stand-ins: a page that calls what was withheld runs on, nothing is asked of
// a tracker, and what was called is handed over where it comes in place. And a
// choice is made where the browser is kept from sending the form.

import { base, is, ok, test, visitor } from './lib.mjs'

const ACCEPT = '#privacy-choices button[value=accept]'
const names = e => e.filter(x => !/Mine\.ready|reading 'x'|ga is not/.test(x))

await test(async () => {
  {
    const v = await visitor()
    await v.page.goto(`${base}stubs.html`)
    await v.page.waitForTimeout(300)
    is(v.hosts(), [], 'no tracker is asked for anything')
    is(names(v.errors), [], 'what the page calls is there')
    is(v.errors.length, 2, 'but not before what would have brought it, nor what a call gives')

    const done = await v.page.evaluate(() => window.done)
    ok(done.includes('gtag') && done.filter(x => x === 'ga').length === 1,
      'what waits for a hit is called at once', done)
    is(done.filter(x => !/^g/.test(x)), ['not mobile', 'function', 'object', 'object', 'string',
      1, true, 'undefined', ''],
    'names have the kind that the withheld script would have given them')
    ok(!done.includes('never'), 'and are empty')
    is(await v.page.evaluate(() => [dataLayer.length > 0, fbq.q.length, oursFirst.length]),
      [true, 1, 1], 'calls are kept')
    await v.context.close()
  }

  // nothing withheld, nothing defined

  {
    const v = await visitor()
    await v.page.goto(`${base}plain.html`)
    is(await v.page.evaluate(() => [typeof gtag, typeof dataLayer, typeof fbq, typeof ga]),
      ['undefined', 'undefined', 'undefined', 'undefined'],
      'without a withheld tracker there is no stand-in')
    await v.context.close()
  }

  // in place: the real ones find their names free, and get the calls

  {
    const v = await visitor()
    await v.page.goto(`${base}inplace.html`)
    await v.page.waitForTimeout(200)
    await v.page.click(ACCEPT)
    await v.page.waitForFunction(() => window.fbq?.queue?.length > 1, null, { timeout: 20000 }).catch(() => {})
    const got = await v.page.evaluate(() => ({
      layer: [...dataLayer].map(a => a[0] + ' ' + a[1]),
      fbq: fbq.queue ? [...fbq.queue].map(a => a[0] + ' ' + a[1]) : 'a stand-in',
      conf: conf.a.b,
      ad: typeof showAd
    }))
    const asked = () => ['connect.facebook.net', 'www.googletagmanager.com'].every(h => v.hosts().includes(h))
    for (let i = 0; i < 100 && !asked(); i++) await v.page.waitForTimeout(100)
    ok(asked(), 'trackers are asked after the choice', v.hosts())
    ok(got.layer.some(x => x === 'event x'), 'gtag: an event from before is in the list', got)
    ok(Array.isArray(got.fbq) && got.fbq.includes('init 1') && got.fbq.includes('track AddToCart'),
      'fbq: so is the call', got)
    is([got.conf, got.ad], [1, 'function'], 'and the real ones are in place of the stand-ins')
    await v.context.close()
  }

  // the browser does not send the form: form-action, <base> of another site

  for (const [page, what] of [['csp.html', 'form-action'], ['base.html', '<base>']]) {
    const v = await visitor()
    await v.page.goto(`${base}${page}`)
    await v.page.click(ACCEPT)
    const basis = () => window.ngxConsent?.state().basis
    await v.page.waitForFunction(() => window.ngxConsent?.state().basis === 'grant', null, { timeout: 20000 }).catch(() => {})
    is(await v.page.evaluate(basis), 'grant',
      `a choice is made where ${what} is in the way`)
    is(await v.page.evaluate(() => location.pathname), `/${page}`, 'and the page is the same')
    await v.context.close()
  }
})

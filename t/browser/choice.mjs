// From the click on: the page comes back as it was left, what was agreed to
// runs in the order it stands in, and no old page, tab or copy keeps a state
// that is over.

import { readFileSync } from 'node:fs'
import { base, browser, is, ok, test, visitor } from './lib.mjs'

const REJECT = '#privacy-choices button[value=reject]'
const ACCEPT = '#privacy-choices button[value=accept]'

const basis = page => page.evaluate(() => window.ngxConsent.state().basis)
const settled = async page => { await page.waitForLoadState('load'); await page.waitForTimeout(500) }

async function press (page, button) {
  await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), page.click(button)])
  await settled(page)
}

const plan = process.env.CONSENT_INPLACE
const tools = new URL('node_modules/@duckduckgo/autoconsent/dist/autoconsent.esm.js', import.meta.url)

await test(async () => {
  await browser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })

  // where one was

  {
    const v = await visitor({ viewport: { width: 1000, height: 500 } })
    await v.page.goto(`${base}en.html?a=1`)
    await v.page.evaluate(() => scrollTo(0, 180))
    await press(v.page, REJECT)
    is(await v.page.evaluate(() => [location.pathname + location.search, scrollY,
      !!document.getElementById('privacy-choices'), sessionStorage.length]),
    ['/en.html?a=1', 180, false, 0], 'after refusing: the same page, at the same place')
    is(await basis(v.page), 'deny', 'refused')
    is(await v.page.textContent('[role=status][data-saved]'), 'Your choice has been saved.',
      'and those who listen are told')
    await v.page.evaluate(() => history.back()).catch(() => {})
    await settled(v.page)
    is(await v.page.evaluate(() => [!!document.getElementById('privacy-choices'), window.ngxConsent.state().basis]),
      [false, 'deny'], 'Back does not bring the notice back')
    await v.context.close()
  }

  // what one has typed

  {
    const v = await visitor()
    await v.page.goto(`${base}en.html`)
    await v.page.fill('textarea', 'Dear editor')
    await press(v.page, ACCEPT)
    is(await v.page.evaluate(() => [document.querySelector('textarea').value,
      !!document.getElementById('privacy-choices'), window.ngxConsent.state().basis]),
    ['Dear editor', false, 'grant'], 'a letter begun is not lost by agreeing')
    await v.context.close()
  }

  // a site that holds back clicks

  {
    const ways = {
      'a click': (p, b) => p.click(b),
      'a tap': (p, b) => p.tap(b),
      'the keyboard': (p, b) => p.press(b, 'Enter')
    }
    for (const [way, press] of Object.entries(ways)) {
      const v = await visitor({ hasTouch: true })
      await v.page.goto(`${base}late.html`)
      await v.page.locator('h1').first().click()
      ok(await v.page.evaluate(() => window.held), `${way}: the site holds back what it is for`)
      await Promise.all([v.page.waitForResponse(r => r.request().method() === 'POST', { timeout: 5000 }).catch(() => {}),
        press(v.page, REJECT)])
      await settled(v.page)
      is(await basis(v.page), 'deny', `${way} in the notice is not held back`)
      await v.context.close()
    }
  }

  // other tabs, and pages from the back/forward cache

  {
    const v = await visitor()
    const other = await v.context.newPage()
    const third = await v.context.newPage()
    await other.goto(`${base}order.html`)
    await third.goto(`${base}en.html`)
    await third.fill('textarea', 'Dear editor')
    await v.page.goto(`${base}en.html`)
    await press(v.page, ACCEPT)
    await settled(other)
    is(await basis(other), 'grant', 'the other tab knows')
    is([await basis(third), await third.inputValue('textarea')], ['grant', 'Dear editor'],
      'one with a letter begun does too, and keeps it')
    await third.close()
    await other.goto(`${base}_consent/`)
    await other.click('button[value=reject]')
    await settled(v.page)
    is(await basis(v.page), 'deny', 'and so does the first, when it is withdrawn there')
    await v.context.close()
  }

  {
    const v = await visitor()
    await v.page.goto(`${base}en.html`)
    await press(v.page, ACCEPT)
    await v.page.goto(`${base}order.html`)
    await settled(v.page)
    is(await v.page.evaluate(() => window.log.includes('inline2')), true, 'a page with what was agreed to')
    await v.page.goto(`${base}_consent/`)
    await v.page.click('button[value=reject]')
    await settled(v.page)
    v.forget()
    await v.page.evaluate(() => history.go(-2))
    await v.page.waitForTimeout(1200)
    is(await v.page.evaluate(() => [location.pathname, window.ngxConsent.state().basis, window.log]),
      ['/order.html', 'deny', []], 'after withdrawing, Back does not revive it')
    is(v.hosts(), [], 'and nobody is asked')
    await v.context.close()
  }

  // the interface for a site's scripts

  {
    const v = await visitor()
    await v.context.addInitScript(() => {
      window.seen = []
      for (const n of ['ready', 'change']) {
        document.addEventListener('consent:' + n, e => window.seen.push(n + ' ' + e.detail.basis))
      }
    })
    await v.page.goto(`${base}en.html`)
    await v.page.waitForTimeout(200)
    is(await v.page.evaluate(() => [window.seen, ['necessary', 'analytics', 'none']
      .map(n => window.ngxConsent.allowed(n))]), [['ready none'], [true, false, false]],
    'ready is told, and what is allowed')
    await v.page.evaluate(() => window.ngxConsent.show())
    ok(await v.page.isVisible('#privacy-choices input[value=analytics]'), 'show() opens the settings')
    await v.page.evaluate(() => window.ngxConsent.accept(['analytics'])).catch(() => {})
    await settled(v.page)
    is(await v.page.evaluate(() => ['analytics', 'marketing'].map(n => window.ngxConsent.allowed(n))),
      [true, false], 'accept() of one purpose is that purpose')
    await v.page.evaluate(() => window.ngxConsent.reject()).catch(() => {})
    await settled(v.page)
    is(await basis(v.page), 'deny', 'reject()')
    is(v.errors, [], 'and no error')
    await v.context.close()
  }

  // in place

  if (plan) {
    const v = await visitor()
    await v.context.route('https://trk.test/**', async r => {
      const name = /(\w+)\.js$/.exec(r.request().url())?.[1]
      if (name === 'slow') await new Promise(resolve => setTimeout(resolve, 300))
      await r.fulfill({ contentType: name ? 'text/javascript' : 'image/gif', body: name ? `log.push('${name}')` : '' })
    })
    await v.page.goto(plan)
    await v.page.evaluate(() => { window.same = 1 })
    await v.page.fill('textarea', 'Dear editor')
    await v.page.click('#privacy-choices summary')
    await v.page.check('#privacy-choices [value=analytics]')
    await Promise.all([v.page.waitForResponse(r => r.request().method() === 'POST'),
      v.page.click('#privacy-choices button[value=save]')])
    await v.page.waitForTimeout(1000)
    is(await v.page.evaluate(() => [window.same, document.querySelector('textarea').value,
      !!document.getElementById('privacy-choices')]), [1, 'Dear editor', false],
    'in place: the page stays')
    is(await v.page.evaluate(() => window.log),
      ['slow', 'inline1', 'fast', 'inline2', 'module', 'deferred', 'ready', 'load'],
      'all runs in the order of the page, and only what was agreed to')
    is(await v.page.evaluate(() => document.querySelector('img').getAttribute('src')),
      'https://trk.test/pixel.gif', 'pictures come too')
    is(v.errors, [], 'and no error')
    await v.context.close()
  }

  // without scripting: all of the way

  {
    const v = await visitor({ javaScriptEnabled: false })
    await v.page.goto(`${base}en.html?b=2`)
    await v.page.click('#privacy-choices summary')
    await v.page.check('#privacy-choices [value=analytics]')
    await v.page.click('#privacy-choices button[value=save]')
    await v.page.waitForLoadState('load')
    is(v.page.url(), `${base}en.html?b=2`, 'without scripting: saved, and back where one was')
    is(await v.page.locator('#privacy-choices').count(), 0, 'the notice is gone')
    await v.page.click('#privacy-choices-links a[data-role=show]')
    await v.page.waitForLoadState('load')
    ok(await v.page.isChecked('[name=category][value=analytics]') &&
      !await v.page.isChecked('[name=category][value=marketing]'), 'one\'s choices are shown')
    is(await v.page.textContent('button[value=reject]'), 'Withdraw consent', 'and can be withdrawn')
    await v.page.click('button[value=reject]')
    await v.page.waitForLoadState('load')
    await v.page.goto(`${base}_consent/`)
    ok(!await v.page.isChecked('[name=category][value=analytics]'), 'with one click')
    await v.context.close()
  }

  // a visitor's own tools find the way to refuse

  const esm = readFileSync(tools, 'utf8')
  const rule = JSON.parse(readFileSync(new URL('../../src/ui/rules/autoconsent.json', import.meta.url)))

  for (const [lang, rules, how, width] of [['en', [], 'by its heuristics', 1280],
    ['de', [], 'by its heuristics', 390], ['th', [rule], 'by our rule', 1280]]) {
    const v = await visitor({ viewport: { width, height: 800 }, bypassCSP: true })
    await v.context.route('**/autoconsent.mjs', r => r.fulfill({ contentType: 'text/javascript', body: esm }))
    await v.page.goto(`${base}${lang}.html`)
    const posted = v.page.waitForRequest(r => r.method() === 'POST', { timeout: 10000 }).catch(() => null)
    await v.page.evaluate(async ([rules, heuristics]) => {
      const { default: AutoConsent } = await import('/autoconsent.mjs')
      window.tool = new AutoConsent(async () => ({}), {
        enabled: true,
        autoAction: 'optOut',
        disabledCmps: [],
        enablePrehide: false,
        enableCosmeticRules: false,
        enableGeneratedRules: false,
        enableHeuristicDetection: heuristics,
        enableHeuristicAction: heuristics,
        heuristicMode: 'reject',
        heuristicPopupSearchTimeout: 500,
        detectRetries: 10,
        isMainWorld: false,
        prehideTimeout: 2000,
        enableFilterList: false,
        visualTest: false,
        performanceLoggingEnabled: false,
        logs: {}
      }, { autoconsent: rules })
    }, [rules, !rules.length]).catch(() => {})
    const p = await posted
    ok(p && /choice=reject/.test(p.postData()), `autoconsent refuses ${how} (${lang}, ${width})`)
    await v.context.close()
  }

  // Consent-O-Matic is an extension alone, so its rule is gone through here, step by step: a visitor who allows functions (A)

  const matic = JSON.parse(readFileSync(new URL('../../src/ui/rules/consent-o-matic.json', import.meta.url)))['nginx-consent']
  const action = name => matic.methods.find(m => m.name === name).action

  for (const width of [390, 1280]) {
    const v = await visitor({ viewport: { width, height: 800 } })
    await v.page.goto(`${base}th.html`)

    for (const { target } of matic.detectors.flatMap(d => [...d.presentMatcher, ...d.showingMatcher])) {
      ok(await v.page.isVisible(target.selector), `Consent-O-Matic sees ${target.selector} (${width})`)
    }

    const open = action('OPEN_OPTIONS')
    is(await v.page.locator(open.target.selector).count(), 1, 'the settings are closed')
    await v.page.click(open.trueAction.target.selector)

    for (const { type, matcher, toggleAction } of action('DO_CONSENT').consents) {
      ok(!await v.page.isChecked(matcher.target.selector), `${type} is not ticked`)
      if (type === 'A') await v.page.click(toggleAction.target.selector)
    }

    const posted = v.page.waitForRequest(r => r.method() === 'POST', { timeout: 10000 }).catch(() => null)
    await v.page.click(action('SAVE_CONSENT').target.selector)
    const form = new URLSearchParams((await posted)?.postData())
    is([form.get('choice'), form.getAll('category')], ['save', ['functional']], 'and saves what its visitor allows, and no more')
    await v.context.close()
  }
})

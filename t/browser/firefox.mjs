// The visitor's path in Firefox: with scripting, without, and with Global
// Privacy Control, which Firefox really sends.

import { base, browser, close, is, ok, test, visitor } from './lib.mjs'

const NOTICE = '#privacy-choices'
const run = page => page.evaluate(() => window.log)
const basis = page => page.evaluate(() => window.ngxConsent.state().basis)

// what is clicked is not waited for: that would need the page's scripting
async function press (page, button) {
  await page.locator(button).click({ force: true })
  await page.waitForTimeout(1200)
}

await test(async () => {
  await browser({ firefox: {} })

  {
    const v = await visitor({ viewport: { width: 1000, height: 700 } })
    await v.page.goto(`${base}order.html`)
    await v.page.waitForTimeout(300)
    ok(await v.page.isVisible(NOTICE), 'the notice is there')
    is(await run(v.page), [], 'and nothing else runs')
    const [a, b] = await Promise.all(['reject', 'accept'].map(x =>
      v.page.locator(`${NOTICE} button[value=${x}]`).boundingBox()))
    ok(Math.abs(a.width - b.width) <= 2 && Math.abs(a.height - b.height) <= 2, 'both buttons are of one size', [a, b])
    await press(v.page, `${NOTICE} button[value=reject]`)
    is([await basis(v.page), await v.page.locator(NOTICE).count(), await run(v.page)], ['deny', 0, []],
      'refused: no notice, nothing runs')
    await v.page.goto(`${base}_consent/`)
    await press(v.page, 'button[value=accept]')
    await v.page.goto(`${base}order.html`)
    await v.page.waitForTimeout(500)
    is([await basis(v.page), (await run(v.page)).includes('inline2')], ['grant', true],
      'agreed to later: it runs')
    await v.page.goto(`${base}_consent/`)
    await press(v.page, 'button[value=reject]')
    for (let i = 0; i < 4 && new URL(v.page.url()).pathname !== '/order.html'; i++) {
      await v.page.evaluate(() => history.back()).catch(() => {})
      await v.page.waitForTimeout(1200)
    }
    is([await basis(v.page), await run(v.page)], ['deny', []], 'withdrawn: Back does not revive it')
    is(v.errors, [], 'and no error')
    await v.context.close()
  }

  {
    const v = await visitor()
    await v.page.goto(`${base}hostile.html`)
    const box = async () => {
      const { y, width, height } = await v.page.locator(`${NOTICE} button[value=reject]`).boundingBox()
      return [y, width, height]
    }
    const hostile = await box()
    await v.page.goto(`${base}en.html`)
    is(await box(), hostile, 'a hostile style sheet does not reach in')
    await v.context.close()
  }

  await close()
  await browser({ firefox: { 'javascript.enabled': false } })

  {
    const v = await visitor()
    await v.page.goto(`${base}en.html`)
    ok(await v.page.locator(NOTICE).count() === 1, 'without scripting: the notice is there')
    await press(v.page, `${NOTICE} summary`)
    await press(v.page, `${NOTICE} [value=analytics]`)
    await press(v.page, `${NOTICE} button[value=save]`)
    is([v.page.url(), await v.page.locator(NOTICE).count()], [`${base}en.html`, 0],
      'without scripting: saved, and back where one was')
    await v.context.close()
  }

  await close()
  await browser({ firefox: { 'privacy.globalprivacycontrol.enabled': true } })

  {
    const v = await visitor()
    await v.page.goto(`${base}order.html`)
    await v.page.waitForTimeout(300)
    is(await v.page.evaluate(() => [navigator.globalPrivacyControl, window.ngxConsent.state().gpc,
      window.ngxConsent.allowed('marketing'), window.log]), [true, true, false, []],
    'Global Privacy Control is heard')
    ok(/Opt-out request honored/.test(await v.page.textContent('body')), 'and the page says so')
    await v.context.close()
  }
})

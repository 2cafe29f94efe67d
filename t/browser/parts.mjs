// The parts beside the notice itself.

import { readFileSync } from 'node:fs'
import { base, is, ok, shot, skip, test, visitor } from './lib.mjs'
import { ACCEPT, axe, REJECT, violations } from './checks.mjs'

const list = process.env.CONSENT_LIST
const settled = async page => { await page.waitForLoadState('load'); await page.waitForTimeout(400) }
// what brings the page again, and the page
const again = async (page, what) => {
  const load = page.waitForEvent('load', { timeout: 60000 })
  await what().catch(() => {})
  await load
  await page.waitForTimeout(300)
}
const posted = page => page.waitForResponse(r => r.request().method() === 'POST')

async function frames () {
  for (const javaScriptEnabled of [true, false]) {
    const how = `${javaScriptEnabled ? 'with' : 'without'} scripting`
    const answer = r => r.url().includes('/embed') ? '<!DOCTYPE html><title>film</title><h1>The film itself</h1>' : ''
    const v = await visitor({ javaScriptEnabled, answer, viewport: { width: 1000, height: 1000 } })
    const at = id => v.page.locator(id).boundingBox()
    await v.page.goto(`${base}frame.html`)
    await settled(v.page)
    const film = v.page.frameLocator('iframe')
    is(v.hosts(), [], `${how}: neither the film nor the picture is asked for`)
    ok((await film.locator('main').textContent()).includes('film.test') &&
      (await film.locator('main').textContent()).includes('Functions'),
    `${how}: in the frame stands who it is and what for`)
    const [box, after, pixel] = [await at('iframe'), await at('#after'), await at('#pixel')]
    is([box.width, box.height], [560, 315], `${how}: the frame keeps its size`)
    is([pixel.width, pixel.height], [200, 100], `${how}: and so does a picture`)
    await shot(v.page, `frame-${javaScriptEnabled ? 'js' : 'nojs'}`)

    await film.locator('a.button').click()
    await film.locator('h1', { hasText: 'The film itself' }).waitFor({ timeout: 60000 })
    is(v.hosts(), ['film.test'], `${how}: "show once" shows it`)
    is(await v.context.cookies(), [], `${how}: and keeps nothing`)
    await v.page.goto(`${base}frame.html`)
    await settled(v.page)
    ok(await film.locator('a.button').isVisible(), `${how}: the next time it asks again`)

    v.forget()
    await Promise.all([posted(v.page), film.locator('button[value=save]').click()])
    await film.locator('h1', { hasText: 'The film itself' }).waitFor({ timeout: 60000 })
    is(new URL(v.page.url()).pathname, '/frame.html', `${how}: "always" comes back to the page`)
    is(v.hosts(), ['film.test'], `${how}: with the film, and nothing else`)
    is([(await at('#after')).y, (await at('iframe')).height], [after.y, 315], `${how}: nothing has moved`)
    await v.page.goto(`${base}_consent/`)
    is(await v.page.locator('[name=category]:checked').evaluateAll(l => l.map(e => e.value)), ['functional'],
      `${how}: only its purpose was agreed to`)
    await v.context.close()
  }

  for (const [width, height] of [[200, 100], [300, 150], [560, 315]]) {
    const v = await visitor({ viewport: { width, height }, bypassCSP: true })
    await v.page.goto(`${base}_consent/frame?c=functional&u=https%3A%2F%2Ffilm.test%2Fembed`)
    ok(await v.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `in a frame of ${width}x${height}: no scrolling sideways`)
    for (const sel of ['a.button', 'button']) {
      await v.page.locator(sel).scrollIntoViewIfNeeded()
      const b = await v.page.locator(sel).boundingBox()
      ok(b.y >= 0 && b.y + b.height <= height + 1 && b.height >= 24, `${width}x${height}: ${sel} can be reached`, b)
    }
    await v.page.evaluate(axe)
    is(await violations(v.page), [], `${width}x${height}: axe on it`)
    await shot(v.page, `frame-${width}x${height}`)
    await v.context.close()
  }
}

// where a choice stops what is running the page has to come again: one is
// asked before what was typed is lost

async function letters () {
  const v = await visitor()
  const said = []
  let answer = false
  v.page.on('dialog', d => { said.push(d.message()); return answer ? d.accept() : d.dismiss() })
  await v.page.goto(`${base}optout.html`)
  await v.page.fill('textarea', 'Dear editor')
  await v.page.click(REJECT)
  await settled(v.page)
  ok(said.length === 1 && /lost/.test(said[0]), 'a letter begun: one is warned before it is lost', said)
  is(await v.page.inputValue('textarea'), 'Dear editor', 'who thinks better of it keeps it')
  is(await v.context.cookies(), [], 'and has not chosen')
  answer = true
  await again(v.page, () => v.page.click(REJECT))
  is(await v.page.evaluate(() => [window.ngxConsent.state().basis, !!document.querySelector('#privacy-choices')]),
    ['objection', false], 'who does not has')
  await v.context.close()
}

async function tags () {
  const v = await visitor()
  const layer = () => v.page.evaluate(() => window.dataLayer.map(a => a.event ? [a.event] : [...a].slice(0, 3)))
  const DENIED = {
    ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied',
    analytics_storage: 'denied', functionality_storage: 'denied',
    personalization_storage: 'denied', security_storage: 'granted'
  }
  await v.page.goto(`${base}tags.html`)
  await settled(v.page)
  is(JSON.parse(await v.page.evaluate(() => window.early)).map(a => [a[0], a[1], a[2]])[0],
    ['consent', 'default', DENIED], 'Consent Mode: the default is set before any script of the page runs')
  is(v.hosts(), [], 'and no tag of Google is loaded without consent')
  is(await v.page.evaluate(() => [...(window.uetq || [])]), ['consent', 'default', { ad_storage: 'denied' }],
    'Microsoft UET: the same')
  await again(v.page, () => v.page.evaluate(() => window.ngxConsent.accept(['analytics'])))
  const first = (await layer())[0]
  is(first, ['consent', 'default', { ...DENIED, analytics_storage: 'granted' }],
    'after agreeing to statistics: the default says so, and so do no others')
  ok((await layer()).some(a => a[0] === 'consent_default'), 'tag managers are told by an event')
  is(await v.page.evaluate(() => [...window.clarity.q[0]]),
    ['consentv2', { ad_Storage: 'denied', analytics_Storage: 'granted' }], 'Clarity: the same')
  await again(v.page, () => v.page.evaluate(() => window.ngxConsent.accept()))
  is((await layer())[0][2], Object.fromEntries(Object.keys(DENIED).map(k => [k, 'granted'])),
    'after agreeing to all: all granted')
  ok(v.hosts().includes('www.googletagmanager.com'), 'and the tag is loaded')
  is(v.errors, [], 'no error in any of them')
  await v.context.close()
}

// a list's network rule as a regular expression; null for what is not plain
function rule (line) {
  const [pattern, options = ''] = line.split(/\$(?=[\w~,=.|-]+$)/)
  if (line.startsWith('@@') || /domain=/.test(options) || !pattern || /^\/.*\/$/.test(pattern)) return null
  return new RegExp(pattern.replace(/^\|\|/, '\u0001').replace(/^\|/, '\u0002').replace(/\|$/, '\u0003')
    .replace(/[.+?${}()[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\^/g, '(?:[^\\w.%-]|$)')
    .replace('\u0001', '^[a-z-]+://(?:[^/]+\\.)?').replace('\u0002', '^').replace('\u0003', '$'), 'i')
}

async function lists () {
  if (!list) { skip('lists that hide notices', 'no easylist-cookie.txt: CONSENT_TEST_DATA'); return }
  const lines = readFileSync(list, 'utf8').split('\n')
  const hide = lines.filter(l => l.startsWith('##')).map(l => l.slice(2))
  const block = lines.filter(l => l && !/^[![]|#/.test(l)).map(rule).filter(Boolean)
  const v = await visitor()
  const urls = []
  v.page.on('request', r => urls.push(r.url().replace(base, 'https://www.example.com/')))

  for (const path of ['page.html', '_consent/', '_consent/vendors', '_consent/frame?c=functional&u=https%3A%2F%2Ffilm.test%2F']) {
    await v.page.goto(base + path)
    const hit = await v.page.evaluate(selectors => {
      const out = []
      for (const s of selectors) {
        try { if (document.querySelector(s)) out.push(s) } catch {}
      }
      return out
    }, hide)
    is(hit, [], `/${path}: none of ${hide.length} rules hides any of it`)
  }

  await v.page.goto(`${base}page.html`)
  await again(v.page, () => v.page.click(ACCEPT))
  ok(urls.length > 8 && urls.some(u => u.endsWith('.js')), 'a visit, a choice and our pages', urls)
  is(urls.flatMap(u => block.filter(r => r.test(u)).map(r => `${u} ${r}`)), [], `none of ${block.length} rules blocks a file of ours`)
  ok(block.some(r => r.test('https://www.example.com/cookie-consent.js')), 'these rules do block')
  await v.context.close()
}

await test(async () => {
  await frames()
  await letters()
  await tags()
  await lists()
})

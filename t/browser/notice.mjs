// The notice as people meet it: any width, any theme, any language, any input,
// whatever the site's own style sheet says.  With CONSENT_FULL every theme in
// every width and language; else those that differ most.

import { base, is, note, ok, shot, test, visitor } from './lib.mjs'
import { ACCEPT, axe, geometry, REJECT, violations, weight } from './checks.mjs'

const THEMES = {
  light: {},
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' }
}

const full = process.env.CONSENT_FULL
const LANGS = full ? ['en', 'de', 'ar', 'zh', 'th'] : ['en', 'ar']
const SIZES = full
  ? [[320, 568], [320, 256], [390, 844], [768, 1024], [1440, 900], [2560, 1440]]
  : [[320, 568], [1280, 800]]

await test(async () => {
  // sizes and languages

  for (const lang of ['en', 'de', 'ar', 'zh', 'th', 'el']) {
    for (const [w, h] of [[320, 568], [320, 256], [390, 844], [768, 1024], [1440, 900], [2560, 1440]]) {
      if (w > 768 && !['en', 'ar'].includes(lang)) continue
      const v = await visitor({ viewport: { width: w, height: h } })
      await v.page.goto(`${base}${lang}.html`)
      await geometry(v.page, `${lang}, ${w}x${h}`)
      await shot(v.page, `notice-${lang}-${w}x${h}`)
      is(v.hosts(), [], `${lang}, ${w}x${h}: nothing from elsewhere`)
      await v.context.close()
    }
  }

  // at 400 % a window of 1280x1024 is 320x256 pixels of four by four; and with
  // scripting off

  for (const [name, options] of [['zoomed to 400 %', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }],
    ['without scripting', { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false }],
    ['on a phone without scripting', { viewport: { width: 320, height: 568 }, javaScriptEnabled: false }]]) {
    const v = await visitor(options)
    await v.page.goto(`${base}de.html`)
    await geometry(v.page, name)
    await shot(v.page, `notice-${name.replace(/\W+/g, '-')}`)
    await v.page.locator('#privacy-choices summary').click()
    const save = v.page.locator('#privacy-choices button[value=save]')
    await save.scrollIntoViewIfNeeded()
    ok(await save.isVisible(), `${name}: the settings can be reached`)
    await geometry(v.page, `${name}, settings`, true, true)
    await shot(v.page, `settings-${name.replace(/\W+/g, '-')}`)
    await v.context.close()
  }

  // themes: the two buttons weigh the same, and axe has nothing to say

  for (const [theme, options] of Object.entries(THEMES)) {
    for (const lang of LANGS) {
      for (const [w, h] of SIZES) {
        const v = await visitor({ ...options, viewport: { width: w, height: h }, bypassCSP: true })
        const name = `${theme}, ${lang}, ${w}x${h}`
        await v.page.goto(`${base}${lang}.html`)
        is(await v.page.evaluate(weight, REJECT), await v.page.evaluate(weight, ACCEPT),
          `${name}: refusing looks as agreeing does`)
        await v.page.addScriptTag({ content: axe })
        is(await violations(v.page), [], `${name}: axe on the notice`)
        await v.page.click('#privacy-choices summary')
        is(await v.page.locator('#privacy-choices input:checked').count(), 0,
          `${name}: no box is ticked`)
        is(await violations(v.page), [], `${name}: axe on the settings`)
        await shot(v.page, `settings-${theme.replace(' ', '-')}-${lang}-${w}x${h}`)
        await v.context.close()
      }
    }

    for (const path of ['_consent/', '_consent/vendors', '_consent/frame?c=analytics&u=https://www.example.com/video']) {
      for (const w of [320, 1280]) {
        const v = await visitor({ ...options, viewport: { width: w, height: 800 }, bypassCSP: true })
        await v.page.goto(base + path)
        await v.page.addScriptTag({ content: axe })
        is(await violations(v.page), [], `${theme}, /${path}, ${w}: axe`)
        ok(await v.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          `${theme}, /${path}, ${w}: no scrolling sideways`)
        await shot(v.page, `page-${path.replace(/\W+/g, '-')}-${theme.replace(' ', '-')}-${w}`)
        await v.context.close()
      }
    }
  }

  // by keyboard: every stop can be seen, none holds the focus

  for (const [w, h, open] of [[1280, 700], [1280, 700, 1], [390, 700], [320, 256], [320, 256, 1]]) {
    const v = await visitor({ viewport: { width: w, height: h } })
    await v.page.goto(`${base}en.html`)
    await v.page.waitForTimeout(200)
    if (open) {
      await v.page.evaluate(() => { document.querySelector('#privacy-choices details').open = true })
      await v.page.waitForTimeout(200)
    }
    const stops = []
    for (let i = 0; i < 40; i++) {
      await v.page.keyboard.press('Tab')
      const stop = await v.page.evaluate(() => {
        const a = document.activeElement
        if (!a || a === document.body) return null
        const seen = [...a.getClientRects()].some(r => [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].some(([x, y]) => {
          const e = document.elementFromPoint(r.x + r.width * x, r.y + r.height * y)
          return e && (a.contains(e) || e.contains(a)) && e !== document.documentElement
        }))
        const outline = getComputedStyle(a).outlineStyle !== 'none'
        return { name: a.value || a.textContent.slice(0, 20), seen, outline }
      })
      if (!stop) break
      stops.push(stop)
    }
    is(stops.filter(s => !s.seen || !s.outline), [], `keyboard, ${w}x${h}${open ? ', settings' : ''}: every stop is seen`)
    ok(stops.length > 10 && stops.length < 40, `keyboard, ${w}x${h}${open ? ', settings' : ''}: one comes out at the end`, stops)
    const names = stops.map(s => s.name)
    ok(names.indexOf('reject') >= 0 && names.indexOf('reject') + 1 === names.indexOf('accept'),
      `keyboard, ${w}x${h}${open ? ', settings' : ''}: refusing comes before agreeing`, names)
    await v.context.close()
  }

  // nothing moves, and the page's own content is what paints largest

  for (const [w, h] of [[320, 568], [390, 844], [1280, 800]]) {
    const v = await visitor({ viewport: { width: w, height: h } })
    await v.context.addInitScript(() => {
      window.shift = 0
      window.largest = null
      new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value }))
        .observe({ type: 'layout-shift', buffered: true })
      new PerformanceObserver(l => l.getEntries().forEach(e => { window.largest = e.element }))
        .observe({ type: 'largest-contentful-paint', buffered: true })
    })
    await v.page.goto(`${base}en.html`)
    await v.page.waitForTimeout(400)
    is(await v.page.evaluate(() => [window.shift, !!window.largest?.closest('#privacy-choices')]),
      [0, false], `${w}: no layout shift, not the largest paint`)
    is(await v.page.evaluate(() => [document.documentElement, document.body].map(el => getComputedStyle(el).getPropertyValue('--privacy-choices-height') !== '')),
      [true, false], `${w}: what is set on the root, once the notice is there, is no other element's`)
    await v.context.close()
  }

  // what a site's style sheet cannot do

  {
    const v = await visitor({ viewport: { width: 1280, height: 800 } })
    await v.page.goto(`${base}en.html`)
    const before = await v.page.evaluate(weight, REJECT)
    const box = await v.page.locator(REJECT).boundingBox()
    await v.page.goto(`${base}hostile.html`)
    is(await v.page.evaluate(weight, REJECT), before, 'a hostile style sheet does not reach in')
    is(await v.page.locator(REJECT).boundingBox(), box, 'nor moves anything')
    await v.page.click('#privacy-choices summary')
    await v.page.check('#privacy-choices [value=analytics]')
    ok(await v.page.isChecked('#privacy-choices [value=analytics]'), 'the settings can be used there')
    await shot(v.page, 'notice-hostile')

    await v.page.emulateMedia({ media: 'print' })
    ok(!await v.page.isVisible('#privacy-choices'), 'it is not printed')
    await v.context.close()
  }

  // what is fixed goes with a body that is moved, and lies under what comes later

  for (const css of ['body{transform:translateZ(0)}', 'body{filter:sepia(1)}', 'html{transform:translateZ(0)}',
    'body{contain:layout}', 'p{position:fixed;inset:0;z-index:2147483647}']) {
    const v = await visitor({ viewport: { width: 1000, height: 700 } })
    await v.page.route('**/en.html', async r => {
      const a = await r.fetch()
      await r.fulfill({ response: a, body: (await a.text()).replace('</head>', `<style>${css}</style></head>`) })
    })
    await v.page.goto(`${base}en.html`)
    await v.page.waitForTimeout(200)
    await geometry(v.page, css)
    await v.context.close()
  }

  // a page whose <base> is elsewhere

  for (const javaScriptEnabled of [true, false]) {
    const v = await visitor({ viewport: { width: 1000, height: 700 }, javaScriptEnabled })
    const name = `<base> elsewhere, scripting ${javaScriptEnabled ? 'on' : 'off'}`

    // in a page that is one for all visitors only scripting takes the notice away

    const stays = process.env.CONSENT_SHARED && !javaScriptEnabled ? 1 : 0
    await v.page.goto(`${base}base.html`)
    await v.page.click(REJECT)
    await v.page.waitForTimeout(300)
    is([v.page.url(), await v.page.locator(REJECT).count(), v.hosts()], [`${base}base.html`, stays, []],
      `${name}: a choice is made here, and nothing is asked there`)
    await v.page.click('#privacy-choices-links [data-role=show]')
    is(v.page.url(), `${base}_consent/`, `${name}: the link to the choices`)
    await v.context.close()
  }

  // the page of choices on paper

  {
    const v = await visitor({ viewport: { width: 800, height: 1000 } })
    await v.page.goto(`${base}_consent/`)
    ok(!await v.page.isVisible('table'), 'details are closed')
    await v.page.emulateMedia({ media: 'print' })
    is(await v.page.evaluate(() => ['button', 'footer nav', 'h1', 'li strong', 'details td'].map(s =>
      [...document.querySelectorAll(s)].some(e => e.checkVisibility({ contentVisibilityAuto: true }) && e.getClientRects().length > 0))),
    [false, false, true, true, true], 'printed: what there is to read, opened, without what there is to press')
    await v.context.close()
  }

  {
    const v = await visitor({ viewport: { width: 390, height: 844 } })
    await v.context.route('**/*.css', r => r.abort())
    await v.page.goto(`${base}en.html`)
    ok(await v.page.isVisible(REJECT) && await v.page.isVisible(ACCEPT),
      'without its style sheet it is plain, and works')
    await v.context.close()
  }

  {
    const v = await visitor()
    await v.page.goto(`${base}anew.html`)
    await v.page.waitForTimeout(400)
    is(await v.page.textContent('h1'), 'From the script', 'a page made anew by its script')
    ok(await v.page.isVisible(REJECT) && await v.page.isVisible('#privacy-choices-links'),
      'has the notice and the links all the same')
    await v.context.close()
  }

  // a phone has more room for what is fixed than its screen, once a page is
  // wider than that

  for (const [name, view, dir] of [['wide', ', initial-scale=1', 'ltr'], ['wide, from the right', ', initial-scale=1', 'rtl'], ['wide, seen whole', '', 'ltr']]) {
    const v = await visitor({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
    await v.page.addInitScript(() => {
      window.shifts = 0
      new PerformanceObserver(l => l.getEntries().forEach(e => { window.shifts += e.value })).observe({ type: 'layout-shift', buffered: true })
    })
    await v.context.route('**/en.html', async r => {
      const answer = await r.fetch()
      r.fulfill({ response: answer, body: (await answer.text()).replace(/<meta name="viewport"[^>]*>/, '')
        .replace('<head>', `<head><meta name="viewport" content="width=device-width${view}">`).replace('<html', `<html dir="${dir}"`) })
    })
    await v.page.goto(`${base}en.html`)
    const place = () => v.page.evaluate(() => {
      const r = document.getElementById('privacy-choices').getBoundingClientRect()
      return [r.x, r.bottom, r.width].map(Math.round)
    })
    const before = await place()
    await v.page.evaluate(() => new Promise(resolve => {
      const wide = document.createElement('div')
      wide.style = 'width: 1000px; height: 9px'
      document.body.append(wide)
      setTimeout(resolve, 400)
    }))
    ok(await v.page.evaluate(() => innerWidth > 900), `${name}: there is more room for what is fixed`)
    is([before, await place()], [[0, 844, 390], [0, 844, 390]], `${name}: the notice stays on the screen`)
    // from the right all that is fixed counts as moved, as the page's left edge did
    if (dir === 'ltr') ok(await v.page.evaluate(() => window.shifts < 0.01), `${name}: nothing moves`)
    await v.context.close()
  }

  // reading on, Esc and time are not consent

  {
    const v = await visitor()
    await v.page.goto(`${base}en.html`)
    await v.page.mouse.wheel(0, 3000)
    await v.page.keyboard.press('Escape')
    await v.page.click('body', { position: { x: 5, y: 5 } })
    await v.page.waitForTimeout(300)
    is(await v.page.evaluate(() => [getComputedStyle(document.body).overflow, window.ngxConsent.state().basis]),
      ['visible', 'none'], 'scrolling and Esc are no choice, and nothing is locked')
    is(await v.context.cookies(), [], 'no cookie before a choice')
    await v.context.close()
  }

  note('pictures: CONSENT_SHOTS=folder')
})

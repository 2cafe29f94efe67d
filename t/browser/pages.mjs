// Real pages: the notice is the same on each of them, and they are the same
// with it.  All widths with CONSENT_FULL, else the narrowest and a wide one.

import { base, is, note, ok, shot, test, visitor } from './lib.mjs'
import { axe, geometry, REJECT, violations, weight } from './checks.mjs'

const pages = process.env.CONSENT_PAGE_NAMES.split(' ')
const sizes = process.env.CONSENT_FULL || process.env.CONSENT_SHOTS
  ? [[320, 568], [390, 844], [768, 1024], [1440, 900], [2560, 1440]]
  : [[320, 568], [1440, 900]]

// where the page's own elements are and how they look; ours apart
const look = () => document.getAnimations().forEach(a => a.cancel()) || [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('#privacy-choices, #privacy-choices-links, script, style, link'))
  .slice(0, 4000).map(e => {
    const r = e.getBoundingClientRect()
    const s = getComputedStyle(e)
    return [e.localName, r.x, r.y, r.width, r.height, s.color, s.backgroundColor,
      s.fontSize, s.fontFamily, s.direction, s.opacity].join(' ')
  })

await test(async () => {
  const first = {}

  for (const name of pages) {
    for (const [width, height] of sizes) {
      const v = await visitor({ javaScriptEnabled: false, viewport: { width, height } })
      const what = `${name}, ${width}`
      await v.page.goto(`${base}off/${name}.html`)
      const before = await v.page.evaluate(look)
      const wide = await v.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      await v.page.goto(`${base}${name}.html`)
      const after = await v.page.evaluate(look)
      const moved = before.map((b, i) => b === after[i] ? null : `${b} | ${after[i]}`).filter(Boolean)
      ok(before.length === after.length && moved.length === 0, `${what}: the page is as it was`,
        [before.length, after.length, ...moved.slice(0, 8)])
      await geometry(v.page, what, wide)
      const w = await v.page.evaluate(weight, REJECT)
      delete w.fontFamily
      is(w, first[width] ||= w, `${what}: its button is as on every page`)
      await shot(v.page, `real-${name}-${width}`)
      await v.context.close()
    }

    for (const [theme, options] of [['light', {}], ['dark', { colorScheme: 'dark' }],
      ['forced colours', { forcedColors: 'active' }]]) {
      const v = await visitor({ ...options, viewport: { width: 1280, height: 800 }, bypassCSP: true })
      await v.page.goto(`${base}${name}.html`, { waitUntil: 'domcontentloaded' })
      await v.page.evaluate(axe)
      is(await violations(v.page, '#privacy-choices'), [], `${name}, ${theme}: axe on the notice`)
      // their colours are the site's
      is((await violations(v.page, '#privacy-choices-links')).filter(x => !x.startsWith('color-contrast')), [],
        `${name}, ${theme}: axe on the links`)
      await shot(v.page, `real-${name}-${theme.replace(' ', '-')}`)
      await v.context.close()
    }
  }

  note('pictures: CONSENT_SHOTS=folder')
})

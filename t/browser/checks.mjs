// What holds for the notice on any page, in any window, theme and language.

import { readFileSync } from 'node:fs'
import { ok } from './lib.mjs'

export const NOTICE = '#privacy-choices'
export const REJECT = `${NOTICE} button[value=reject]`
export const ACCEPT = `${NOTICE} button[value=accept]`

export const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

// WCAG 2.2 AA and best practice; of the whole document, or of what a selector
// names
export const violations = (page, context) => page.evaluate(c => axe.run(c || document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
}).then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join('; ')}`)), context)

// what makes one button weigh more than another
export const weight = sel => {
  const b = document.querySelector(sel)
  const s = getComputedStyle(b)
  const out = {}
  for (const p of ['display', 'color', 'backgroundColor', 'backgroundImage', 'borderTopColor',
    'borderTopWidth', 'borderTopStyle', 'borderTopLeftRadius', 'fontSize', 'fontWeight',
    'fontFamily', 'lineHeight', 'opacity', 'textDecorationLine', 'boxShadow', 'cursor',
    'paddingTop', 'paddingLeft', 'outlineStyle']) out[p] = s[p]
  return out
}

const uncovered = sel => {
  const b = document.querySelector(sel)
  const r = b.getBoundingClientRect()
  const e = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
  return r.width > 0 && (e === b || b.contains(e))
}

// sideways: what the page does to the window's width without us; scrolled: the
// buttons may have gone out of sight in a window that is wide
export async function geometry (page, name, sideways = false, scrolled = false) {
  const g = await page.evaluate(() => {
    const n = document.querySelector('#privacy-choices')
    const r = n.getBoundingClientRect()
    return {
      x: r.x, right: r.right, bottom: r.bottom, height: r.height,
      w: innerWidth, h: innerHeight,
      overflow: document.documentElement.scrollWidth > innerWidth,
      inner: n.scrollWidth > Math.ceil(r.width),
      centre: !!document.elementFromPoint(innerWidth / 2, innerHeight / 2 - 1)?.closest('#privacy-choices')
    }
  })
  ok(g.height <= g.h / 2 + 1 && g.x >= 0 && g.right <= g.w + 1 && g.bottom <= g.h + 1 &&
    (sideways || !g.overflow) && !g.inner && !g.centre,
  `${name}: in the window, no more than half of it`, g)
  if (scrolled && g.w >= 768) return
  ok(await page.evaluate(uncovered, REJECT) && await page.evaluate(uncovered, ACCEPT),
    `${name}: both buttons are there to press`)
  const [a, b] = await Promise.all([REJECT, ACCEPT].map(s => page.locator(s).boundingBox()))
  ok(Math.abs(a.width - b.width) <= 2 && Math.abs(a.height - b.height) <= 2 &&
    Math.min(a.height, b.height) >= 44, `${name}: of one size, and 44 pixels high`, [a, b])
}

// See guard.pl.

import { base, browser, ok, note, test, visitor } from '../browser/lib.mjs'

const median = list => list.sort((a, b) => a - b)[list.length >> 1]
const ms = n => `${(n / 1000).toFixed(2)} ms`

// microseconds of the guard's script, of all scripts, on the main thread
async function trace (page, url) {
  const cdp = await page.context().newCDPSession(page)
  const events = []
  cdp.on('Tracing.dataCollected', e => events.push(...e.value))
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'v8', 'disabled-by-default-v8.compile'] } })
  await page.goto(url, { waitUntil: 'load' }).catch(() => {})
  await page.waitForTimeout(300)
  const complete = new Promise(resolve => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await complete
  await cdp.detach()
  const of = (e, s) => JSON.stringify(e.args).includes(s)
  const runs = events.filter(e => e.ph === 'X' && ['EvaluateScript', 'v8.compile', 'FunctionCall'].includes(e.name))
  const sum = list => list.reduce((n, e) => n + (e.tdur ?? e.dur), 0)
  const outer = runs.filter(e => !runs.some(o => o !== e && o.tid === e.tid && o.ts <= e.ts && o.ts + o.dur >= e.ts + e.dur && o.dur > e.dur))
  return { guard: sum(outer.filter(e => of(e, '/guard-'))), all: sum(outer.filter(e => !of(e, '/guard-') && !of(e, '/_consent/'))) }
}

await test(async () => {
  await browser()
  const start = []
  for (const name of process.env.GUARD_PAGES.split(' ')) {
    const runs = []
    for (let i = 0; i < 3; i++) {
      const v = await visitor()
      runs.push(await trace(v.page, base + name))
      await v.context.close()
    }
    const guard = median(runs.map(r => r.guard))
    const all = median(runs.map(r => r.all))
    start.push(guard)
    note(`${name}: guard ${ms(guard)}, the page's own scripts ${ms(all)}: ${(100 * guard / all).toFixed(0)} %`)
  }
  note(`guard: median ${ms(median(start))}, most ${ms(Math.max(...start))}`)
  ok(start.every(n => n > 0), 'measured on each page')
})

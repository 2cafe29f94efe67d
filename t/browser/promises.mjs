// What a visitor is promised, in Chromium, by the numbers of the requirements.
// A tracker is heard by its request: hosts() is who was asked for anything.

import { readFileSync } from 'node:fs'
import { base, browser, is, ok, test, visitor } from './lib.mjs'

const NOTICE = '#privacy-choices'
const REJECT = `${NOTICE} button[value=reject]`
const ACCEPT = `${NOTICE} button[value=accept]`
const GA = 'www.google-analytics.com'
const FB = ['connect.facebook.net', 'www.facebook.com']

const basis = page => page.evaluate(() => window.ngxConsent.state().basis)
const quiet = page => page.waitForTimeout(250)
const lines = () => {
  try {
    return readFileSync(process.env.CONSENT_LEDGER, 'utf8').trim().split('\n').map(l => JSON.parse(l))
  } catch {
    return []
  }
}

async function press (page, button) {
  const posted = page.waitForResponse(r => r.request().method() === 'POST')
  await page.click(button)
  const r = await posted
  await page.waitForLoadState('load')
  await quiet(page)
  return r
}

const stored = async v => ({
  cookies: (await v.context.cookies()).map(c => c.name),
  storage: await v.page.evaluate(() => localStorage.length),
  hosts: v.hosts()
})

await test(async () => {
  await browser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })

  // the first visit

  {
    const v = await visitor({ viewport: { width: 1000, height: 700 } })
    await v.page.goto(base)
    await quiet(v.page)
    is(await stored(v), { cookies: [], storage: 0, hosts: [] },
      'R1: a first visit: no cookie, nothing stored, nobody asked')

    const { y, height } = await v.page.locator(NOTICE).boundingBox()
    ok(height <= 350 && y >= 0 && await v.page.evaluate(() =>
      !!document.elementFromPoint(500, 200).closest('main') && getComputedStyle(document.body).overflow === 'visible'),
    'R10: the text can be read and scrolled, the notice takes at most half')

    await v.page.mouse.wheel(0, 2000)
    await v.page.keyboard.press('Escape')
    await v.page.mouse.click(400, 100)
    for (const n of [1, 2, 3, 4, 5]) {
      await v.page.click(`main a[href="/${n}.html"]`)
      await v.page.waitForLoadState('load')
      ok(await v.page.isVisible('#privacy-choices-links a[data-role=show]'), `R8: one's choices are a link away, page ${n}`)
    }
    await v.page.waitForTimeout(1500)
    is(await basis(v.page), 'none', 'R5: scrolling, Esc, clicks, links and time are no choice')
    is(await stored(v), { cookies: [], storage: 0, hosts: [] }, 'R5: and nothing has come of them')
    await v.context.close()
  }

  // both buttons

  for (const options of [{}, { colorScheme: 'dark' }, { forcedColors: 'active' }]) {
    for (const width of [320, 1280]) {
      const v = await visitor({ ...options, viewport: { width, height: 700 } })
      await v.page.goto(base)
      const look = await v.page.evaluate(buttons => buttons.map(b => {
        const e = document.querySelector(b)
        const s = getComputedStyle(e)
        const r = e.getBoundingClientRect()
        return [e.localName, s.fontSize, s.fontWeight, s.color, s.backgroundColor, s.borderColor,
          Math.round(r.height), e.parentNode.id]
      }), [REJECT, ACCEPT])
      is(look[0], look[1], `R6: refusing looks as agreeing does: ${JSON.stringify(options)}, ${width}`)
      await v.context.close()
    }
  }

  // refusing

  {
    const v = await visitor()
    let posts = 0
    v.page.on('request', r => { posts += r.method() === 'POST' })
    await v.page.goto(`${base}2.html?x=1`)
    await press(v.page, REJECT)
    is([posts, v.page.url(), await basis(v.page)], [1, `${base}2.html?x=1`, 'deny'],
      'R7: one click refuses, and the page is the same')
    v.forget()
    for (const n of [3, 4, 5]) await v.page.goto(`${base}${n}.html`)
    await quiet(v.page)
    is(await stored(v), { cookies: ['ngx_consent'], storage: 0, hosts: [] },
      'R2: refused: on three more pages nobody is asked, and one cookie says so')
    is(await v.page.locator(NOTICE).count(), 0, 'R11: and the question is not put again')
    await v.context.close()
  }

  // agreeing, in part

  {
    const v = await visitor()
    await v.page.goto(base)
    await v.page.click(`${NOTICE} summary`)
    is(await v.page.locator(`${NOTICE} input:checked`).count(), 0, 'R9: no purpose is ticked')
    await v.page.check(`${NOTICE} [value=analytics]`)
    await press(v.page, `${NOTICE} button[value=save]`)
    is(v.hosts(), [GA], 'R4: agreed to statistics: they run, marketing does not')
    await v.context.close()
  }

  {
    const v = await visitor({ javaScriptEnabled: false })
    await v.page.goto(`${base}3.html`)
    await v.page.click(`${NOTICE} summary`)
    await v.page.check(`${NOTICE} [value=marketing]`)
    await v.page.click(`${NOTICE} button[value=save]`)
    await v.page.waitForLoadState('load')
    is([v.page.url(), await v.page.locator(NOTICE).count(), v.hosts()], [`${base}3.html`, 0, [FB[1]]],
      'R9: one purpose can be agreed to without scripting')
    await v.context.close()
  }

  // withdrawing

  {
    const v = await visitor({ answer: r => r.resourceType() === 'script' ? 'document.cookie = "_ga=1; path=/"' : '' })
    await v.page.goto(`${base}1.html`)
    await press(v.page, ACCEPT)
    is(v.hosts(), [...FB, GA].sort(), 'R4: agreed to all: all of it runs')
    const other = await v.context.newPage()
    await other.goto(`${base}4.html`)
    await v.page.goto(`${base}2.html`)
    await quiet(v.page)
    v.forget()
    ok((await v.context.cookies()).some(c => c.name === '_ga'), 'R4: and sets its cookie')
    let clicks = 0
    const click = async what => { clicks++; await v.page.click(what); await v.page.waitForLoadState('load') }
    await click('#privacy-choices-links a[data-role=show]')
    await click('button[value=reject]')
    await v.page.waitForTimeout(1000)
    ok(clicks <= 2, 'R8: withdrawing takes two clicks from any page')
    is(await basis(other), 'deny', 'R3: withdrawn: another tab knows')
    is((await v.context.cookies()).map(c => c.name), ['ngx_consent'], 'R3: withdrawn: the trackers\' cookies are gone')
    for (let i = 0; i < 4 && new URL(v.page.url()).pathname !== '/1.html'; i++) {
      await v.page.evaluate(() => history.back()).catch(() => {})
      await v.page.waitForTimeout(700)
      is(await basis(v.page), 'deny', `R3: withdrawn: Back (${i + 1}) does not revive what was agreed to`)
    }
    for (const n of [3, 5]) await v.page.goto(`${base}${n}.html`)
    await quiet(v.page)
    is(v.hosts(), [], 'R3: withdrawn: nobody is asked, in any tab, on no page and not by Back')
    await v.context.close()
  }

  // a signal, shown

  {
    const v = await visitor({ extraHTTPHeaders: { 'Sec-GPC': '1' } })
    await v.page.goto(base)
    await quiet(v.page)
    ok(/Opt-out request honored/.test(await v.page.textContent('body')), 'R14: the page says that the signal was honoured')
    await press(v.page, ACCEPT).catch(() => {})
    is(v.hosts(), [], 'R13: and agreeing to all under it does not override it')
    await v.context.close()
  }

  // another site's page cannot agree

  const attack = async (html, name) => {
    const v = await visitor({ answer: r => r.resourceType() === 'document' ? html : '' })
    const before = lines().length
    await v.page.goto('https://evil.test/')
    await v.page.waitForTimeout(700)
    is([(await v.context.cookies(base)).length, lines().length - before], [0, 0], name)
    await v.context.close()
  }
  const form = `<form method="post" action="${base}_consent/" TARGET><input name="choice" value="accept"></form>
    <iframe name="f"></iframe><script>document.forms[0].submit()</script>`

  await attack(form.replace('TARGET', ''), 'R30: a form of another site does not agree')
  await attack(form.replace('TARGET', 'target="f"'), 'R31: nor one that is sent into a frame')
  await attack(`<meta name="referrer" content="no-referrer">${form.replace('TARGET', '')}`, 'R30: nor one without a referrer')
  await attack(`<script>fetch('${base}_consent/', { method: 'POST', mode: 'no-cors', credentials: 'include',
    body: new URLSearchParams('choice=accept') })</script>`, 'R30: nor a script of another site')
  await attack(`<script>navigator.sendBeacon('${base}_consent/', new URLSearchParams('choice=accept'))</script>`,
    'R30: nor a beacon')
  await attack(`<iframe sandbox="allow-scripts allow-forms" srcdoc='${form.replace('TARGET', '')}'></iframe>`,
    'R30: nor a sandboxed frame')
  await attack(`<img src="${base}_consent/?choice=accept"><link rel="prefetch" href="${base}_consent/?choice=accept">
    <iframe src="${base}"></iframe>`, 'R31: nor what is loaded, fetched ahead or framed')

  {
    const v = await visitor({ answer: r => r.resourceType() === 'document' ? `<iframe src="${base}"></iframe>` : '' })
    await v.page.goto('https://evil.test/')
    await v.page.waitForTimeout(500)
    const f = v.page.frames()[1]
    is(await f.locator(NOTICE).count().catch(() => 0), 0, 'R31: another site cannot frame the notice to have it clicked')
    await v.context.close()
  }

  {
    const v = await visitor()
    await v.page.goto(`${base}framed.html`)
    const f = v.page.frames()[1]
    const before = lines().length
    if (await f.locator(ACCEPT).count()) {
      await f.locator(ACCEPT).click()
      await v.page.waitForTimeout(500)
    }
    is([(await v.context.cookies()).filter(c => c.name === 'ngx_consent').length, lines().length - before], [0, 0],
      'R31: within a frame of one\'s own, nothing is agreed to')
    await v.context.close()
  }

  // a page of this site can, whatever it says of referrers

  {
    const v = await visitor()
    await v.page.goto(`${base}no-referrer.html`)
    const r = await press(v.page, ACCEPT)
    is([r.request().headers().origin, r.status(), await basis(v.page)], ['null', 303, 'grant'],
      'R30: a page with no-referrer, whose Origin is "null", can agree')
    await v.context.close()
  }

  // by a person, or by a script

  {
    const v = await visitor()
    await v.page.goto(base)
    await press(v.page, ACCEPT)
    is([lines().at(-1).ev, lines().at(-1).gesture], ['given', true], 'R67: a real click is recorded as one')
    await v.context.close()
  }

  {
    const v = await visitor()
    await v.page.goto(`${base}auto.html`)
    await v.page.waitForTimeout(1200)
    is([lines().at(-1).ev, lines().at(-1).gesture], ['given', false], 'R67: a script that presses the button is, too')
    await v.context.close()
  }
})

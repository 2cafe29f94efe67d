// Ways in which a page's script can reach another host.  Each takes an address
// and tries; what it is called is what the test is called.

const put = (tag, attrs = {}, where = document.body) => {
  const el = Object.assign(document.createElement(tag), attrs)
  where.append(el)
  return el
}
const SVG = 'http://www.w3.org/2000/svg'
const XLINK = 'http://www.w3.org/1999/xlink'
const img = url => `<img src="${url}">`
const quiet = p => p && p.catch && p.catch(() => {})
const worker = (text, url) => new Worker(URL.createObjectURL(new Blob([text.replaceAll('URL', JSON.stringify(url))])))

// { name: function }; those of "parsing" only work while the page is read

window.ways = {
  // elements

  'a script\'s src': url => put('script', { src: url }),
  'a script\'s setAttribute()': url => { const s = document.createElement('script'); s.setAttribute('src', url); document.head.appendChild(s) },
  'a script\'s setAttributeNS()': url => { const s = document.createElement('script'); s.setAttributeNS(null, 'src', url); document.head.insertBefore(s, null) },
  'a script\'s attribute node': url => { const a = document.createAttribute('src'); a.value = url; const s = document.createElement('script'); s.setAttributeNode(a); document.body.append(s) },
  'a script\'s named item': url => { const a = document.createAttribute('src'); a.value = url; const s = document.createElement('script'); s.attributes.setNamedItem(a); document.body.append(s) },
  'an attribute\'s value': url => { const s = document.createElement('script'); s.setAttribute('src', ''); s.attributes[0].value = url; document.body.append(s) },
  'a cloned script': url => { const s = document.createElement('script'); s.src = url; document.body.append(s.cloneNode(true)) },
  'a script of SVG': url => { const s = document.createElementNS(SVG, 'script'); s.setAttribute('href', url); const g = document.createElementNS(SVG, 'svg'); g.append(s); document.body.append(g) },
  'a script in a shadow root': url => { const s = document.createElement('script'); s.src = url; put('div').attachShadow({ mode: 'open' }).append(s) },
  'new Image': url => { new Image().src = url },
  'an image\'s srcset': url => { document.createElement('img').srcset = `${url} 1x, ${url}&2 2x` },
  'a source of a picture': url => { const p = put('picture'); const s = document.createElement('source'); s.srcset = url; p.append(s, document.createElement('img')) },
  'an image of SVG': url => { const i = document.createElementNS(SVG, 'image'); i.setAttributeNS(XLINK, 'xlink:href', url); const g = put('div').appendChild(document.createElementNS(SVG, 'svg')); g.append(i) },
  'an image of SVG, by baseVal': url => { const i = document.createElementNS(SVG, 'image'); i.href.baseVal = url; const g = put('div').appendChild(document.createElementNS(SVG, 'svg')); g.append(i) },
  'an image of SVG, by another prefix': url => { const i = document.createElementNS(SVG, 'image'); i.setAttributeNS(XLINK, 'x:href', url); const g = put('div').appendChild(document.createElementNS(SVG, 'svg')); g.append(i) },
  'an image of XML, by another prefix': url => document.body.append(document.adoptNode(new DOMParser().parseFromString(`<svg xmlns="${SVG}" xmlns:x="${XLINK}"><image x:href="${url.replace('&', '&amp;')}"/></svg>`, 'image/svg+xml').documentElement)),
  'a table\'s background': url => put('table').setAttribute('background', url),
  'the body\'s background': url => { document.body.background = url },
  'an iframe\'s src': url => put('iframe', { src: url }),
  'an iframe\'s srcdoc': url => put('iframe', { srcdoc: img(url) }),
  'a script in an iframe\'s srcdoc': url => put('iframe', { srcdoc: `<script>new Image().src = ${JSON.stringify(url)}</script>` }),
  'an image in a frame of a data: address': url => put('iframe', { src: `data:text/html,${encodeURIComponent(img(url))}` }),
  'a script in one, in base64': url => put('iframe', { src: `data:text/html;charset=utf-8;base64,${btoa(`<!doctype html>\u00e9<script>new Image().src = ${JSON.stringify(url)}</script>`)}` }),
  'an image in an object of a data: address': url => put('object', { data: `data:text/html,${encodeURIComponent(img(url))}` }),
  'an image of XML in a frame': url => put('iframe', { src: `data:application/xhtml+xml,${encodeURIComponent(`<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="${url}"/></body></html>`)}` }),
  'a base': url => { const d = put('iframe').contentDocument; d.write(`<base href="${url}"><img src="${url.slice(url.indexOf('?'))}">`); d.close() },
  'a base\'s href': url => { const d = put('iframe').contentDocument; d.head.append(d.createElement('base')); d.querySelector('base').href = url; d.body.append(Object.assign(d.createElement('img'), { src: url.slice(url.indexOf('?')) })) },
  'a style sheet': url => put('link', { rel: 'stylesheet', href: url }),
  'a style sheet that says so last': url => { const l = put('link', { href: url }); l.rel = 'stylesheet' },
  'a preload': url => put('link', { rel: 'preload', as: 'image', href: url }),
  'a prefetch': url => put('link', { rel: 'prefetch', href: url }),
  'an object': url => put('object', { data: url }),
  'an embed': url => put('embed', { src: url }),
  'a video': url => put('video', { src: url, preload: 'auto' }),
  'a video\'s poster': url => put('video', { poster: url }),
  'new Audio': url => { new Audio(url).load() },
  'a source of a video': url => { const v = put('video', { preload: 'auto' }); const s = document.createElement('source'); s.src = url; v.append(s) },
  'an image button': url => { const i = document.createElement('input'); i.type = 'image'; i.src = url; document.body.append(i) },
  'a link\'s ping': url => { const a = put('a', { href: '#here' }); a.ping = url; a.click() },
  'a form in a frame': url => { put('iframe', { name: 'target' }); const f = put('form', { target: 'target' }); f.action = url; f.method = 'post'; f.submit() },

  // markup

  innerHTML: url => { put('div').innerHTML = `<p>one<p>${img(url)}` },
  'innerHTML with references for letters': url => { put('div').innerHTML = img(url.replace('h', '&#104;').replaceAll('.', '&period;')) },
  'innerHTML with a quote that begins nothing': url => { put('div').innerHTML = `<p title=a"></p>${img(url)}` },
  'innerHTML with a space that is none': url => { put('div').innerHTML = `<p title=a\u00a0b="></p>${img(url)}">` },
  'innerHTML with a comment that ends at once': url => { put('div').innerHTML = `<!-->${img(url)}<!-->` },
  'innerHTML with a comment that ends in "--!>"': url => { put('div').innerHTML = `<!-- --!>${img(url)}` },
  'innerHTML with a declaration': url => { put('div').innerHTML = `<!x <p title=">${img(url)}">` },
  'innerHTML with a title of SVG': url => { put('div').innerHTML = `<svg><title>${img(url)}</title></svg>` },
  'innerHTML with a style of SVG': url => { put('div').innerHTML = `<svg><style>${img(url)}</style></svg>` },
  'innerHTML of SVG': url => { put('div').appendChild(document.createElementNS(SVG, 'svg')).innerHTML = `<style>${img(url)}</style>` },
  'innerHTML with CDATA': url => { put('div').innerHTML = `<svg><![CDATA[<p title="]]>${img(url)}">` },
  outerHTML: url => { put('div').outerHTML = img(url) },
  insertAdjacentHTML: url => put('div').insertAdjacentHTML('beforeend', img(url)),
  'a contextual fragment': url => document.body.append(document.createRange().createContextualFragment(`<script src="${url}"></script>`)),
  'DOMParser, adopted': url => document.body.append(document.adoptNode(new DOMParser().parseFromString(img(url), 'text/html').body.firstChild)),
  'DOMParser of XHTML, appended': url => document.body.append(new DOMParser().parseFromString(`<html xmlns="http://www.w3.org/1999/xhtml"><body>${img(url).replace('>', '/>')}</body></html>`, 'application/xhtml+xml').querySelector('img')),
  'a template\'s innerHTML': url => { const t = document.createElement('template'); t.innerHTML = img(url); document.body.append(document.importNode(t.content, true)) },
  'a template of the page': url => { const t = document.getElementById('template'); t.content.firstElementChild.setAttribute('src', url); document.body.append(t.content.cloneNode(true)) },
  'another document\'s element': url => { const d = document.implementation.createHTMLDocument(); const i = d.createElement('img'); i.src = url; document.body.append(i) },
  'innerHTML of a shadow root': url => { put('div').attachShadow({ mode: 'open' }).innerHTML = img(url) },
  'setHTMLUnsafe()': url => put('div').setHTMLUnsafe(`<div><template shadowrootmode="open">${img(url)}</template></div>`),
  'parseHTMLUnsafe()': url => document.body.append(Document.parseHTMLUnsafe(img(url)).body.firstChild),
  'a frame\'s document.write()': url => { const f = put('iframe'); f.contentDocument.write(img(url)); f.contentDocument.close() },

  // windows of which nothing is wrapped yet

  'fetch() of a new frame': url => { quiet(put('iframe').contentWindow.fetch(url)) },
  'Image of a new frame, by its number': url => { put('iframe'); new (window.frames[window.frames.length - 1]).Image().src = url },
  'a frame of innerHTML': url => { const d = put('div'); d.innerHTML = '<iframe></iframe>'; new (window.frames[window.frames.length - 1]).Image().src = url },

  // requests

  'fetch()': url => { quiet(fetch(url)) },
  'fetch() of a URL': url => { quiet(fetch(new URL(url), { mode: 'no-cors', keepalive: true })) },
  'fetch() of a Request': url => { quiet(fetch(new Request(url))) },
  XMLHttpRequest: url => { const x = new XMLHttpRequest(); x.open('GET', url); x.send() },
  'XMLHttpRequest, synchronous': url => { const x = new XMLHttpRequest(); x.open('GET', url, false); try { x.send() } catch (e) {} },
  sendBeacon: url => navigator.sendBeacon(url, 'x'),
  WebSocket: url => new WebSocket(url.replace('http', 'ws')),
  EventSource: url => { new EventSource(url) },
  'a worker\'s importScripts()': url => worker('try { importScripts(URL) } catch (e) {}', url),
  'a worker\'s fetch()': url => worker('fetch(URL).catch(() => {})', url),
  'a worker\'s WebSocket': url => worker('new WebSocket(URL)', url.replace('http', 'ws')),
  'a worker of a data: address': url => new Worker(`data:text/javascript,fetch(${encodeURIComponent(JSON.stringify(url))}).catch(() => {})`),
  'a module worker': url => new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}).catch(() => {})`], { type: 'text/javascript' })), { type: 'module' }),
  'a worker\'s worker': url => worker('new Worker("data:text/javascript," + encodeURIComponent("fetch(" + JSON.stringify(URL) + ").catch(() => {})"))', url),
  'a shared worker': url => new SharedWorker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}).catch(() => {})`]))),

  // disguises

  'an address without a scheme': url => { new Image().src = url.replace('http:', '') },
  'backslashes': url => { new Image().src = url.replace('//', '\\\\') },
  'a line feed in the name': url => { new Image().src = url.replace('www.', 'w\nww.') },
  'a port after the name': url => { new Image().src = url.replace('/x.', ':80/x.') },
  'a dot after the name': url => { new Image().src = url.replace('/x.', './x.') },
  'capitals': url => { new Image().src = url.replace('www.', 'WWW.') },
  'an address that is an object': url => { const i = new Image(); i.src = { toString: () => url } }
}

// of these the guard says nothing: style sheets, and what the browser's parser
// of scripts fetches itself

window.others = {
  'a style': url => { put('div', { textContent: 'x' }).style.background = `url(${url})` },
  'a style attribute': url => put('div', { textContent: 'x' }).setAttribute('style', `background: url(${url})`),
  '@import': url => put('style', { textContent: `@import "${url}";` }),
  'a rule that is inserted': url => { put('style').sheet.insertRule(`p { background: url(${url}) }`) },
  'a constructed style sheet': url => { const s = new CSSStyleSheet(); s.replaceSync(`p { list-style: square url(${url}); display: list-item }`); document.adoptedStyleSheets.push(s) },
  'a font': url => { quiet(new FontFace('x', `url(${url})`).load()) },
  'import()': url => { quiet(import(url)) }
}

window.parsing = {
  'document.write()': url => document.write(`<script src="${url}"></script>`),
  'document.write() in pieces': url => { document.write('<scr'); document.write(`ipt src="${url}`); document.write('"></scr'); document.write('ipt>') },
  'document.write() in pieces, with a "<"': url => { document.write(`<img alt="<" src="${url.slice(0, 9)}`); document.write(`${url.slice(9)}">`) },
  'document.write() after a comment that is open': url => { document.write('<!--'); document.write(`<p title="-->${img(url)}<!-- -->"></p>`) },
  'document.write() of "<", and then of the rest': url => { document.write('<'); document.write(img(url).slice(1)) },
  'document.writeln()': url => document.writeln(img(url)),
  // these run there
  'a script in a frame whose document stands in the page': () => {},
  'markup in such a frame': () => {}
}

// Pages made to reach a tracker: markup, style sheets and scripts put together
// at random from what has ever fooled a reader of HTML, and then damaged.  The
// same seed and number give the same page.
//
// Left out is what README says is not stopped: style sheets and <meta> refresh
// that scripts make, import(), places where a visitor is led.

class Random {
  constructor (seed, n) { this.state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0 }

  // mulberry32
  int (n) {
    let t = this.state = (this.state + 0x6d2b79f5) | 0
    t = Math.imul(t ^ t >>> 15, t | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) % n
  }

  one (list) { return list[this.int(list.length)] }
  in (n) { return this.int(n) === 0 }
  some (n, make) { return Array.from({ length: this.int(n + 1) }, make).join('') }
}

const VOID = ['<br>', '<hr>', '<input>', '<wbr>', '<col>', '<meta>', '<p>', '</p>', '</br>', '<image>']
const OPEN = ['svg', 'math', 'select', 'table', 'template', 'noscript', 'style', 'script', 'title', 'textarea', 'xmp', 'iframe', 'noembed',
  'noframes', 'plaintext', 'desc', 'foreignObject', 'mi', 'mtext', 'annotation-xml', 'annotation-xml encoding=text/html', 'option', 'optgroup',
  'tr', 'td', 'caption', 'colgroup', 'form', 'button', 'a', 'b', 'nobr', 'object', 'frameset', 'body', 'head', 'html', 'ruby', 'rt', 'li',
  'script type=text/plain', 'svg><title', 'svg><style', 'svg><script', 'math><style', 'select><template', 'table><style', 'marquee', 'font color=x',
  'input type=hidden', 'search', 'dialog', 'keygen', 'portal', 'fencedframe', 'selectedcontent', 'script type=speculationrules', 'svg><a',
  'svg><foreignObject', 'math><annotation-xml><svg', 'noscript><style', 'select><svg', 'table><tr><td><svg']
const BITS = ['<', '>', '"', "'", '`', '/', '=', '!', '-', '--', '-->', '--!>', '<!--', '<!-->', '<!--->', '<!', '<?', '?>', '</', '</x', '<![CDATA[',
  ']]>', '\0', '\t', '\n', '\f', '\r', ' ', '&', '&lt;', '&gt', '&#0;', '&quot;', '&amp;', '<script>', '</script>', '<style>', '</style>', '<svg>',
  '</svg>', '<math>', '</math>', '<p>', '</p>', '<b>', '</b>', '<template>', '</template>', '<select>', '</select>', '</noscript>', '<!--<script>',
  '</title>', '</textarea>', '</iframe>', '</xmp>', '{', '}', ';', '/*', '*/', '@', '\\', '(', ')', 'url(', '//', '\u2028', 'é', '<a ', '<img ',
  '<table>', '</table>', '<tr>', '<td>', '<foreignObject>', '<desc>', '<annotation-xml encoding=text/html>', '</br>', '<br/>', '<frameset>',
  '<body x=', '<html y=', '</body>', '</html>', '\ufeff', '<!DOCTYPE x>', '<image>', '<object>', '</object>', '</form>', '<form>']

export function hostile (seed, id) {
  const r = new Random(seed, id)
  const here = `p${id}`
  let depth = 0
  let scripted = 0

  const spelled = () => r.one([
    `//tracker.test/${here}`, `http://tracker.test/${here}`, `HTTP://TRACKER.TEST/${here}`, `http:\\\\tracker.test/${here}`, `/\\tracker.test/${here}`,
    `\\\\tracker.test\\${here}`, `http:////tracker.test/${here}`, `//tr%61cker.test/${here}`, `//tracker.test./${here}`, `//a@tracker.test/${here}`,
    `//tracker.test:80/${here}`, `//ｔｒａｃｋｅｒ.test/${here}`, `//tracker。test/${here}`, ` \t//tracker.test/${here}`, `/\t/trac\nker.test/${here}`,
    `h\nttp://tracker.test/${here}`, `//sub.tracker.test/${here}`, `//tracker.test?${here}`, `//tracker.test/${here}#x`])

  // in a value of an attribute, in whatever quotes
  const reference = c => {
    const n = c.codePointAt(0)
    return r.one([`&#${n};`, `&#x${n.toString(16)};`, `&#X0${n.toString(16).toUpperCase()};`, ...({
      '/': ['&sol;'], ':': ['&colon;'], '.': ['&period;'], '\t': ['&Tab;'], '\n': ['&NewLine;'], '\\': ['&bsol;'] }[c] || [])])
  }
  const value = text => {
    const q = r.one(['"', '"', "'", ''])
    const odd = q || r.in(2) ? 0 : 1
    const safe = [...text].map(c => c === '&' || c === q || (!q && /[\s"'`=<>]/.test(c)) || r.in(odd ? 4 : 30) ? reference(c) : c).join('')
    return q + safe + q
  }
  const cased = name => r.in(5) ? [...name].map(c => r.in(2) ? c.toUpperCase() : c).join('') : name
  const gap = () => r.one([' ', ' ', ' ', '\n', '\t', '/', ' / ', '\f', '\r\n'])
  const noise = () => r.some(2, () => gap() + r.one(['x', 'x=1', 'id="a>b"', "title='<b>'", '=', 'x=/', 'src', 'src=""', 'style="x:y"', 'data-src=x',
    'type=text/plain', 'type=module', 'async', 'rel=x', 'href=#', 'class=`', '"', "'", 'loading=lazy', 'http-equiv=x',
    'hidden', 'srcdoc', 'nonce=1', 'language=x', 'crossorigin']))
  // one name twice: the second is not the parser's
  const twin = n => r.in(8) ? `${gap()}${cased(n)}=${r.one(['""', 'a', '#', ',', '" "', 'data:,', 'image', 'x:'])}` : ''
  const tag = (name, attrs) => `<${cased(name)}${r.in(3) ? noise() : ''}${Object.entries(attrs).map(([n, v]) =>
    `${twin(n)}${gap()}${cased(n)}${r.in(8) ? ' ' : ''}=${r.in(8) ? '\n' : ''}${value(v)}`).join('')}${r.in(3) ? noise() : ''}${r.one(['>', '>', '>', ' >', '/>', '\n>'])}`

  // style sheets

  const escaped = text => [...text].map(c => /[\w.]/.test(c) && r.in(8) ? `\\${c.codePointAt(0).toString(16)} ` : c).join('')
  const quoted = u => r.one([`"${u}"`, `'${u}'`]).replace(/[\n\r]/g, '')
  const inUrl = u => r.one([`url(${u.trim().replace(/[\s]/g, '')})`, `url("${u}")`, `URL( '${u}' )`, `u\\72l(${u.trim().replace(/\s/g, '')})`, `url(${escaped(u.trim().replace(/\s/g, ''))})`].map(s => s.replace(/[\n\r]/g, '')))
  const image = u => r.one([inUrl(u), `image-set(${quoted(u)} 1x)`, `-webkit-image-set(${inUrl(u)} 1x)`, `cross-fade(${inUrl(u)}, red)`, `var(--none, ${inUrl(u)})`])
  const imported = u => r.one(['@import ', '@IMPORT ', '@import', '@im\\port ', '@\\69mport ', '@import/**/', '@import\t']) + r.one([quoted(u), inUrl(u)]) +
    r.one([';', ' screen;', ' layer(x);', ' supports(display:block);', '', '}', ' {}', ' ;'])
  const declared = u => r.one(['background:', 'background-image:', 'list-style-image:', 'content:', 'cursor:', 'border-image:', 'mask-image:', '--x:', 'back\\67round:',
    'border-image-source:', 'filter:', 'clip-path:', '-webkit-mask-image:', 'BACKGROUND : ']) + image(u)
  const sheet = () => r.some(2, () => r.one(['@charset "utf-8";', '/* x */', 'a{}', '<!--', '-->', '@layer x;', '@media print{', '}', '"', "'", '\\', '@x{', 'b{c:"', '@namespace x "y";', '/*', '*/', ';', '\ufeff'])) +
    r.one([imported, imported, u => `html{${declared(u)}}`, u => `*,p::before{content:"";${declared(u)}`, u => `@font-face{font-family:f;src:${inUrl(u)}} *{font-family:f!important}`,
      u => `@media all{body{${declared(u)}}}`, u => `body{color:red;;;${declared(u)} !important;}`, u => `p{&{${declared(u)}}}`])(spelled()) + r.some(1, sheet)

  // scripts

  const string = u => JSON.stringify(u).replaceAll('</', '<\\/')
  const hidden = u => {
    const n = 1 + r.int(Math.max(1, u.length - 2))
    return r.one([string(u), `${string(u.slice(0, n))}+${string(u.slice(n))}`, `[${string(u.slice(0, n))},${string(u.slice(n))}].join("")`,
      `atob("${Buffer.from(u, 'utf8').toString('base64')}")`, `decodeURIComponent("${[...Buffer.from(u)].map(b => '%' + b.toString(16).padStart(2, '0')).join('')}")`,
      `String.fromCharCode(${[...Array(u.length).keys()].map(i => u.charCodeAt(i))})`, `${string([...u].reverse().join(''))}.split("").reverse().join("")`])
  }
  const simple = () => r.one([`//tracker.test/${here}`, `http://tracker.test/${here}`, `/\\tracker.test/${here}`, `http:////tracker.test/${here}`, `//sub.tracker.test/${here}`, `//TRACKER.test/${here}`])
  const put = (el, attrs) => `(e=>{${attrs}document.documentElement.append(e)})(${el})`
  const make = name => r.one([`document.createElement("${name}")`, `document.createElementNS("http://www.w3.org/1999/xhtml","${name}")`, `document.createElement("${name}").cloneNode()`])
  const set = (name, u) => r.one([`e.${name}=${u};`, `e.setAttribute("${name}",${u});`, `e["${name}"]=${u};`, `Reflect.set(e,"${name}",${u});`, `Object.assign(e,{${name}:${u}});`,
    `e.setAttributeNS(null,"${name}",${u});`, `(a=>{a.value=${u};e.setAttributeNode(a)})(document.createAttribute("${name}"));`, `e.toggleAttribute("${name}");e.attributes["${name}"].value=${u};`])
  // what a script makes has no style
  const made = make => { scripted++; const s = make(); scripted--; return s }
  const written = () => hidden(made(r.in(2) ? markup : piece))
  const inside = () => `<script>${script()}</script>`
  const statement = () => r.one([
    () => `new Image().src=${hidden(simple())}`,
    () => put(make('script'), set('src', hidden(simple()))),
    () => put(make('img'), r.in(2) ? set('src', hidden(simple())) : set('srcset', hidden(simple() + ' 1x'))),
    () => put(make('iframe'), set('src', hidden(simple()))),
    () => put(make('link'), r.one([`e.rel="stylesheet";${set('href', hidden(simple()))}`, `${set('href', hidden(simple()))}e.rel="stylesheet";`, `e.as="script";${set('href', hidden(simple()))}e.setAttribute("rel","preload");`])),
    () => put(make('object'), set('data', hidden(simple()))),
    () => put(make('embed'), set('src', hidden(simple()))),
    () => put(make('video'), r.in(2) ? set('poster', hidden(simple())) : `e.preload="auto";${set('src', hidden(simple()))}`),
    () => put(make('input'), `e.type="image";${set('src', hidden(simple()))}`),
    () => put('document.createElementNS("http://www.w3.org/2000/svg","svg").appendChild(document.createElementNS("http://www.w3.org/2000/svg","image"))',
      r.one([`e.setAttribute("href",${hidden(simple())});`, `e.href.baseVal=${hidden(simple())};`, `e.setAttributeNS("http://www.w3.org/1999/xlink","x:href",${hidden(simple())});`]) + 'e=e.parentNode;'),
    () => `document.write(${written()})`,
    () => `document.writeln(${written()},${written()})`,
    () => { const s = r.some(2, bit) + made(markup); const at = r.int(s.length + 1); return `document.write(${hidden(s.slice(0, at))});document.write(${hidden(s.slice(at))})` },
    () => put(make('div'), `e.innerHTML=${written()};`),
    () => `document.documentElement.insertAdjacentHTML("beforeend",${written()})`,
    () => put(make('div'), `e.append(document.createRange().createContextualFragment(${written()}));`),
    () => put(make('div'), `e.append(...new DOMParser().parseFromString(${written()},"text/html").documentElement.childNodes);`),
    () => put(make('div'), `(t=>{t.innerHTML=${written()};e.append(t.content.cloneNode(true))})(document.createElement("template"));`),
    () => put(make('div'), `e.attachShadow({mode:"closed"}).innerHTML=${written()};`),
    () => put(make('div'), `e.append(...document.implementation.createHTMLDocument("").createRange().createContextualFragment(${written()}).childNodes);`),
    () => put(make('iframe'), set('srcdoc', depth > 2 ? '""' : hidden(made(r.in(2) ? inside : markup)))),
    () => put(make('iframe'), set('src', `"data:text/html,"+encodeURIComponent(${depth > 2 ? '""' : hidden(made(r.in(2) ? inside : markup))})`)),
    () => `(e=>{document.documentElement.append(e);e=e.contentDocument;e.write(${written()});e.close()})(${make('iframe')})`,
    () => `(e=>{document.documentElement.append(e);new e.contentWindow.Image().src=${hidden(simple())}})(${make('iframe')})`,
    () => `(e=>{document.documentElement.append(e);e.contentWindow.fetch(${hidden(simple())},{mode:"no-cors"})})(${make('iframe')})`,
    () => `(e=>{document.documentElement.append(e);window[window.length-1].eval(${hidden(script())})})(${make('iframe')})`,
    () => `(e=>{e.href=${hidden(simple().replace(here, ''))};document.head.append(e);new Image().src="${here}"})(document.createElement("base"))`,
    () => `fetch(${hidden(simple())},{mode:"no-cors"}).catch(e=>0)`,
    () => `fetch(new Request(${hidden(simple())},{mode:"no-cors"})).catch(e=>0)`,
    () => `(x=>{x.open("GET",${hidden(simple())});x.send()})(new XMLHttpRequest)`,
    () => `navigator.sendBeacon(${hidden(simple())})`,
    () => `new EventSource(${hidden(simple())})`,
    () => `new WebSocket(${hidden(simple().replace(/^(http:)?[/\\]+/, 'ws://'))})`,
    () => `new Worker(URL.createObjectURL(new Blob([${hidden(r.one([`importScripts("http://tracker.test/${here}")`, `fetch("http://tracker.test/${here}",{mode:"no-cors"})`, `(x=>{x.open("GET","http://tracker.test/${here}");x.send()})(new XMLHttpRequest)`]))}])))`,
    () => `setTimeout(${hidden(script())})`,
    () => `eval(${hidden(script())})`,
    () => `Function(${hidden(script())})()`,
    () => put(make('a'), `e.href="#";e.ping=${hidden(simple())};e.click();`),
    () => put(make('b'), `e.setAttribute("onclick",${hidden(script())});e.click();`),
    () => `document.body&&(document.body.outerHTML=${written()})`,
    () => put(make('script'), `e.text=${hidden(script())};`),
    () => `addEventListener("load",()=>{${script()}})`
  ])()
  const script = () => {
    depth++
    const s = depth > 3 ? `new Image().src=${hidden(simple())}` : `${r.in(4) ? 'try{' : ''}${statement()}`
    depth--
    return s.startsWith('try{') ? `${s}}catch(e){}` : s
  }

  // markup

  const loads = [
    u => tag('img', { src: u }), u => tag('img', { srcset: `${u} 1x, a.png 2x` }), u => tag('img', { src: 'a.png', srcset: `,${u},` }),
    u => tag('image', { src: u }), u => tag('script', { src: u }) + '</script>', u => tag('link', { rel: 'stylesheet', href: u }),
    u => tag('link', { href: u, rel: r.one(['preload', 'prefetch', 'icon', 'modulepreload', 'STYLESHEET x', 'apple-touch-icon', 'manifest', 'x&#10;icon']), as: r.one(['script', 'image', 'style', 'font']) }),
    u => tag('iframe', { src: u }), u => tag('object', { data: u }), u => tag('embed', { src: u }), u => tag('video', { poster: u }),
    u => tag('video', { src: u, preload: 'auto' }), u => tag('audio', { src: u, preload: 'auto' }), u => `<video preload=auto>${tag('source', { src: u })}`,
    u => `<picture>${tag('source', { srcset: u })}<img>`, u => tag('input', { type: 'image', src: u }), u => tag('body', { background: u }), u => tag('table', { background: u }),
    u => `<svg>${tag('image', { href: u })}</svg>`, u => `<svg>${tag('image', { 'xlink:href': u, width: '9', height: '9' })}</svg>`, u => `<svg>${tag('script', { href: u })}</script></svg>`,
    u => `<frameset>${tag('frame', { src: u })}`,
    u => tag('base', { href: u.replace(here, '') }) + tag('img', { src: here }),
    u => tag('iframe', { src: `javascript:'${piece().replaceAll("'", '"').replaceAll('\n', '')}'` }), u => tag('iframe', { src: `data:text/html,${encodeURIComponent(depth > 2 ? '' : markup())}` }),
    u => tag('iframe', { srcdoc: depth > 2 ? '' : markup() }), u => tag('iframe', { srcdoc: inside() }), u => tag('iframe', { sandbox: 'allow-scripts', srcdoc: inside() }),
    u => tag('img', { src: 'x:', onerror: script() }), u => tag('b', { onclick: '1', onfocus: script(), autofocus: '', tabindex: '1' }), u => tag('svg', { onload: script() }), u => tag('body', { onload: script() }),
    u => tag('script', { src: `data:text/javascript,${encodeURIComponent(script())}` }) + '</script>',
    u => tag('object', { data: `data:text/html;base64,${Buffer.from(depth > 2 ? '' : markup()).toString('base64')}` }),
    u => tag('link', { rel: 'preload', as: 'image', imagesrcset: `${u} 1x` }), u => tag('track', { src: u, default: '' })
  ]
  const styled = [
    u => `<svg><filter id=f>${tag('feImage', { href: u })}</filter><rect width=9 height=9 filter=url(#f)></svg>`,
    u => `<svg><rect width=9 height=9${gap()}${cased('fill')}=${value(inUrl(u + '#a'))}></svg>`,
    u => `<svg><image>${tag('set', { attributeName: 'href', to: u })}</image></svg>`,
    u => tag('p', { style: declared(u) }) + 'x',
    u => tag('meta', { 'http-equiv': 'refresh', content: `0;url=${u}` }),
    u => tag('link', { rel: 'stylesheet', href: `data:text/css,${encodeURIComponent(sheet())}` })
  ]
  const element = () => r.one(scripted ? loads : [...loads, ...styled])(spelled())

  const piece = () => {
    depth++
    const styles = [() => `<style>${sheet()}</style>`, () => `<svg><style>${r.in(2) ? sheet() : `<![CDATA[${sheet()}]]>`}</style></svg>`]
    const s = depth > 4 ? tag('img', { src: spelled() }) : r.one([element, element, element, element, ...(scripted ? [] : styles),
      () => `<script>${script()}</script>`, () => `<script>${script()}</script>`, () => `<svg><script>${script().replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</script></svg>`,
      () => `<script>document.write(${hidden(r.some(2, bit))})</script>` + element()])()
    depth--
    return s
  }

  const bit = () => r.one([() => r.one(BITS), () => r.one(VOID), () => `<${cased(r.one(OPEN))}${r.in(4) ? noise() : ''}>`, () => `</${cased(r.one(OPEN).split(/[ >]/)[0])}>`])()

  const markup = () => {
    depth++
    let s = ''
    for (let n = 1 + r.int(3); n--;) s += r.some(3, bit) + piece()
    depth--
    return s
  }

  // what is damaged is damaged in a few places

  const damaged = text => {
    for (let n = r.int(4); n--;) {
      const at = r.int(text.length + 1)
      const to = r.in(2) ? at : Math.min(text.length, at + r.int(6))
      text = text.slice(0, at) + (r.in(4) ? '' : r.one(BITS)) + text.slice(to)
    }
    return text
  }

  return r.one(['<!doctype html>', '', '<!doctype html>\n<html lang=en>']) + r.one(['<html><head>', '<head>', '<title>t</title>', '<html><head><meta charset=utf-8>', '<head></head><body>', '<meta charset=utf-8><body>']) +
    damaged(markup())
}

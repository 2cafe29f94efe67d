// Makes consent_html_names.h and consent_html_names.c: the names that decide
// anything in HTML's tree construction, or that load something, and a perfect
// hash over them.  Run by hand when a name is added: node generate_names.mjs

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

// S special, F formatting, C scope barrier, I implied end tag, T the same
// when thorough, B leaves foreign content, V void (inserted and popped)
const tags = `
html:SC head:SB body:SB base:S basefont:S bgsound:S link:S meta:SB title:S
style:S script:S noscript:S noframes:S noembed:S iframe:S xmp:S textarea:S
plaintext:S template:SC frameset:S frame:S address:S article:S aside:S
blockquote:SB center:SB details:S dialog:S dir:S div:SB dl:SB fieldset:S
figcaption:S figure:S footer:S header:S hgroup:S main:S menu:SB nav:S ol:SB
p:SIB search:S section:S summary:S ul:SB h1:SB h2:SB h3:SB h4:SB h5:SB h6:SB
pre:SB listing:SB form:S li:SIB dd:SIB dt:SIB button:S a:F b:FB big:FB
code:FB em:FB font:F i:FB nobr:FB s:FB small:FB strike:FB strong:FB tt:FB
u:FB applet:SC marquee:SC object:SC table:SCB caption:SCT colgroup:ST col:S
tbody:ST tfoot:ST thead:ST tr:ST td:SCT th:SCT area:S br:SB embed:SB img:SB
image: input:S keygen:S wbr:S param:S source:S track:S hr:SB select:SC
option:I optgroup:I rb:I rp:I rt:I rtc:I ruby:B span:B sub:B sup:B var:B
svg: math: mi: mo: mn: ms: mtext: annotation-xml: mglyph: malignmark:
foreignobject: desc: video: audio: picture: portal: fencedframe: use:
feimage: animate: set: animatemotion: animatetransform: mpath: textpath:
lineargradient: radialgradient: pattern: filter: mask: tref: cursor:
font-face-uri: color-profile: glyphref: xml: selectedcontent: discard:
`.trim().split(/\s+/).map((s) => s.split(':'));

const attrs = `
src srcset href xlink:href data poster background srcdoc style imagesrcset
content ping action formaction type language rel as http-equiv encoding
color face size shadowrootmode for nonce lang data-category data-consent
data-type data-src id values to from by fill stroke mask clip-path filter
marker-start marker-mid marker-end cursor amp charset sandbox
`.trim().split(/\s+/).map((s) => [s, '']);
attrs.push(['\u26a1', '']);

const low = (s) => Buffer.from(s, 'utf8');
const hash = (s) => {
    let h = 0;
    for (const c of low(s)) h = (Math.imul(h, 31) + c) >>> 0;
    return h;
};

function perfect(list, bits) {
    for (let k = 1; k < 1 << 22; k += 2) {
        const mul = Math.imul(k, 0x9e3779b1) >>> 0;
        const t = new Array(1 << bits).fill(0);
        let ok = true;
        for (let i = 0; i < list.length; i++) {
            const slot = Math.imul(hash(list[i][0]), mul) >>> (32 - bits);
            if (t[slot]) { ok = false; break; }
            t[slot] = i + 1;
        }
        if (ok) return { mul, t, bits };
    }
    return null;
}

function find(list) {
    for (let bits = 8; bits < 13; bits++) {
        const p = perfect(list, bits);
        if (p) return p;
    }
    throw new Error('no perfect hash');
}

const ident = (s) => (s === '\u26a1' ? 'AMP_SIGN'
    : s.toUpperCase().replace(/[^A-Z0-9]/g, '_'));
const flag = { S: 'SPECIAL', F: 'FORMAT', C: 'SCOPE', I: 'IMPLIED',
    T: 'THOROUGH', B: 'BREAKOUT' };
const T = find(tags), A = find(attrs);
const note = '/* made by generate_names.mjs */';

let h = `
${note}

#ifndef CONSENT_HTML_NAMES_H
#define CONSENT_HTML_NAMES_H

#include "consent_core.h"

typedef enum {
    CONSENT_TAG_UNKNOWN = 0,
${tags.map(([n]) => `    CONSENT_TAG_${ident(n)}`).join(',\n')}
} consent_tag_e;

typedef enum {
    CONSENT_ATTR_UNKNOWN = 0,
${attrs.map(([n]) => `    CONSENT_ATTR_${ident(n)}`).join(',\n')},
    CONSENT_ATTR_ON              /* any event handler */
} consent_attr_e;

${Object.values(flag).map((f, i) =>
    `#define ${`CONSENT_TAG_F_${f}`.padEnd(24)}0x${(1 << i).toString(16)
        .padStart(2, '0')}`).join('\n')}

/* the hash of names, over lower case: h = h * 31 + c */

typedef struct {
    const char  *name;
    uint32_t     hash;
    uint8_t      len;
    uint8_t      flags;
} consent_html_name_t;

extern const consent_html_name_t  consent_html_tags[];
extern const consent_html_name_t  consent_html_attrs[];
extern const uint8_t              consent_html_tag_slots[];
extern const uint8_t              consent_html_attr_slots[];
extern const uint32_t             consent_html_attr_first[16];
extern const consent_u8           consent_html_lower[256];

/* candidates by hash; the name itself is to be compared where it counts */

static inline unsigned
consent_html_tag_find(uint32_t hash, size_t len)
{
    unsigned  id;

    id = consent_html_tag_slots[(hash * ${T.mul}u) >> ${32 - T.bits}];

    return (consent_html_tags[id].hash == hash
            && consent_html_tags[id].len == len) ? id : 0;
}

static inline unsigned
consent_html_attr_find(uint32_t hash, size_t len)
{
    unsigned  id;

    id = consent_html_attr_slots[(hash * ${A.mul}u) >> ${32 - A.bits}];

    return (consent_html_attrs[id].hash == hash
            && consent_html_attrs[id].len == len) ? id : 0;
}

/* 0: a name of n bytes, from 2 to 15, that begins so is none of these */

static inline unsigned
consent_html_attr_may(const consent_u8 *p, size_t n)
{
    return consent_html_attr_first[n] >> ((p[0] + 3 * p[1]) & 31) & 1;
}

/* 1 if the n bytes at p are this name, in any case; lower is lower case */

static inline int
consent_html_name_is(const consent_u8 *p, size_t n, const char *lower)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (consent_html_lower[p[i]] != (consent_u8) lower[i]
            || lower[i] == '\\0')
        {
            return 0;
        }
    }

    return lower[n] == '\\0';
}

#endif /* CONSENT_HTML_NAMES_H */
`;

const rows = (list) => list.map(([n, f]) => {
    const s = n === '\u26a1' ? '"\\xe2\\x9a\\xa1"' : `"${n}"`;
    const fl = [...(f || '')].map((c) => `CONSENT_TAG_F_${flag[c]}`);
    const head = `    { ${s}, ${hash(n)}u, ${low(n).length},`;
    return fl.length ? `${head}\n      ${fl.join('|')} }` : `${head} 0 }`;
}).join(',\n');
const nums = (a) => {
    let s = '';
    for (let i = 0; i < a.length; i += 14) {
        s += '    ' + a.slice(i, i + 14).map((x) => String(x).padStart(3))
            .join(', ') + (i + 14 < a.length ? ',\n' : '\n');
    }
    return s;
};
const lower = Array.from({ length: 256 }, (_, i) =>
    (i >= 65 && i <= 90 ? i + 32 : i));

// by length, bits by the first two letters; event handlers are of any length
const first = Array(16).fill(0);
const firstBit = (b) => 1 << ((b[0] + 3 * b[1]) & 31);
for (const [n] of attrs) {
    const b = low(n);
    if (b.length < 16) first[b.length] |= firstBit(b);
}
for (let i = 2; i < 16; i++) first[i] |= firstBit(Buffer.from('on'));
const bits = first.map((x, i) => `0x${(x >>> 0).toString(16)
    .padStart(8, '0')}${i < 15 ? i % 4 < 3 ? ', ' : ',\n    ' : ''}`).join('');

const c = `
${note}

#include "consent_html_names.h"

const consent_html_name_t  consent_html_tags[] = {
    { "", 0xffffffffu, 255, 0 },
${rows(tags)}
};

const consent_html_name_t  consent_html_attrs[] = {
    { "", 0xffffffffu, 255, 0 },
${rows(attrs)}
};

const uint8_t  consent_html_tag_slots[] = {
${nums(T.t)}};

const uint8_t  consent_html_attr_slots[] = {
${nums(A.t)}};

const uint32_t  consent_html_attr_first[16] = {
    ${bits}
};

const consent_u8  consent_html_lower[256] = {
${nums(lower)}};
`;
fs.writeFileSync(path.join(here, 'consent_html_names.h'), h);
fs.writeFileSync(path.join(here, 'consent_html_names.c'), c);
console.log(`tags ${tags.length} in ${T.t.length}, attrs ${attrs.length} in ${A.t.length}`);

#!/usr/bin/env node
/*
 * Makes the catalog's C tables of third-party-web, the overlay, the inline
 * signatures, the stubs and the cookie tables.  Run in this directory:
 *
 *     npm ci && node generate.mjs [--cookies open-cookie-database.csv]
 *
 * Prints what changed against the tables that are there.
 */

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { inlineTable } from './generate-inline.mjs';
import { cookieTable } from './generate-cookies.mjs';
import { readStubs, stubTable } from './generate-stubs.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const read = (name) => fs.readFileSync(path.join(HERE, name), 'utf8');

/* numbers as in consent_catalog.h and consent_rules.h */

export const CLASSES = ['none', 'pass', 'never', 'ad', 'analytics', 'social',
    'tag-manager', 'marketing', 'customer-success', 'video', 'embed'];

const TYPES = ['other', 'document', 'subdocument', 'script', 'stylesheet',
    'image', 'media', 'font', 'object', 'xhr', 'ping', 'websocket',
    'connect'];

/* third-party-web's categories that need an answer first */

const NEED = new Set(['ad', 'analytics', 'social', 'tag-manager',
    'marketing', 'customer-success', 'video']);

const fail = (what) => { console.error(what); process.exit(1); };

/* FNV-1a from the last byte to the first: suffixes in one walk */

export function hashBack(s, h = 2166136261) {
    for (let i = s.length - 1; i >= 0; i--) {
        h = Math.imul(h ^ s.charCodeAt(i), 16777619) >>> 0;
    }

    return h;
}

/* FNV-1a, for tokens of paths and words of scripts */

export function hashOn(s, h = 2166136261) {
    for (let i = 0; i < s.length; i++) {
        h = Math.imul(h ^ s.charCodeAt(i), 16777619) >>> 0;
    }

    return h;
}

/* strings, each kept once */

class Pool {
    constructor() {
        this.text = ['\0'];
        this.size = 1;
        this.at = new Map([['', 0]]);
    }

    add(s) {
        let at = this.at.get(s);

        if (at === undefined) {
            at = this.size;
            this.at.set(s, at);
            this.text.push(s + '\0');
            this.size += Buffer.byteLength(s) + 1;
        }

        return at;
    }
}

/* a C string literal */

export function quote(s) {
    return '"' + [...Buffer.from(s, 'utf8')].map((c) => {
        if (c === 0x22 || c === 0x5c) {
            return '\\' + String.fromCharCode(c);
        }

        if (c < 0x20 || c > 0x7e || c === 0x3f) {
            return '\\' + c.toString(8).padStart(3, '0');
        }

        return String.fromCharCode(c);
    }).join('') + '"';
}

/* numbers in rows of at most 78 columns */

export function rows(numbers) {
    const out = [];
    let line = '   ';

    for (const n of numbers) {
        if (line.length + String(n).length + 2 > 78) {
            out.push(line);
            line = '   ';
        }

        line += ` ${n},`;
    }

    return out.concat(line).join('\n');
}

export function write(name, text) {
    const file = path.join(HERE, name);
    const old = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';

    fs.writeFileSync(file, text);

    return old;
}

/* the overlay: one rule a line */

function readOverlay(file) {
    const rules = [];

    read(file).split('\n').forEach((line, n) => {
        const at = `${file}:${n + 1}`;

        if (!line.trim() || line.startsWith('#')) {
            return;
        }

        const m = line.match(/^([\w-]+)\s+(\S+)((?:\s+\w+=(?:"[^"]*"|\S+))*)\s*$/);

        if (!m || (m[1] !== 'drop' && !CLASSES.includes(m[1]))) {
            fail(`${at}: cannot read: ${line}`);
        }

        const r = { cls: m[1], what: m[2], types: 0, name: '', at };

        for (const o of m[3].matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)) {
            const v = o[2] ?? o[3];

            if (o[1] === 'name') {
                r.name = v;

            } else if (o[1] === 'types') {
                for (const t of v.split(',')) {
                    const i = TYPES.indexOf(t);

                    if (i < 0) {
                        fail(`${at}: no such type: ${t}`);
                    }

                    r.types |= 1 << i;
                }

            } else {
                fail(`${at}: no such option: ${o[1]}`);
            }
        }

        const s = r.what.indexOf('/');

        r.host = (s < 0 ? r.what : r.what.slice(0, s)).toLowerCase();
        r.path = s < 0 ? null : r.what.slice(s);
        rules.push(r);
    });

    return rules;
}

/* hosts of third-party-web and the overlay, in one map */

function collect(overlay, stubs) {
    const tpw = createRequire(import.meta.url)('third-party-web');
    const hosts = new Map();
    const site = [];
    const drop = new Set(overlay.filter((r) => r.cls === 'drop')
                         .map((r) => r.host));

    const get = (host) => {
        if (!hosts.has(host)) {
            hosts.set(host, { host, cls: 'none', entity: '', paths: [],
                              stubs: 0 });
        }

        return hosts.get(host);
    };

    for (const e of tpw.entities) {
        const cat = (e.categories || [e.category])[0];
        const cls = NEED.has(cat) ? cat
            : cat === 'consent-provider' ? 'never' : null;

        for (const d of e.domains) {
            const host = d.replace(/^\*\./, '').toLowerCase();

            if (!cls || drop.has(host) || !/^[a-z0-9._-]+$/.test(host)
                || !host.includes('.'))
            {
                continue;
            }

            Object.assign(get(host), { cls, entity: e.name });
        }
    }

    for (const r of overlay) {
        if (r.cls === 'drop') {
            continue;
        }

        if (r.host === '' || r.host.endsWith('.*')) {
            site.push(r);
            continue;
        }

        const h = get(r.host);

        h.entity = r.name || h.entity;

        if (r.path === null && !r.types) {
            h.cls = r.cls;

        } else {
            h.paths.push(r);
        }
    }

    for (const s of stubs) {
        for (const w of s.hosts) {
            const [host, ...rest] = w.split('/');
            const h = hosts.get(host);

            if (!h) {
                fail(`stubs: ${s.name}: ${host} is in no table`);
            }

            if (rest.length === 0) {
                h.stubs |= 1 << s.bit;
            }

            for (const p of h.paths) {
                if (rest.length === 0 || p.path?.startsWith('/' + rest.join('/')))
                {
                    p.stubs |= 1 << s.bit;
                }
            }
        }

        for (const r of site) {
            if ((s.paths || []).some((p) => r.path?.includes(p))) {
                r.stubs |= 1 << s.bit;
            }
        }
    }

    /* what the host above says already */

    for (const h of hosts.values()) {
        let up = h.host;

        do {
            up = up.slice(up.indexOf('.') + 1);
        } while (up.includes('.') && !hosts.has(up));

        const p = hosts.get(up);

        if (p && p.cls === h.cls && !p.paths.length && !h.paths.length
            && p.stubs === h.stubs)
        {
            hosts.delete(h.host);
        }
    }

    return { hosts: [...hosts.values()].sort((a, b) => a.host < b.host ? -1 : 1),
             site };
}

/* open addressing; 0 is an empty slot, others are index + 1 */

export function slots(keys, load = 2) {
    let size = 16;

    while (size < keys.length * load) {
        size *= 2;
    }

    const t = new Array(size).fill(0);

    keys.forEach((h, i) => {
        let at = h & (size - 1);

        while (t[at]) {
            at = (at + 1) & (size - 1);
        }

        t[at] = i + 1;
    });

    return t;
}

/* "/ ** /x.js" is any folder; a name with a dot ends where its segment does */

function siteGlob(p) {
    let g = p.replace(/^\/\*\*\//, '*/');

    if (/\.\w+$/.test(g)) {
        g += '^';
    }

    return g;
}

/* the token a site rule is filed under: the longest whole one, but for those
 * that half of all paths end with */

function siteKey(g, at) {
    const t = [...g.matchAll(/[A-Za-z0-9]+/g)].filter((m) =>
        m.index > 0 && g[m.index - 1] !== '*' && g[m.index + m[0].length]
        !== '*' && g[m.index + m[0].length] !== undefined);

    const rare = (m) => m[0].length < 2 ? 0
        : /^(js|css|gif|png|php|html)$/.test(m[0]) ? 1 : m[0].length;

    t.sort((a, b) => rare(b) - rare(a));

    if (!t.length) {
        fail(`${at}: no whole word in ${g}`);
    }

    return t[0];
}

const HEAD = (of) => `
/*
 * Generated by src/catalog/generate.mjs from ${of}.
 * Do not edit; see src/catalog/README.md for sources and licences.
 */

#include "consent_catalog.h"

`;

function catalogTable({ hosts, site }) {
    const pool = new Pool();
    const paths = [];

    const one = (r, glob, key) =>
        `    { ${pool.add(glob)}, ${pool.add(r.what)}, ${r.stubs >>> 0}, `
        + `${r.types || 0xffffffff}u, ${key ? key.index : 0}, `
        + `${key ? key[0].length : 0}, ${Buffer.byteLength(glob)}, `
        + `${CLASSES.indexOf(r.cls)}, ${key && r.host ? 1 : 0} }`;

    const H = hosts.map((h) => {
        const first = paths.length;

        for (const r of h.paths) {
            paths.push(one(r, r.path ?? '/', null));
        }

        if (h.paths.length > 255 || h.host.length > 253) {
            fail(`${h.host}: too much of it`);
        }

        return `    { ${pool.add(h.host)}, ${pool.add(h.entity)}, `
            + `${h.stubs >>> 0}, ${first}, ${h.paths.length}, `
            + `${h.host.length}, ${CLASSES.indexOf(h.cls)} }`;
    });

    const keys = [];
    const S = site.map((r) => {
        const g = r.host ? r.host.slice(0, -1)
            : siteGlob(r.path).toLowerCase();
        const k = r.host ? { index: 0, 0: g.slice(0, -1) } : siteKey(g, r.at);

        keys.push(hashOn(k[0]));

        return one(r, g, k);
    });

    const hs = slots(hosts.map((h) => hashBack(h.host)));
    const ss = slots(keys);

    return HEAD('third-party-web and overlay.txt')
        + 'const char  consent_catalog_strings[] =\n'
        + pool.text.map((s) => '    '
            + quote(s.slice(0, -1)).slice(0, -1) + '\\0"').join('\n')
        + ';\n\n'
        + `const consent_catalog_host_t  consent_catalog_hosts[] = {\n`
        + H.join(',\n') + '\n};\n\n'
        + `const uint32_t  consent_catalog_nhosts = ${hosts.length};\n`
        + `const uint32_t  consent_catalog_host_mask = ${hs.length - 1};\n\n`
        + `const uint16_t  consent_catalog_host_slots[] = {\n${rows(hs)}\n};\n\n`
        + `const consent_catalog_path_t  consent_catalog_paths[] = {\n`
        + paths.join(',\n') + '\n};\n\n'
        + `const consent_catalog_path_t  consent_catalog_site[] = {\n`
        + S.join(',\n') + '\n};\n\n'
        + `const uint32_t  consent_catalog_site_mask = ${ss.length - 1};\n\n`
        + `const uint16_t  consent_catalog_site_slots[] = {\n${rows(ss)}\n};\n`;
}

/* what an operator wants to know of a refresh */

function listing({ hosts, site }, stubs) {
    const out = [];

    for (const line of read('inline.txt').split('\n')) {
        if (/^\w/.test(line)) {
            out.push(`script ${line}`);
        }
    }

    for (const s of stubs) {
        out.push(`stub ${s.name}`);
    }

    const categories = ['never', 'functional', 'analytics', 'marketing'];
    let end = '';

    for (const line of read('consent_cookies_table.c').split('\n')) {
        const m = line.match(/^    \{ "(.*)", \d+, (\d) \}/);

        end = /_prefixes\[\]/.test(line) ? '*'
            : /_never\[\]/.test(line) ? '' : end;

        if (m) {
            out.push(`cookie ${categories[m[2]]} ${m[1]}${end}`);
        }
    }

    for (const h of hosts) {
        if (h.cls !== 'none') {
            out.push(`${h.cls} ${h.host}`);
        }

        for (const r of h.paths) {
            out.push(`${r.cls} ${r.what}`);
        }
    }

    for (const r of site) {
        out.push(`${r.cls} ${r.what}`);
    }

    return out.sort().join('\n') + '\n';
}

function changed(was, is) {
    const a = new Set(was.split('\n')), b = new Set(is.split('\n'));
    let n = 0;

    for (const x of a) {
        if (!b.has(x)) { console.log(`- ${x}`); n++; }
    }

    for (const x of b) {
        if (!a.has(x)) { console.log(`+ ${x}`); n++; }
    }

    console.log(`${b.size - 1} rules, ${n} changes`);
}

function main() {
    const stubs = readStubs(read('stubs.json'));
    const all = collect(readOverlay('overlay.txt'), stubs);
    const arg = process.argv.indexOf('--cookies');

    write('consent_catalog_table.c', catalogTable(all));
    write('consent_inline_table.c',
          inlineTable(read('inline.txt'), CLASSES, stubs));
    write('consent_stubs_table.c', stubTable(stubs));

    if (arg > 0) {
        const csv = fs.readFileSync(process.argv[arg + 1], 'utf8');

        write('consent_cookies_table.c',
              cookieTable(csv, read('cookies.txt')));
    }

    const now = listing(all, stubs);

    changed(write('catalog.list', now), now);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    main();
}

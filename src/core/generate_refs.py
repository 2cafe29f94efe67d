#!/usr/bin/env python3

# Writes consent_ref_table.h: the named character references of HTML, from
# the table that Python's standard library has of the standard's own list.
#
#     python3 src/core/generate_refs.py > src/core/consent_ref_table.h
#
# One pool of all names in byte order, without "&"; where each starts; and
# its code point, with the number of a second one in the bits above 21.

from html.entities import html5

names = sorted(html5)
assert len(names) == 2231
assert all(n.isascii() and n.rstrip(";").isalnum() for n in names)

second = sorted({html5[n][1] for n in names if len(html5[n]) == 2})
assert len(second) < 16
assert all(len(html5[n]) <= 2 for n in names)


def emit(kind, name, values, width, fmt):
    print(f"static const {kind}  {name}[{len(values)}] = {{")

    line = "   "

    for v in values:
        item = " " + fmt.format(v) + ","

        if len(line) + len(item) > width:
            print(line)
            line = "   "

        line += item

    print(line)
    print("};\n")


print("""
/*
 * The 2,231 named character references, sorted.  Made by generate_refs.py
 * from Python's html.entities; the names and values are those of the HTML
 * standard.  Do not edit.
 */
""")

pool = "".join(names)

print(f"#define CONSENT_REF_NAMES  {len(names)}\n")
print(f"static const consent_u8  consent_ref_pool[{len(pool)} + 1] =")

for i in range(0, len(pool), 68):
    print(f'    "{pool[i:i + 68]}"' + (";" if i + 68 >= len(pool) else ""))

print()

start = [0]

for n in names:
    start.append(start[-1] + len(n))

emit("uint16_t", "consent_ref_start", start, 79, "{}")
emit("uint32_t", "consent_ref_value",
     [ord(html5[n][0])
      | ((second.index(html5[n][1]) + 1) << 21 if len(html5[n]) == 2 else 0)
      for n in names], 79, "{:#x}")
emit("uint32_t", "consent_ref_second", [0] + [ord(c) for c in second], 79,
     "{:#x}")

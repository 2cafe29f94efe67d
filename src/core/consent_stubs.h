
/*
 * Stand-ins for the functions of trackers that were withheld, so that a page
 * that calls them runs on.
 *
 * A verdict's "stubs" has bits; consent_stubs[] names them by number.  The
 * module answers CONSENT_PLACE_STUB with
 *
 *     <script src="/_consent/stubs-HASH.js" data-stubs="gtag fbq"></script>
 *
 * (no async, no defer: it must have run before what calls), where the names
 * are consent_stubs[] of the bits set.  The script, src/ui/stubs.js, has
 * its functions by name and defines those named, unless the page has them.
 */

#ifndef CONSENT_STUBS_H
#define CONSENT_STUBS_H

#include "consent_core.h"

extern const consent_str_t      consent_stubs[];
extern const char *const        consent_stubs_data[];   /* JSON, a stub each */
extern const uint32_t           consent_nstubs;

/*
 * The names of the bits, with spaces between, into buf; at most size bytes.
 * Returns the length written.
 */

size_t consent_stubs_names(uint32_t stubs, consent_u8 *buf, size_t size);

#endif /* CONSENT_STUBS_H */

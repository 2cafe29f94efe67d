
/*
 * Erasure of one id from a ledger, so that its chain stays whole.
 *
 * A person may ask to be forgotten; a ledger that cannot forget could not be
 * kept.  The id is overwritten where it stands by as many '-': no line gets
 * longer, shorter or lost, and what remains (that somebody agreed, when, to
 * what) names nobody.  For each line that is changed a line "erased" goes to
 * the end of the ledger first, with the hashes of before and after: that is
 * how consent_ledger_verify.h tells an erasure from a forgery.
 */

#ifndef CONSENT_LEDGER_ERASE_H
#define CONSENT_LEDGER_ERASE_H

#include "consent_ledger_file.h"

/*
 * path: the file to look through, the ledger itself or one rotated away.
 * into: the ledger being written, which nginx may go on writing meanwhile.
 * *erased is the number of lines changed.  CONSENT_ERROR: into->failed says
 * what failed, into->error is errno; to run it once more does no harm.
 */

int consent_ledger_erase(consent_ledger_file_t *into, const char *path,
    consent_str_t id, int64_t time_ms, consent_str_t instance,
    uint64_t *erased);

#endif /* CONSENT_LEDGER_ERASE_H */

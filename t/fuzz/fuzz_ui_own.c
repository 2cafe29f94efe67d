
/* consent_text: whatever the file is, it is read or refused, and what was
 * read can be shown */

#include "arena.h"
#include "consent_ui.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                      lang;
    char                     err[64];
    size_t                   n;
    consent_ui_t             ui;
    consent_ui_ctx_t         ctx;
    consent_state_t          state;
    consent_ui_own_t        *own;
    consent_ui_asset_t       style;

    static consent_u8        page[1 << 20];

    static const consent_alloc_t        alloc = { arena_alloc, NULL };
    static const consent_ui_category_t  cats[] = {
        { consent_string("necessary"), consent_null_string,
          consent_null_string, consent_null_string, 0 },
        { consent_string("marketing"), consent_null_string,
          consent_null_string, consent_null_string, CONSENT_CAT_SEPARATE }
    };

    consent_str_t            in = { data, size };

    arena_used = 0;

    (void) consent_ui_style(&style, &alloc, in, err, sizeof(err));

    if (consent_ui_own_parse(&own, &alloc, in, err, sizeof(err))
        != CONSENT_OK)
    {
        return 0;
    }

    memset(&ui, 0, sizeof(ui));
    memset(&ctx, 0, sizeof(ctx));
    memset(&state, 0, sizeof(state));

    ui.category = cats;
    ui.ncategories = 2;
    ui.own = own;
    state.all = 3;
    state.ask = 1;
    ctx.state = &state;

    for (lang = 0; lang < (int) consent_ui_nlangs(&ui);
         lang += CONSENT_UI_NLANGS)
    {
        ctx.lang = lang;
        n = consent_ui_notice(NULL, &ui, &ctx);

        if (n < sizeof(page) && consent_ui_notice(page, &ui, &ctx) != n) {
            abort();
        }
    }

    return 0;
}


/*
 * Looks for words in an operator's texts that make consent of something that
 * is none (EDPB Guidelines 05/2020, 86; CJEU C-673/17).
 */

#include "consent_ui_out.h"


static const char *const  consent_ui_phrases[] = {
    "by continuing",
    "by using this",
    "by using our",
    "continue to browse",
    "continue browsing",
    "continue to use",
    "continued use",
    "if you continue",
    "durch die weitere nutzung",
    "durch die nutzung",
    "wenn sie weiter",
    "weitersurfen",
    "en poursuivant",
    "en continuant",
    "si continua",
    "al continuar",
    "al navegar",
    "seguir navegando",
    "continuando",
    "proseguendo",
    "ao continuar",
    "door verder te",
    ("kontynuuj\xc4\x85" "c"),
    "\xd0\xbf\xd1\x80\xd0\xbe\xd0\xb4\xd0\xbe\xd0\xbb\xd0\xb6\xd0\xb0\xd1\x8f",
    "\xe7\xbb\xa7\xe7\xbb\xad\xe6\xb5\x8f\xe8\xa7\x88",
    "\xe7\xbb\xa7\xe7\xbb\xad\xe4\xbd\xbf\xe7\x94\xa8",
    "\xe7\xb9\xbc\xe7\xba\x8c\xe7\x80\x8f\xe8\xa6\xbd",
    "\xe7\xb9\xbc\xe7\xba\x8c\xe4\xbd\xbf\xe7\x94\xa8"
};


static int
consent_ui_has(consent_str_t text, const char *phrase)
{
    size_t      i, k, n;
    consent_u8  c;

    n = strlen(phrase);

    for (i = 0; i + n <= text.len; i++) {

        for (k = 0; k < n; k++) {
            c = text.data[i + k];

            if (c >= 'A' && c <= 'Z') {
                c |= 0x20;
            }

            if (c != (consent_u8) phrase[k]) {
                break;
            }
        }

        if (k == n) {
            return 1;
        }
    }

    return 0;
}


const char *
consent_ui_lint(consent_str_t text)
{
    size_t  i;

    for (i = 0;
         i < sizeof(consent_ui_phrases) / sizeof(consent_ui_phrases[0]);
         i++)
    {
        if (consent_ui_has(text, consent_ui_phrases[i])) {
            return consent_ui_phrases[i];
        }
    }

    return NULL;
}

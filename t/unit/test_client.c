
/*
 * What may be kept of a browser, as tables.
 */

#include "consent_client.h"
#include "tap.h"


static const struct {
    size_t       n;
    consent_u8   addr[16];
    const char  *want;
} addresses[] = {
    { 4, { 192, 0, 2, 77 }, "192.0.2.0/24" },
    { 4, { 255, 255, 255, 255 }, "255.255.255.0/24" },
    { 16, { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 },
      "2001:db8:1::/48" },
    { 16, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 2, 3 }, "2001:db8::/48" },
    { 16, { 0xfd, 0, 0, 0, 0, 1, 2, 3 }, "fd00:0:1::/48" },
    { 16, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, "::/48" },
    { 16, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 77 },
      "192.0.2.0/24" },
    { 0, { 0 }, "" },
    { 7, { 1, 2, 3, 4, 5, 6, 7 }, "" },
};

static const struct {
    const char  *agent;
    const char  *want;
} agents[] = {
    { "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
      "Mozilla/5 Gecko/20100101 Firefox/153" },
    { "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
      "like Gecko) Chrome/156.0.7251.3 Safari/537.36",
      "Mozilla/5 AppleWebKit/537 Chrome/156 Safari/537" },
    { "App/1.2.3-beta (Pixel 9 (serial 12345)) x", "App/1 x" },
    { "name.with.dots/2.1", "name.with.dots/2" },
    { "a\x01\xff\"b\\ c/1", "a\"b\\ c/1" },
    { "(unclosed jane@example.com", "" },
    { ") x/1.1", "x/1" },
    { "   a   b   ", "a b" },
    { "", "" },
};


int
main(void)
{
    char           name[160];
    size_t         i, n;
    consent_u8     buf[CONSENT_AGENT_SIZE], addr[CONSENT_ADDRESS_SIZE];
    consent_str_t  s;

    for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        n = consent_client_address(addresses[i].addr, addresses[i].n, addr);
        snprintf(name, sizeof(name), "R29: an address is cut: %s",
                 *addresses[i].want ? addresses[i].want : "none");
        is_mem(addr, n, addresses[i].want, strlen(addresses[i].want), name);
    }

    for (i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        s.data = (const consent_u8 *) agents[i].agent;
        s.len = strlen(agents[i].agent);
        n = consent_client_agent(s, buf);
        snprintf(name, sizeof(name), "R29: a browser's name is cut: %s",
                 agents[i].want);
        is_mem(buf, n, agents[i].want, strlen(agents[i].want), name);
    }

    {
        static char  big[5000];

        memset(big, 'x', sizeof(big));
        s.data = (const consent_u8 *) big;
        s.len = sizeof(big);
        ok(consent_client_agent(s, buf) == CONSENT_AGENT_SIZE,
           "and to a bound");
    }

    return tap_done();
}

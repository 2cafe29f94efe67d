#!/usr/bin/perl

# nginx -t: a wrong value stops it, with file and line, what was found and
# what is allowed; a right one does not; doubtful ones are warned of.

use lib 't/lib';
use Test::Consent;
use IO::Socket::IP;

my $t = Test::Consent->new;

$t->file('good.key', "# mine\n" . 'a1' x 32 . "\n\n" . '0F' x 32 . "\n", 0600);
$t->file('short.key', "a1b2\n", 0600);
$t->file('hex.key', 'zz' x 32 . "\n", 0600);
$t->file('empty.key', '', 0600);
$t->file('open.key', 'a1' x 32 . "\n", 0644);
$t->file('text.json', '{"en": {"accept": "Fine"}}');
$t->file('bad.json', '{"en": {"accept": }}');
$t->file('style.css', '#privacy-choices { color: red }');
$t->file('bad.css', "a { b: c }\n}\n");
$t->file('list.txt', "||tracker.example^\n");
mkdir $t->dir . '/folder';

my $key = 'consent_secret_file %%DIR%%/good.key;';


# wrong: directive (in server{}), what must be in the message

my @wrong = (
    [ 'consent yes',              qr/"yes".*"?on"?.*"?off"?.*"?report"?/ ],
    [ 'consent',                  qr/number of arguments/ ],
    [ 'consent on on',            qr/number of arguments/ ],
    [ "consent on;\nconsent off", qr/duplicate/ ],
    [ 'consent_mode optin',       qr/"optin".*opt-in/ ],
    [ 'consent_mode ""',          qr/opt-in/ ],
    [ 'consent_mode $nosuchvariable', qr/unknown "nosuchvariable" variable/ ],
    [ 'consent_endpoint consent', qr/"consent"/ ],
    [ 'consent_endpoint /consent', qr{"/consent"} ],
    [ 'consent_endpoint /',       qr{"/"} ],
    [ 'consent_endpoint "/a b/"', qr{"/a b/"} ],
    [ 'consent_secret_file %%DIR%%/none.key', qr/none\.key.*No such file/ ],
    [ 'consent_secret_file %%DIR%%/folder',  qr/folder/ ],
    [ 'consent_secret_file %%DIR%%/short.key', qr/short\.key.*64/ ],
    [ 'consent_secret_file %%DIR%%/hex.key',   qr/hex\.key/ ],
    [ 'consent_secret_file %%DIR%%/empty.key', qr/empty\.key/ ],
    [ 'consent_cookie "a b"',     qr/"a b"/ ],
    [ 'consent_cookie ""',        qr/consent_cookie/ ],
    [ 'consent_cookie c max_age=500d', qr/500d.*400/ ],
    [ 'consent_cookie c max_age=0',    qr/max_age/ ],
    [ 'consent_cookie c max_age=soon', qr/soon/ ],
    [ 'consent_cookie c samesite=Maybe', qr/Maybe.*Lax/ ],
    [ 'consent_cookie c domain=a;b',   undef ],
    [ 'consent_cookie c colour=red',   qr/colour/ ],
    [ 'consent_revision "a b"',   qr/"a b"/ ],
    [ 'consent_revision a.b',     qr/"a\.b"/ ],
    [ 'consent_revision ' . 'a' x 40, qr/aaaa/ ],
    [ 'consent_category "a b"',   qr/"a b"/ ],
    [ 'consent_category Ads',     qr/"Ads"/ ],
    [ 'consent_category ads default=maybe', qr/maybe.*on/ ],
    [ 'consent_category ads size=3', qr/size/ ],
    [ 'consent_category necessary default=off', qr/necessary/ ],
    [ 'consent_block marketing',  qr/number of arguments/ ],
    [ 'consent_block nonsense a.example', qr/"nonsense".*marketing/s ],
    [ 'consent_block necessary a.example', qr/necessary/ ],
    [ 'consent_block marketing ""', qr/consent_block/ ],
    [ 'consent_block marketing "~("', qr/\(/ ],
    [ 'consent_block marketing "~*[a-"', qr/\[a-/ ],
    [ 'consent_block marketing "inline:~("', qr/\(/ ],
    [ 'consent_block marketing "inline:fbq"', qr/inline:/ ],
    [ 'consent_block marketing "a b.example"', qr/a b/ ],
    [ 'consent_block marketing "https://a.example/"', qr{https://} ],
    [ 'consent_allow',            qr/number of arguments/ ],
    [ 'consent_allow "~("',       qr/\(/ ],
    [ 'consent_catalog maybe',    qr/maybe/ ],
    [ 'consent_list %%DIR%%/none.txt', qr/none\.txt.*No such file/ ],
    [ 'consent_list %%DIR%%/list.txt category=nonsense', qr/nonsense/ ],
    [ 'consent_third_party block', qr/"block"/ ],
    [ 'consent_link onlyone',     qr/number of arguments/ ],
    [ 'consent_link X javascript:alert(1)', qr/javascript/ ],
    [ 'consent_link X /x rel="a b\""', qr/rel|invalid/ ],
    [ 'consent_links top',        qr/"top".*footer/ ],
    [ 'consent_banner maybe',     qr/maybe/ ],
    [ 'consent_language "x y"',   qr/"x y"/ ],
    [ 'consent_language $nosuchvariable', qr/unknown "nosuchvariable"/ ],
    [ 'consent_text %%DIR%%/none.json', qr/none\.json.*No such file/ ],
    [ 'consent_text %%DIR%%/bad.json', qr/bad\.json.*line 1/ ],
    [ 'consent_style %%DIR%%/none.css', qr/none\.css.*No such file/ ],
    [ 'consent_activation now',   qr/"now".*reload/ ],
    [ 'consent_guard maybe',      qr/maybe/ ],
    [ 'consent_csp',              qr/number of arguments/ ],
    [ 'consent_csp strict',       qr/"strict".*enforce/ ],
    [ "consent_csp enforce \"a;b\"", qr/a;b/ ],
    [ 'consent_google_consent_mode maybe', qr/maybe/ ],
    [ 'consent_gpc maybe',        qr/maybe/ ],
    [ 'consent_cookies nonsense _ga', qr/"nonsense"/ ],
    [ 'consent_cookies analytics "a=b"', qr/a=b/ ],
    [ 'consent_trusted_origin example.com', qr/example\.com/ ],
    [ 'consent_trusted_origin https://example.com/path', qr/path/ ],
    [ 'consent_log %%DIR%%/none/x.jsonl', qr{none/x\.jsonl} ],
    [ 'consent_log %%DIR%%/x.jsonl async', qr/async/ ],
    [ 'consent_log_copy /dev/log', qr/syslog/ ],
    [ 'consent_types text/html text/html', undef ],
    [ 'consent_inline_max lots',  qr/lots/ ],
    [ 'consent_inline_max 0',     undef ],
    [ 'consent_undecodable open', qr/"open".*close/ ],
    [ 'consent_status on',        undef ],
    [ 'consent_types "text/html; charset=utf-8"', qr/without parameters/ ],
    [ 'consent_category gpc', qr/"gpc".*another name|another name/s ],
    [ "consent_category ads;\nconsent_category ads title=Ads", qr/duplicate/ ],
    [ (join ";\n", map { "consent_category own$_" } 1 .. 13),
      qr/too many categories.*16/ ],
    [ 'consent_list %%DIR%%/list.txt marketing', qr/"marketing".*category=/ ],
    [ 'consent_controller ""',    qr/at most 256 bytes/ ],
    [ 'consent_controller ' . 'a' x 257, qr/at most 256 bytes/ ],
    [ 'consent_controller A mail=x@example.com', qr/contact=/ ],
    [ 'consent_controller A contact=', qr/contact=/ ],
    [ 'consent_link "" /p',       qr/a link's text/ ],
    [ 'consent_link P ""',        qr/consent_link/ ],
    [ 'consent_link P "/a b"',    qr{"/a b"} ],
    [ 'consent_link P /p rel=',   qr/rel=privacy-policy/ ],
    [ 'consent_link P /p rel=Terms', qr/rel=privacy-policy/ ],
    [ 'consent_log syslog:server=127.0.0.1', qr/syslog loses/ ],
    [ 'consent_style %%DIR%%/bad.css', qr/bad\.css/ ],

    # given twice on one level

    (map { [ "$_;\n$_", qr/"\w+" directive is duplicate/ ] }
         'consent_mode opt-in', 'consent_endpoint /c/',
         'consent_cookie c', 'consent_revision 2', 'consent_third_party pass',
         'consent_controller A', 'consent_links off', 'consent_banner off',
         'consent_language de', 'consent_text %%DIR%%/text.json',
         'consent_style %%DIR%%/style.css', 'consent_csp enforce',
         'consent_inline_max 64k', 'consent_log %%DIR%%/l.jsonl',
         'consent_log_copy syslog:server=127.0.0.1:5140',
         'consent_secret_file %%DIR%%/good.key', 'consent_catalog off'),
);

for (@wrong) {
    my ($d, $re) = @$_;

    my ($ok, $out) = $t->test_server("$key\nconsent on;\n$d;");

    # one that only has other messages than ours
    ($ok, $out) = $t->test_server("$d;")
        if $d =~ /^consent( |$)|^consent_secret_file/;

    my $name = (split /\n/, $d)[0];
    $name = substr($name, 0, 60);

    if (!defined $re) {
        # right or wrong is left open: no crash, and if wrong, said where
        ok($ok || $out =~ /test\.conf:\d+/, "$name: passes or says why");
        next;
    }

    ok(!$ok, "$name: is refused") or next;
    like($out, $re, "$name: says what, and what is allowed");

    # nginx looks for variables when it has read all files
    next if $d =~ /nosuchvariable/;

    like($out, qr/\[emerg\].*test\.conf:\d+/s, "$name: with file and line");
}


# right: all quiet

my @right = (
    'consent on', 'consent off', 'consent report',
    'consent_mode opt-in', 'consent_mode opt-out', 'consent_mode none',
    'consent_mode $arg_mode', 'consent_endpoint /privacy/',
    'consent_cookie choice max_age=90d samesite=Strict',
    'consent_cookie choice domain=example.com',
    'consent_cookie choice domain=.example.com samesite=lax',
    'consent_language auto',
    'consent_revision 2026-11_a',
    'consent_category maps default=off title=Maps "description=To find us"',
    "consent_category maps;\nconsent_block maps maps.example.com",
    'consent_block marketing a.example b.example/c ~^https?://x\. ~*Y inline:~z',
    'consent_allow a.example ~x', 'consent_catalog off',
    'consent_list %%DIR%%/list.txt', 'consent_list %%DIR%%/list.txt category=analytics',
    'consent_third_party marketing', 'consent_third_party pass',
    'consent_controller "A & B" contact=x@example.com',
    'consent_link Privacy /privacy rel=privacy-policy',
    'consent_link Datenschutz https://example.com/datenschutz',
    'consent_links off', 'consent_links marker', 'consent_banner off',
    'consent_language de', 'consent_language zh-Hant',
    'consent_language $arg_lang', 'consent_text %%DIR%%/text.json',
    'consent_style %%DIR%%/style.css', 'consent_activation inplace',
    'consent_guard off', 'consent_csp enforce https://x.example',
    'consent_csp report-only', 'consent_google_consent_mode on',
    'consent_gpc off', 'consent_cookies analytics _ga _gid _ga_*',
    'consent_trusted_origin https://a.example https://b.example:8443',
    'consent_log %%DIR%%/l.jsonl', 'consent_log %%DIR%%/l.jsonl sync',
    'consent_log off', 'consent_types text/html application/xhtml+xml',
    'consent_inline_max 64k', 'consent_undecodable pass',
    "location /s { consent_status; }",
);

for my $d (@right) {
    my $first = $d =~ /^consent (on|off|report)/ ? '' : "consent on;\n";
    my $end = $d =~ /}$/ ? '' : ';';
    my ($ok, $out) = $t->test_server("$key\n$first"
        . "consent_link P /p rel=privacy-policy;\n$d$end");

    ok($ok, "$d: is accepted") or diag($out);

    $out = join "\n", grep { !/syntax is ok|test is successful/ }
           split /\n/, $out;
    is($out, '', "$d: and nothing is said");
}


# what works, but deserves a word

my ($ok, $out) = $t->test_server("$key\nconsent on;\nconsent_mode notice;");
ok($ok, 'notice mode is allowed');
like($out, qr/\[warn\].*notice/s, 'with a warning');

($ok, $out) = $t->test_server('consent on;');
ok($ok, 'no secret file is allowed');
like($out, qr/\[warn\].*consent_secret_file/s, 'with a warning');

($ok, $out) = $t->test_server("consent on;\n"
                              . 'consent_secret_file %%DIR%%/open.key;');
like($out, qr/open\.key.*everyone|open\.key.*permission/s,
     'a key that everybody can read: a word, at least');

# the second look: right by itself, and not beside the rest

my $policy = 'consent_link P /p rel=privacy-policy;';

sub warned {
    my ($body, $listen, $more) = @_;

    my ($ok, $out) = $t->test_config("$key\nserver { $listen\n"
        . "server_name site.example;\n$body\n}\n" . ($more // ''));

    ok($ok, 'a warning stops nothing') or diag($out);
    return $out;
}

my $own = 'listen 127.0.0.1:%%PORT%%;';

like(warned("consent on;\nconsent_link P /p;", $own),
     qr/\[warn\].*no "consent_link".*rel=privacy-policy.*test\.conf:\d+/,
     'no privacy link: said, with file and line');
unlike(warned("consent on;\n$policy", $own), qr/warn/,
       'a privacy link: nothing is said');
like(warned("consent on;\nlocation / { $policy }\nlocation /x/ { }", $own),
     qr/no "consent_link"/, 'no privacy link in one location: said');
unlike(warned("consent on;\nlocation / { $policy }", $own), qr/warn/,
       'one in all that is served: nothing is said');
unlike(warned("consent on;\nconsent_banner off;", $own), qr/warn/,
       'no notice, no link: nothing is said');
unlike(warned('consent report;', $own), qr/warn/,
       'consent report puts nothing in: nothing is said');

like(warned("consent on;\nconsent_link P /p;", $own,
            "server { $own server_name b.example; consent on; }\n"
            . "server { $own server_name c.example; consent on; }"),
     qr/no "consent_link"[^\n]*and in 2 more\n(?!.*no "consent_link")/s,
     'three servers without a privacy link: said once, and counted');

mkdir $t->dir . '/tls';
$t->run('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj
        /CN=site.example -keyout), $t->dir . '/tls/key', '-out',
        $t->dir . '/tls/cert');

my $tls = "ssl_certificate %%DIR%%/tls/cert;\nssl_certificate_key "
          . '%%DIR%%/tls/key;';

my $v6 = IO::Socket::IP->new(LocalHost => '::1', Listen => 1);
my $plain = qr/\[warn\].*plain http.*test\.conf:\d+/;

for my $listen ('listen %%PORT1%%;', 'listen 0.0.0.0:%%PORT1%%;',
                $v6 ? 'listen [::]:%%PORT1%%;' : ())
{
    like(warned("consent on;\n$policy", $listen), $plain,
         "$listen: plain http is said");
}

for my $listen ($own, 'listen unix:%%DIR%%/s;',
                $v6 ? 'listen [::1]:%%PORT1%%;' : ())
{
    unlike(warned("consent on;\n$policy", $listen), qr/warn/,
           "$listen: reached from this machine alone, nothing is said");
}

unlike(warned("consent on;\n$policy\n$tls", 'listen %%PORT%% ssl;'), qr/warn/,
       'TLS: nothing is said');
unlike(warned("consent on;\n$policy\n$tls", 'listen %%PORT1%%; listen %%PORT%% ssl;'),
       qr/warn/, 'plain http and TLS: nothing is said');
unlike(warned("consent on;\n$policy\nconsent_trusted_origin "
              . 'https://site.example;', 'listen %%PORT1%%;'), qr/warn/,
       'TLS that ends in front, named by consent_trusted_origin');
unlike(warned("consent on;\n$policy\n$tls", 'listen %%PORT%% ssl;',
              "server { listen %%PORT1%%; server_name site.example; consent on; "
              . "$policy return 301 https://site.example; }\n"
              . "server { listen %%PORT2%%; server_name _; consent on; "
              . "$policy return 301 https://site.example; }"), qr/warn/,
       'a server that redirects to the same name by TLS: nothing is said');
like(warned("consent on;\n$policy\n$tls", 'listen %%PORT%% ssl;',
            "server { listen %%PORT1%%; server_name b.example; consent on; "
            . "$policy }"), $plain,
     'TLS for another name is none for this one');

for my $l ('location /_consent/', 'location /_consent', 'location ^~ /_consent/x',
           'location = /_consent/state', 'location ~ ^/_consent/(a|b)')
{
    like(warned("consent on;\n$policy\n$l { empty_gif; }", $own),
         qr{\[warn\].*location .*/_consent.* is not reached.*/_consent/".*test\.conf:\d+},
         "$l: below the endpoint, said");
}

like(warned("consent on;\n$policy\nlocation /a/ { location /a/p/ { empty_gif; } }"
            . 'consent_endpoint /a/p/;', $own), qr{"/a/p/" is not reached},
     'the same in a location within one');

for my $l ('location = /_consent { empty_gif; }', 'location /_consents { empty_gif; }',
           'location / { empty_gif; }', 'location /_consent/ { deny 192.0.2.1; }')
{
    unlike(warned("consent on;\n$policy\n$l", $own), qr/warn/,
           "$l: nothing is said");
}

like(warned("consent on;\n$policy\nlocation / { consent_language tlh; }\n"
            . 'location /x { consent_language tlh-Latn; }', $own),
     qr/\[warn\].*"consent_language tlh".* de .*test\.conf:\d+.*"consent_language tlh-Latn"/s,
     'a language that there are no words in: said, and which there are');
$t->file('tlh.json', '{"tlh": {"accept": "HIja"}}');
unlike(warned("consent on;\n$policy\nconsent_text %%DIR%%/tlh.json;\n"
              . 'consent_language tlh;', $own), qr/warn/,
       'own words make it a language');
unlike(warned("consent on;\n$policy\nconsent_language de-AT;", $own), qr/warn/,
       'a country of a language is that language');

SKIP: {
    skip 'root reads everything', 2 if $> == 0;
    $t->file('unreadable.key', 'a1' x 32 . "\n", 0000);
    ($ok, $out) = $t->test_server("consent on;\n"
        . 'consent_secret_file %%DIR%%/unreadable.key;');
    ok(!$ok, 'a key that cannot be read is an error');
    like($out, qr/unreadable\.key.*Permission denied/, 'that says so');
}

# places where a directive may not stand

for my $d ('consent_zone z:1m', 'consent_status') {
    ($ok, $out) = $t->test_server("$d;");
    ok(!$ok, "$d in server{}: refused");
    like($out, qr/not allowed here/, "$d: says so");
}

for my $d ('consent_endpoint /x/', "consent_secret_file %%DIR%%/good.key",
           'consent_cookie c', 'consent_log off')
{
    ($ok, $out) = $t->test_server("location / { $d; }");
    ok(!$ok, "$d in location{}: refused");
}

for my $z ('z', 'z:', 'z:1', ':1m', 'z:nonsense', 'z:1k') {
    ($ok, $out) = $t->test_server('consent on;', "consent_zone $z;\n$key");
    ok(!$ok, "consent_zone $z: refused");
    like($out, qr/consent_zone|zone/, "consent_zone $z: says so");
}

# nothing is loaded, nothing is said

($ok, $out) = $t->test_server('');
ok($ok, 'loaded and not used');
is(join("\n", grep { !/syntax is ok|test is successful/ } split /\n/, $out),
   '', 'all quiet');

done_testing();

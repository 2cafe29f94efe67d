#!/usr/bin/perl

# The script of consent_guard: when it is in a page, how it is served, and
# that it decides as the server does.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

use IO::Uncompress::Gunzip qw(gunzip);

my $t = Test::Consent->new;
my $ctl = Test::Consent->build . '/consentctl';

my @own = (
    [ block => 'marketing', 'ads.example.net' ],
    [ block => 'analytics', 'shop.example.net/stats' ],
    [ block => 'functional', 'port.example.net:8443' ],
    [ block => 'marketing', '~*/BANNER-[0-9]+\.' ],
    [ allow => '', 'www.google-analytics.com/analytics.js' ],
    [ allow => '', '~^https://www\.hotjar\.com/' ],
);

$t->file('html/index.html', '<!doctype html><html><head><title>t</title>'
         . '<script>1</script></head><body><p>Text.');
$t->file('list.txt', "||listed.example^\n||third.example^\$third-party\n"
         . "||path.example/x\n@@||excepted.example/y\n||excepted.example^\n");
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server('consent on; consent_secret_file %%DIR%%/key;'
    . join('', map { "consent_$_->[0] $_->[1] '$_->[2]';\n" } @own) . q{
    consent_list %%DIR%%/list.txt;

    location /off/ { alias %%DIR%%/html/; consent_guard off; }
    location /bare/ { alias %%DIR%%/html/; consent_catalog off; }
    location = /sent { proxy_pass http://127.0.0.1:%%PORT%%/said; }
    location = /said { consent off; return 200 $http_cookie; }
});

sub guard {
    my ($uri, %o) = @_;
    my ($g) = $t->get($uri, %o)->body
              =~ m{<script src="(/_consent/guard-[0-9a-f]{16}\.js)"};
    return $g;
}

# [ what, the frame, whether its scripts are watched over ]

my @frames = (
    [ 'a script', q{srcdoc="<script>1</script>"}, 1 ],
    [ 'a file', q{srcdoc='<script src="/a.js"></script>'}, 1 ],
    [ 'one of SVG', q{srcdoc='<svg><script href="/a.js">'}, 1 ],
    [ 'a handler', q{srcdoc="<p onclick=x()>"}, 1 ],
    [ 'a frame of code', q{srcdoc="<iframe src=javascript:1>"}, 1 ],
    [ 'a document that has a script', q{srcdoc="<iframe srcdoc='<script>1'>"},
      1 ],
    [ 'a script, in references, unquoted', q{srcdoc=&lt;script&gt;1}, 1 ],
    [ 'one after a doctype', q{srcdoc="<!doctype html><script>1</script>"}, 1 ],
    [ 'one in a sandbox that lets it',
      q{sandbox="allow-forms Allow-Scripts" srcdoc="<script>1"}, 1 ],
    [ 'one in a sandbox', q{srcdoc="<script>1" sandbox}, 0 ],
    [ 'one in a sandbox for forms', q{sandbox="allow-forms" srcdoc="<script>1"},
      0 ],
    [ 'data', q{srcdoc="<script type=text/plain>1</script><p>x"}, 0 ],
    [ 'no script', q{srcdoc="<p>&amp;lt;script>"}, 0 ],
    [ 'no markup', q{srcdoc="script"}, 0 ],
    [ 'two of the kind', q{srcdoc="<p>" srcdoc="<script>1"}, 0 ],
    [ 'a tracker, and so withheld',
      q{srcdoc="<script src=https://ads.example.net/a>"}, 0 ],
);

$t->file("html/frame$_.html", '<!doctype html><title>t</title><p><iframe '
         . "$frames[$_][1]></iframe><p><iframe $frames[$_][1]></iframe>")
    for 0 .. $#frames;
$t->file('html/based.html', '<!doctype html><base href="https://cdn.test/">'
         . '<p><iframe srcdoc="<script>1"></iframe>');

my $page = $t->get('/')->body;

like($page,
     qr{<head><script src="/_consent/guard-[0-9a-f]{16}\.js"[^>]*></script>},
     'the guard is first in the head, and waits for nothing');
like($page, qr{guard-[^>]* data-allowed=""}, 'it knows what is agreed to');
is(guard('/', cookie => scalar $t->choose('accept')), undef,
   'when all is agreed to there is none');
like($t->get('/', cookie => scalar $t->choose('save',
         categories => [ 'analytics' ]))->body,
     qr{guard-[^>]* data-allowed="analytics"},
     'when some is, it is told');
is(guard('/off/'), undef, 'nor where it is off');
is(guard('/', headers => [ 'Sec-Fetch-Dest' => 'iframe' ]), guard('/'),
   'a frame has it');
is(guard('/', headers => [ 'Sec-Fetch-Dest' => 'empty' ]), undef,
   'a part of a page has not: its page has');
is(guard('/', headers => [ 'Sec-Fetch-Dest' => 'empty',
                           'Sec-Fetch-Mode' => 'navigate' ]), guard('/'),
   q{a page that a service worker asks for in the page's stead has it});
is(guard('/', headers => [ 'Sec-Purpose' => 'prefetch;prerender' ]),
   guard('/'), 'one that is prerendered has it');
isnt(guard('/bare/'), guard('/'), 'other rules are another file');

like($t->get('/', host => 'www.example.com')->body,
     qr/guard-[^>]* data-site="example\.com"/,
     'it knows what is of the same site');


# a frame whose document stands in the page: first in it, as in the head

for my $n (0 .. $#frames) {
    my ($what, $frame, $want) = @{ $frames[$n] };
    my $url = "/frame$n.html";

    # asked for again, the page is one that came before

    my @got = map { $t->get($url)->body } 1 .. 3;
    my ($head) = $got[0] =~ m{(<script src="/_consent/guard-.*?</script>)};
    my $in = ref_text($head);
    my $with = $frame =~ s/srcdoc=["']?\K/$in/r;

    is(scalar(() = $got[0] =~ /\Q<p><iframe $with><\/iframe>\E/g), 2,
       "a document in the page with $what has the guard")
        if $want;
    unlike($got[0], qr/\Q$in\E/,
           "a document in the page with $what has none") unless $want;
    is_deeply([ @got[1, 2] ], [ @got[0, 0] ], '... and again');
}

unlike($t->get('/frame0.html', cookie => scalar $t->choose('accept'))->body,
       qr/guard-/, 'when all is agreed to no document has it');
unlike($t->get('/off/frame0.html')->body, qr/guard-/, 'nor where it is off');
like($t->get('/based.html', host => 'own.test')->body,
     qr{srcdoc="&\#60;script&\#32;src&\#61;&\#34;http://own\.test[:\d]*/_consent/},
     'where <base> leads elsewhere it is asked for here');

# as the value of an attribute, whatever quotes it has

sub ref_text {
    return $_[0] =~ s/([^\w\/.:-])/'&#' . ord($1) . ';'/ger;
}


# a long list's hosts of the page's own site

my $long = Test::Consent->new;

$long->file('html/index.html', '<!doctype html><title>t</title><p>x');
$long->file('long.txt', join '', "||t.example.com^\n",
            map { "||h$_.big.example^\n" } 0 .. 4096);
$long->server('consent on; consent_list %%DIR%%/long.txt;');

like($long->get('/', host => 'www.example.com')->body,
     qr/guard-[^>]* data-site="example\.com" data-hosts="3:t\.example\.com"/,
     'of a long list it has what is of the same site');
like($long->get('/', host => 'example.com')->body,
     qr/guard-[^>]* data-hosts="3:t\.example\.com"/,
     'also where that is the page\'s host');
unlike($long->get('/', host => 'www.example.org')->body, qr/data-hosts/,
       'and nothing where there is none');


# the file

my $r = $t->get(guard('/'));

is($r->status, 200, 'the file is there');
like($r->header('Cache-Control'), qr/immutable/, 'for ever');
like($r->header('Content-Type'), qr{^text/javascript}, 'as a script');
unlike($r->body, qr/'\@guard'/, 'with the rules in it');
like($r->body, qr{^//# allFunctionsCalledOnLoad\n\(\(},
     'and a word first that has it compiled while it arrives');

my $z = $t->get(guard('/'), headers => [ 'Accept-Encoding' => 'gzip' ]);
my $body = $z->body;
gunzip(\$body, \my $plain);

is($z->header('Content-Encoding'), 'gzip', 'it comes compressed');
is($plain, $r->body, 'the same');
cmp_ok(length $z->body, '<', 22500, 'in less than 22 KB with all there is');


# as the server decides

my $why = browser_missing();

SKIP: {
    skip($why, 1) if $why;

    my %url = map { $_ => 1 } (
        'https://ads.example.net/a', 'https://x.ads.example.net/a',
        'https://ads.example.net.example/a', 'https://shop.example.net/',
        'https://shop.example.net/stats/1', 'https://shop.example.net/st%61ts',
        'https://port.example.net:8443/', 'https://port.example.net/',
        'https://any.example/x/banner-12.gif', 'https://any.example/banner-x',
        'https://www.google-analytics.com/analytics.js',
        'https://www.google-analytics.com/collect?v=1',
        'https://www.hotjar.com/x.js', 'https://static.hotjar.com/x.js',
        'https://listed.example/', 'https://a.listed.example/',
        'https://third.example/', 'https://excepted.example/y',
        'https://www.facebook.com/tr?id=1', 'https://www.facebook.com/tr/',
        'https://www.facebook.com/page', 'https://connect.facebook.net/x.js',
        'https://www.youtube.com/embed/1', 'https://www.google.com/maps/embed',
        'https://www.google.com/recaptcha/api.js', 'https://js.stripe.com/v3/',
        'https://hm.baidu.com/hm.js', 'https://www.baidu.com/x.js',
        'https://any.example/matomo/piwik.php?x=1', 'https://ads.any.example/',
        'https://any.example/gtm.js?id=GTM-ABC', 'https://any.example/x.js',
        'https://www.google-analytics.com./x', 'http://LOCALHOST/piwik.php',
        'http://localhost/app.js', 'https://www.googletagmanager.com/gtag/js',
        'https://unpkg.com/mixpanel-browser', 'https://unpkg.com/react',
        'wss://www.quantserve.com/socket', 'https://192.0.2.7/x.js',
    );

    # and what real pages ask for

    my $n = $ENV{CONSENT_FULL} ? 3000 : 150;
    my (@real, %seen);

    for my $f (glob((test_data('pages') || '/nonexistent') . '/*.html')) {
        my $html = slurp($f);
        while ($html =~ m{(?:src|href)="((?:https?:)?//[a-z0-9.-]+
                          /[A-Za-z0-9_./?=-]*)"}gxi) {
            my $u = $1 =~ s{^//}{https://}r;
            push @real, $u unless $seen{$u}++;
        }
    }

    my $step = @real > $n ? int(@real / $n) : 1;
    $url{$real[$_ * $step]} = 1 for grep { $_ * $step < @real } 0 .. $n - 1;

    $t->file('addresses', join "\n", sort keys %url);

    my @args = map { ("--$_->[0]", $_->[1] ? "$_->[1] $_->[2]" : $_->[2]) }
               @own;
    push @args, '--list', $t->dir . '/list.txt';

    my $json = '[' . join(',', map { '"' . s/(["\\])/\\$1/gr . '"' } @args)
            . ']';

    # cookies: what the server does not let through to an upstream

    my %name;

    for (slurp($t->root . '/src/catalog/consent_cookies_table.c')
         =~ /\{ "([^"\\ ;,=]+)", \d+, \d+ \}/g)
    {
        my $word = s/^\*|\*$/q/gr;
        $name{$_} = 1 for $word, "${word}1", "x$word", uc $word;
    }

    my @names = sort keys %name;
    my @withheld;

    my @left = @names;

    while (my @some = splice(@left, 0, 100)) {
        my $sent = $t->get('/sent', cookie => join('; ', map { "$_=1" }
                                                   @some))->body;
        my %sent = map { s/=.*//r => 1 } split /; /, $sent;

        push @withheld, grep { !$sent{$_} } @some;
    }

    $t->file('names', join "\n", @names);
    $t->file('withheld', join "\n", @withheld);

    browser_test($t, 'rules.mjs', CONSENTCTL => $ctl,
                 GUARD_NAMES => $t->dir . '/names',
                 GUARD_WITHHELD => $t->dir . '/withheld',
                 GUARD_URL => 'http://127.0.0.1:' . $t->port . guard('/'),
                 GUARD_ARGS => $json,
                 GUARD_ADDRESSES => $t->dir . '/addresses');
}

done_testing();

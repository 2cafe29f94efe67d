#!/usr/bin/perl

# Memory runs out at any point of any request: nginx lives on, no tracker is
# let out, no consent is given without a line in the ledger.
# ("make fault" and "make test-full" build the nginx that this takes.)

use lib 't/lib';
use Test::Consent;

use Compress::Zlib;
use Fcntl qw(:DEFAULT :seek);

my $shim = $ENV{CONSENT_FAULT};
plan(skip_all => 'takes an nginx of its own: make fault') unless $shim;

my $t = Test::Consent->new(master => 1, wrapper => [ 'env', "LD_PRELOAD=$shim",
                                        'FAIL_CTL=' ]);
my $ctl = $t->file('ctl', "\0" x 56);
$t->{wrapper}[2] .= $ctl;

# the errors of memory are what is asked for

$t->allow_log(qr/alloc|memalign|Cannot allocate memory|12: /,
              qr/ledger|the choice/);

sysopen(my $fd, $ctl, O_RDWR) or die "$ctl: $!\n";

sub arm {
    my ($how, $countdown) = @_;
    sysseek($fd, 8, SEEK_SET);
    syswrite($fd, pack('q3', $countdown, 0, 0));
    sysseek($fd, 0, SEEK_SET);
    syswrite($fd, pack('q', $how));
}

# seen, fired

sub disarm {
    sysseek($fd, 0, SEEK_SET);
    syswrite($fd, pack('q', 0));
    sysseek($fd, 16, SEEK_SET);
    sysread($fd, my $s, 16);
    return unpack('q2', $s);
}

# how many allocations the worker has, once it has ended with what was asked

sub in_use {
    my ($live, $same) = (0, 0);

    for (1 .. 200) {
        my $had = $live;
        sysseek($fd, 32, SEEK_SET);
        sysread($fd, my $s, 8);
        $live = unpack('q', $s);
        $same = $live == $had ? $same + 1 : 0;
        last if $same == 5;
        select undef, undef, undef, 0.02;
    }

    return $live;
}


my $page = '<!doctype html><html lang="en"><head><title>t</title>'
    . '<base href="/x/"><meta http-equiv="refresh" content="600">'
    . '<style>p { background: url(https://tracker.test/s.gif) }</style>'
    . '<script src="https://tracker.test/a.js" async></script></head>'
    . '<body class="b"><p style="background:url(//tracker.test/i.png)">text'
    . '<script>INLINE-TRACKER(1)</script><noscript>'
    . '<img src="https://tracker.test/p.gif"></noscript>'
    . '<iframe srcdoc="&lt;img src=//tracker.test/d.gif&gt;"></iframe>'
    . '<img srcset="https://tracker.test/a.png 1x, /b.png 2x"><svg>'
    . '<image href="https://tracker.test/v.png"/></svg>'
    . '<a href="/y" ping="https://tracker.test/ping">y</a></body></html>';

$t->file('html/index.html', $page);
$t->file('html/page.xhtml', '<?xml version="1.0"?><html '
    . 'xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>t'
    . '</title></head><body><script src="https://tracker.test/a.js"/>'
    . '</body></html>');
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $req) = @_;
    my $coded = $req->{uri} =~ /gzip/;
    my $body = $coded ? Compress::Zlib::memGzip($page) : $page;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        . ($coded ? "Content-Encoding: gzip\r\n" : '')
        . "Set-Cookie: _ga=1; Path=/\r\n"
        . "Link: <https://tracker.test/a.js>; rel=preload; as=script\r\n"
        . "ETag: \"x\"\r\nConnection: close\r\n\r\n";
    for (my $i = 0; $i < length $body; $i += 100) {
        print $c substr($body, $i, 100);
        select undef, undef, undef, 0.0002;
    }
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test inline:~INLINE-TRACKER
                  ~*/never-there/\d+\.js$;
    consent_types application/xhtml+xml;
    consent_link Privacy /privacy rel=privacy-policy;
    consent_log %%DIR%%/ledger.jsonl;
    consent_google_consent_mode on;
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /stream/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                        proxy_buffering off; }
    location /csp/ { alias %%DIR%%/html/; consent_csp enforce; gzip on;
                     gzip_min_length 1; }
    location /report/ { consent report; alias %%DIR%%/html/; }
    location /said/ { alias %%DIR%%/html/; consent_language $arg_lang;
        add_header X-Said "$consent_allowed $consent_variant $consent_id"; }
    location = /status { consent_status; }
}, 'consent_zone consent:256k; types { text/html html;
    application/xhtml+xml xhtml; }');

my ($grant) = $t->choose('accept');
my ($part)  = $t->choose('save', categories => [ 'analytics' ]);

my ($asset) = $t->get('/')->body =~ m{(/_consent/[\w-]+\.js)};

# under an address of its own each time: a page that comes again is remembered,
# which takes memory (t/unit/test_page.c has that short of it)

my $fresh = 0;

sub get {
    my ($uri, @a) = @_;
    my $with = $uri =~ /\?/ ? '&' : '?';
    return sub { $t->get("$uri${with}n=" . $fresh++, @a, timeout => 5) };
}

my %request = (
    'a page from disk'              => get('/'),
    'a page from disk, part agreed' => get('/', cookie => $part),
    'a page, all agreed'            => get('/', cookie => $grant),
    'a page under CSP, compressed'  => get('/csp/', headers =>
                                           [ 'Accept-Encoding' => 'gzip' ]),
    'a page under report'           => get('/report/', cookie => $part),
    'a page, what is known in a header' => get('/said/?lang=de',
                                               cookie => $part),
    'a page that was seen before'   => get('/up/x', cookie => $part, headers =>
        [ 'If-None-Match' => '"x", W/"y;c=0123456789abcdef", "z"',
          'If-Match' => '"x"', 'If-Range' => '"x"', Range => 'bytes=0-9',
          'Sec-Fetch-Dest' => 'document', Cookie2 => 'x' ]),
    'an asset'                      => get($asset, headers =>
                                           [ 'Accept-Encoding' => 'gzip' ]),
    'what the endpoint has not'     => sub {
        $t->request('PUT', '/_consent/', timeout => 5) },
    'a choice, told as JSON'        => sub {
        $t->post('/_consent/', [ choice => 'save', category => 'analytics' ],
                 headers => [ Accept => 'application/json' ], timeout => 5) },
    'XHTML'                         => get('/page.xhtml'),
    'a proxied page'                => get('/up/x'),
    'a proxied page, compressed'    => get('/up/gzip'),
    'a proxied page, unbuffered'    => get('/stream/gzip'),
    'the preference page'           => get('/_consent/', cookie => $grant),
    'the state'                     => get('/_consent/state'),
    'the vendors'                   => get('/_consent/vendors?format=json'),
    'the receipt'                   => get('/_consent/receipt',
                                           cookie => $grant),
    'a placeholder'                 => get('/_consent/frame?c=marketing&u='
                                           . 'https://tracker.test/'),
    'a report of a policy'          => sub {
        $t->request('POST', '/_consent/csp', timeout => 5,
            body => '{"csp-report":{"document-uri":"http://localhost/",'
                    . '"effective-directive":"img-src",'
                    . '"blocked-uri":"https://tracker.test/x"}}') },
    'the operator\'s page'          => get('/status?format=json'),
    'a refusal'                     => sub {
        $t->post('/_consent/', [ choice => 'reject', return => '/' ],
                 timeout => 5) },
    'a withdrawal'                  => sub {
        $t->post('/_consent/', [ choice => 'reject' ], cookie => "$grant; "
                 . '_ga=1; _fbp=2', timeout => 5) },
    'a grant'                       => sub {
        $t->post('/_consent/', [ choice => 'accept' ], timeout => 5) },
);

sub grants {
    my $n = () = slurp($t->dir . '/ledger.jsonl') =~ /"ev":"given"/g;
    return $n;
}

# what would load, in a page for somebody who has not agreed

sub live {
    my ($b) = @_;

    $b =~ s/\s(?:data-[\w-]+)=("[^"]*"|[^\s>]*)//g;
    $b =~ s/about:invalid#[^)"]*//g;
    $b =~ s/<script[^>]*type="text\/plain"[^>]*>.*?<\/script>//gs;

    return $b =~ /(.{0,60}(?:tracker\.test|INLINE-TRACKER).{0,40})/s ? $1
                                                                    : undef;
}

# what it takes once is taken, then

for my $name (sort keys %request) {
    $request{$name}->() for 1 .. 3;
}

for my $name (sort keys %request) {
    my $ask = $request{$name};
    my $open = $name =~ /all\ agreed|preference|vendors|receipt|placeholder
                         |operator|report|asset|JSON/x;
    my (@live, @dead, @unproved, $ok, $failed);

    # what a worker remembers of a first error stays, once: what leaks is lost
    # in a second round, too

    my $left = 1;

    for (1, 2) {
        last if $left == 0;
        my $before = in_use();

        for my $how (1, 2) {
            for (my $n = 0; $n < 4000; $n++) {
                my $had = grants();

                arm($how, $n);
                my $r = $ask->();
                my ($seen, $fired) = disarm();

                push @live, "$n: " . (live($r->body) // live($r->head))
                    if !$open && defined(live($r->body) // live($r->head));
                push @unproved, $n
                    if $name eq 'a grant' && ($r->header('Set-Cookie') // '')
                       =~ /=v1/ && grants() != $had + 1;

                $failed++ if $fired;
                last if !$fired;

                push @dead, $n if $n % 16 == 0 && get('/')->()->status != 200;
            }

            ($ok) = $ask->()->status;
        }

        $ask->() for 1 .. 3;
        $left = in_use() - $before;

        # a connection may take its time to be closed

        for (1 .. 10) {
            last if $left == 0;
            select undef, undef, undef, 0.2;
            $left = in_use() - $before;
        }
    }

    cmp_ok($failed // 0, '>', 10, "$name: allocations failed");
    is_deeply(\@live, [], "$name: no tracker is let out");
    is_deeply(\@dead, [], "$name: the next is served");
    is_deeply(\@unproved, [], "$name: no consent without its line")
        if $name eq 'a grant';
    cmp_ok($ok, '<', $name =~ /has not/ ? 406 : 400,
           "$name: in the end as before");
    is($left, 0, "$name: what was taken has been given back, after "
       . ($failed // 0) . ' failures');
}

my @crash = $t->log_lines(qr/exited on signal/);
is_deeply(\@crash, [], 'no worker has died');

my $said = $t->run(Test::Consent->build . '/consentctl', 'verify',
                   $t->dir . '/ledger.jsonl');
is($?, 0, 'the ledger is whole') or diag($said);

done_testing();

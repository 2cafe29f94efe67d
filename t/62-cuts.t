#!/usr/bin/perl

# What breaks off in the middle: an upstream, a client, a clock, a key file.
# The visitor gets what there was, no tracker is let out, nginx lives on.

use lib 't/lib';
use Test::Consent;

use Compress::Zlib;

my $t = Test::Consent->new(master => 1);

# nginx itself says so when an upstream ends too soon
$t->allow_log(qr/emerg.*(?:garbage\.key|secret)/);

my $page = '<!doctype html><html lang="en"><head><title>t</title>'
    . '<script src="https://tracker.test/a.js" async></script>'
    . '<style>p{background:url("https://tracker.test/s.gif")}</style></head>'
    . '<body><p>some text</p><script>var a = 1; INLINE_TRACKER(1); b();'
    . '</script><!-- a <script src="https://tracker.test/no.js"></script> -->'
    . '<img alt="a > b" src=\'https://tracker.test/p.gif\' width=1>'
    . '<iframe srcdoc="<img src=//tracker.test/d.gif>"></iframe>'
    . '<textarea><script src="https://tracker.test/no.js"></script>'
    . '</textarea><p>the end</p></body></html>';

my $gz = Compress::Zlib::memGzip($page);

# /cut/HOW/N: the first N bytes.  Where the header does not tell the charset
# (bare), a kilobyte of the page is waited for as long as it may come.

$t->upstream(sub {
    my ($c, $req) = @_;
    my ($how, $n) = $req->{uri} =~ m{/(\w+)/(\d+)$} or return;
    my $body = $how =~ /gzip/ ? $gz : $page;
    my $part = substr($body, 0, $n);

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html"
        . ($how =~ /bare/ ? "\r\n" : "; charset=utf-8\r\n")
        . ($how =~ /gzip/ ? "Content-Encoding: gzip\r\n" : '')
        . ($how =~ /length/ ? 'Content-Length: ' . length($body) . "\r\n"
           : $how =~ /chunked/ ? "Transfer-Encoding: chunked\r\n" : '')
        . "Connection: close\r\n\r\n"
        . ($how =~ /chunked/
           ? sprintf("%x\r\n%s\r\n", length $part, $part) : $part);
});

$t->file('key', 'a1' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test inline:~INLINE_TRACKER;
    location /cut/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /stream/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                        proxy_buffering off; }
});

# what a browser would ask for: an attribute that loads, or a script that runs,
# as far as its end has come

sub live {
    my ($b) = @_;

    $b =~ s/<section\b.*?<\/section>//s;
    $b =~ s/<!--.*?(?:-->|\z)//gs;
    $b =~ s/<textarea>.*?(?:<\/textarea>|\z)//gs;
    $b =~ s/\s(?:data-[\w-]+)=("[^"]*"|'[^']*'|[^\s>]*)//g;
    $b =~ s/about:invalid#[^)"]*//g;
    $b =~ s/<script[^>]*type="text\/plain"[^>]*>.*?(?:<\/script>|\z)//gs;

    # an unfinished tag or script is never run
    $b =~ s/<\w(?:[^>"']|"[^"]*"|'[^']*')*(?:"[^"]*|'[^']*)?\z//;
    $b =~ s/<script[^>]*>(?:(?!<\/script).)*\z//s;

    return $b =~ /(.{0,40}(?:tracker\.test|INLINE_TRACKER).{0,40})/s ? $1
                                                                    : undef;
}

for my $how (qw(close length chunked bareclose barelength barechunked)) {
    my (@live, @lost);

    for my $way (qw(cut stream)) {
        is($t->get("/$way/$how/0")->status, 200,
           "cut before the first byte ($how): the header is there");
    }

    for (my $n = 1; $n <= length $page; $n += 3) {
        my $way = $n % 2 ? 'cut' : 'stream';
        my $b = $t->get("/$way/$how/$n")->body;
        my $live = live($b);

        push @live, "$n: $live" if defined $live;

        # the text that came before the cut is there
        push @lost, $n if substr($page, 0, $n) =~ /some text/
                          && $b !~ /some text/;
    }

    is_deeply(\@live, [], "cut anywhere ($how): no tracker is let out");
    is("@lost", "", "cut anywhere ($how): what came is there");
}

for my $how (qw(gzipclose gziplength gzipchunked)) {
    my @live;

    for (my $n = 1; $n <= length $gz; $n += 2) {
        my $live = live($t->get("/cut/$how/$n")->body);
        push @live, "$n: $live" if defined $live;
    }

    is_deeply(\@live, [], "cut in the compressed data ($how)");
}

my $whole = $t->get('/cut/gzipclose/' . length $gz)->body;
like($whole, qr/the end/, 'not cut it comes to its end');


# a client that goes away: at the header, in the body, in its own request

for my $i (1 .. 60) {
    my $s = $t->connect;
    my $raw = $i % 3 == 0
        ? substr($t->make_request('POST', '/_consent/',
                                  form => [ choice => 'accept' ],
                                  headers => [ Origin => 'http://localhost' ]),
                 0, 20 + 4 * $i)
        : $t->make_request('GET', "/stream/close/" . 20 * $i);
    print $s $raw;
    sysread($s, my $buf, $i) if $i % 3 == 1;
    close $s;
}

is($t->get('/cut/close/500')->status, 200,
   'clients that go away take nothing with them');


# a key file that is no longer one: the reload is refused, consent stays

my $accept = $t->choose('accept');
like($t->get('/cut/close/700', cookie => $accept)->header('Consent-State'),
     qr/basis=grant/, 'a visitor has agreed');

$t->file('key', "rubbish\n", 0600);
kill 'HUP', $t->{nginx};
select undef, undef, undef, 0.5;

like($t->get('/cut/close/700', cookie => $accept)->header('Consent-State'),
     qr/basis=grant/, 'rubbish in the key file: the old keys stay');
ok($t->log_lines(qr/emerg.*key.*64 hex|emerg.*line 1/), 'and the log says why')
    or diag($t->error_log);

is(scalar $t->log_lines(qr/exited on signal/), 0, 'no worker has died');


# the clock is set back: what was signed later is not of this world

SKIP: {
    my ($faketime) = grep { -e } glob('/usr/lib/*/faketime/libfaketime.so.1');
    skip 'no libfaketime', 4 unless $faketime && !$ENV{CONSENT_SANITIZED};

    my $past = Test::Consent->new(wrapper => [ 'env',
        "LD_PRELOAD=$faketime", 'FAKETIME=-3d', 'FAKETIME_DONT_RESET=1' ]);
    my $conf = 'consent on; consent_secret_file ' . $t->dir . '/key;'
               . 'consent_log ' . $t->dir . '/ledger.jsonl;';

    $t->file('key', 'a1' x 32 . "\n", 0600);
    $t->file('html/index.html', '<!doctype html><p>x');
    $past->file('html/index.html', '<!doctype html><p>x');

    $t->server($conf);
    my $later = $t->choose('accept');
    $t->stop;

    $past->server($conf);
    like($past->get('/', cookie => $later)->header('Consent-State'),
         qr/basis=none/, 'a choice of three days from now is none');
    my $now = $past->choose('accept');
    like($past->get('/', cookie => $now)->header('Consent-State'),
         qr/basis=grant/, 'choices are made as before');
    $past->stop;

    my $said = $t->run(Test::Consent->build . '/consentctl', 'verify',
                       $t->dir . '/ledger.jsonl');
    is($?, 0, 'and the ledger is one chain') or diag($said);
    my $n = () = slurp($t->dir . '/ledger.jsonl') =~ /"ev":"given"/g;
    is($n, 2, 'with both of them');
}

done_testing();

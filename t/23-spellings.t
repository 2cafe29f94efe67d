#!/usr/bin/perl

# Requests, answers and configurations that are right and seldom seen: weights
# in Accept, a type with its charset in nginx.conf, more headers than most
# send, a ledger that is copied only, pages that consent report cannot read.

use lib 't/lib';
use Test::Consent;

use Compress::Zlib;
use IO::Socket::INET;
use JSON::PP;

my $t = Test::Consent->new;
my $d = $t->dir;

$t->allow_log(qr/the notice .* cannot be kept/);
$t->file('key', 'a1' x 32 . "\n", 0600);

my $page = '<!doctype html><html lang="en"><head><title>t</title></head><body>'
    . '<script src="https://tracker.test/a.js"></script></body></html>';

$t->file('html/index.html', $page);
$t->file('html/typed/a.odd', '<!doctype html><title>t</title><p>'
         . qq{<img src="//\x82\x94racker.test/a">});

my $utf16 = "\xff\xfe" . join '', map { "$_\0" } split //, $page;

$t->upstream(sub {
    my ($c, $r) = @_;
    my $h = $r->{headers};
    my ($kind) = $r->{uri} =~ m{/(\w+)$};
    my %type = (multi => 'multipart/x-mixed-replace; boundary=b',
                space => " text/html ;\tcharset=utf-8");
    my $body = $kind =~ /utf16/ ? $utf16 : $page;
    my $coded = $kind =~ /gzip/;
    $body = Compress::Zlib::memGzip($body) if $coded;
    my @own = grep { /^x-own-/ } keys %$h;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: "
        . ($type{$kind} // 'text/html') . "\r\n"
        . 'X-Saw: ' . @own . ' '
        . ($h->{'if-none-match'} // '-') . ' ' . ($h->{'x-last'} // '-')
        . "\r\n" . ($coded ? "Content-Encoding: gzip\r\n" : '')
        . "Connection: close\r\n\r\n$body";
});

my $log = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp')
    or die "udp: $!\n";

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test;
    consent_language $arg_lang;
    consent_log_copy syslog:server=127.0.0.1:} . $log->sockport . q{;
    location = /status { consent_status; }
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /report/ { consent report;
                        proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /typed/ { default_type 'text/html; charset="shift_jis"'; }
}, 'consent_zone consent:256k;');


# --- weights

sub refused { $t->post('/_consent/', [ choice => 'reject', return => '/' ],
                       headers => [ Accept => $_[0] ])->status }

is(refused('application/json'), 200, 'JSON is asked for');
is(refused('application/json;q=0.5'), 200, 'with a weight');
is(refused("text/plain,\tapplication/json ; q=0.01"), 200, 'a small one');
is(refused('text/html, application/json'), 303, 'beside a page: the page');
is(refused('application/json;q=0'), 303, 'with none it is not wanted');
is(refused('application/json; q=0.000, text/html'), 303, 'nor with 0.000');
is(refused('application/jsonl'), 303, 'a longer name is another');

my ($asset) = $t->get('/')->body =~ m{(/_consent/[\w-]+\.js)};

sub coding {
    my $r = $t->get($asset, headers => [ 'Accept-Encoding' => $_[0] ]);
    return $r->header('Content-Encoding') // 'none';
}

is(coding('gzip'), 'gzip', 'an asset is compressed');
is(coding("deflate,\tgzip ; q=0.3"), 'gzip', 'with a weight');
is(coding('gzip;q=0'), 'none', 'with none it is not');
is(coding('gzip;q=0.000, identity'), 'none', 'nor with 0.000');
is(coding('x-gzip, gz'), 'none', 'another name is another coding');


# --- languages that nginx.conf picks

like($t->get('/?lang=fr')->body, qr/id="privacy-choices"[^>]* lang="fr"/,
     'a variable names the language');
like($t->get('/?lang=tlh')->body, qr/id="privacy-choices"[^>]* lang="en"/,
     'one that there are no words in: the page\'s');
like($t->get('/')->body, qr/id="privacy-choices"[^>]* lang="en"/,
     'an empty one, too');


# --- types

like($t->get('/typed/a.odd')->body, qr/<img [^>]*data-src="/,
     'a charset in nginx.conf is the page\'s');
is($t->get('/up/space')->header('Consent-State') ? 1 : 0, 1,
   'blanks around a type do not hide a page');
like($t->get('/up/space')->body, qr/<script [^>]*type="text\/plain"/,
     'nor its trackers');
like($t->get('/up/multi')->header('Content-Security-Policy') // 'none',
     qr/'self'|'none'/, 'parts that replace each other: a policy closes them');


# --- many headers: the one that nginx may not send on is in any place

my @wrong;

for my $n (0 .. 45) {
    my $saw = $t->get('/up/x', headers => [
        (map { ("X-Own-$_" => 'x') } 1 .. $n),
        'If-None-Match' => '"foreign"',
        (map { ("X-Own-" . ($n + $_) => 'x') } 1 .. 45 - $n),
        'X-Last' => 'last' ])->header('X-Saw');
    push @wrong, "$n: $saw" if $saw ne '45 - last';
}

is_deeply(\@wrong, [], 'a tag that is not ours is hidden, the rest is sent on');


# --- consent report touches no page, and says which it could not read

sub unread {
    return decode_json($t->get('/status?format=json')->body)->{undecodable};
}

my $before = unread();

for my $kind ('utf16', 'utf16gzip') {
    my $r = $t->get("/report/$kind");
    my $body = $kind =~ /gzip/ ? Compress::Zlib::memGunzip($r->body)
                               : $r->body;
    is($body, $utf16, "$kind: as it came");
}

is($t->get('/report/plain')->body, $page, 'as one that it could');
is(unread() - $before, 2, 'those are counted');


# --- a ledger that is copied only

my $got = '';
{
    local $SIG{ALRM} = sub { die "no datagram\n" };
    alarm 10;
    my ($cookie) = $t->choose('accept');
    ok($cookie, 'a grant without a file');
    while ($got !~ /"ev":"given"/) {
        eval { $log->recv(my $line, 65536); $got .= $line; 1 } or last;
    }
    alarm 0;
}
like($got, qr/"ev":"refused".*"ev":"given"/s, 'is sent to syslog, as others');


# --- the notice cannot be kept beside the ledger: nobody has agreed

$t->stop;
$t->server(q{ consent on; consent_secret_file %%DIR%%/key;
              consent_log %%DIR%%/ledger; });
rmdir "$d/ledger.notices" or die "$d/ledger.notices: $!\n";
$t->file('ledger.notices', '');

my $r = $t->post('/_consent/', [ choice => 'accept' ]);
is($r->status, 503, 'a grant whose notice is not kept is none');
is($r->header('Set-Cookie'), undef, 'and no cookie says so');
is($t->post('/_consent/', [ choice => 'reject' ])->status, 303,
   'a refusal always works');

unlink "$d/ledger.notices";
mkdir "$d/ledger.notices";
is($t->post('/_consent/', [ choice => 'accept' ])->status, 303,
   'with room for it, it is');

done_testing();

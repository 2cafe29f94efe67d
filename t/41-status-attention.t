#!/usr/bin/perl

# consent_status: what an operator should look into is said on top, what does
# not fit is said to be left out, and names of any kind are shown as such.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new;
my $d = $t->dir;

sub page {
    return "<!doctype html><html><head><title>t</title></head><body>@_<p>text"
           . "</p></body></html>\n";
}

sub script { return "<script src=\"https://$_[0]/a.js\"></script>" }

my $long = join('.', ('l' x 40) x 4) . '.long.test';

$t->file('html/few.html', page(
    script('tracker.test'), script('listed.test'), script('frame.third.test'),
    script('fine.test'), script($long),
    '<script>INLINE-TRACKER(1)</script>',
    '<img src="https://slow.test/' . 'a' x 1500 . '!">'));
$t->file('html/bytes.html', page("<script>'\xc3\xa4'</script>"));
$t->file('html/hosts.html', page(map { script("h$_.many.test") } 1 .. 230));
$t->file('html/known.html', page(map { script("k$_.tracker.test") } 1 .. 230));
$t->file('html/report/r.html', page(script('tracker.test')));
$t->file('list.txt', "||listed.test^\n");

my $conf = qq{
    consent on;
    consent_block marketing tracker.test "inline:~INLINE-TRACKER"
                  ~^https://slow\\.test/(a+)+(a+)+\$ "inline:~\xc3\xa4|\xe4";
    consent_allow fine.test;
    consent_list %%DIR%%/list.txt;
    location = /status { consent_status; }
    location /report/ { consent report; }
    location /third/ { alias %%DIR%%/html/; consent_third_party marketing; }
    location /up { proxy_pass http://127.0.0.1:%%PORT1%%; }
};

$t->upstream(sub {
    my ($c, $r) = @_;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Content-Encoding: lzma\r\nSet-Cookie: _ga=1\r\n"
             . "Connection: close\r\n\r\nx";
});

$t->server($conf, 'consent_zone consent:1m;');

unlike($t->get('/status')->body, qr/Needs attention/, 'all is well: no word');

$t->get('/report/r.html') for 1 .. 3;
my $body = $t->get('/status')->body;
like($body, qr/<b>3<\/b> under consent report/, 'pages under report');
like($body, qr/Would be withheld<\/dt><dd><b>3<\/b> under consent report/,
     'and what would be withheld of them');
unlike($body, qr/Needs attention/, 'which is no matter of concern');

$t->get('/third/few.html');
$t->get('/up') for 1 .. 2;
$body = $t->get('/status')->body;

like($body, qr/Needs attention<\/h2>\n<ul>\n.*<\/ul><\/section>/s,
     'what to look into stands under one heading');
like($body, qr/<b>2<\/b> answers could not be read.*consent_undecodable/,
     'answers that could not be read, and which directive decides');
like($body, qr/<b>1<\/b> elements were blocked because they exceed a bound/,
     'elements beyond a bound');

$t->request('PUT', '/_consent/');
$t->request('POST', '/_consent/', body => 'x=' . 'x' x 10_000,
            headers => [ 'Content-Type' => 'application/x-www-form-urlencoded',
                         'Sec-Fetch-Site' => 'same-origin' ]);
$body = $t->get('/status')->body;
like($body, qr/<b>\d+<\/b> requests were refused by the endpoint:.* 1 with 405;/,
     'what the endpoint refused, by status');

# each way in which something is known

my $row = sub {
    my ($name) = @_;
    my ($r) = $body =~ m{<tr><td><code>\Q$name\E</code></td>(.*?)</tr>};
    return $r // 'no row';
};

like($row->('listed.test'), qr{consent_list<br><code>\|\|listed\.test\^},
     'by a list, with its rule');
like($row->('frame.third.test'), qr{consent_third_party}, 'by no rule');
like($row->('tracker.test'), qr{<td>marketing</td><td>consent_block},
     'by consent_block');
like($row->('fine.test'), qr{<td>passes</td><td>consent_allow},
     'what consent_allow names passes');
like($body, qr{>inline}, 'an inline script has no host');
like($row->('_ga'), qr{cookie}, 'nor has a cookie');
like($body, qr{<code>&\#8230;\.(l{40}\.)+long\.test</code>},
     'a host that is too long keeps its end');

# a name in any bytes

$t->get('/bytes.html');
my $r = $t->get('/status?format=json');
my $s = eval { decode_json($r->body) };
ok($s, 'rules of any bytes: it is JSON') or diag($@);
my ($e) = grep { ($_->{page} // '') eq '/bytes.html' }
          @{$s->{inventory}{entries}};
is($e->{rule}, "inline:~\x{e4}|\x{fffd}",
   'letters as they are, a stray byte as a mark');

# more than a page shows

$t->get('/hosts.html');
$t->get('/known.html');
$body = $t->get('/status')->body;
$s = decode_json($t->get('/status?format=json')->body);
my @unknown = grep { !$_->{known} } @{$s->{inventory}{entries}};
like($body, qr{And @{[ @unknown - 200 ]} more, in JSON},
     'unknown hosts beyond 200 are counted');
my $known = @{$s->{inventory}{entries}} - @unknown - 200;
like($body, qr{And $known more, in JSON}, 'known ones, too');
unlike($body, qr/gave up/, 'none was given up');

# more than a zone holds

$t->stop;
$t->server($conf, 'consent_zone consent:64k;');
$t->get('/hosts.html');
$t->get('/known.html');
$body = $t->get('/status')->body;
like($body, qr{room for \d+ rows and gave up \d+ for others: a larger consent_zone},
     'a zone that is too small says so');

done_testing();

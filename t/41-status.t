#!/usr/bin/perl

# consent_status: what a page links to must not write into the operator's
# page, their configuration, or their metrics.

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $t = Test::Consent->new;

$t->file('html/index.html', <<'END');
<!doctype html><html><head><title>t</title></head><body>
<script src="https://tracker.test/a.js"></script>
<script src="https://plain.unknown.test/a.js"></script>
<script src="https://x;}evil'{.unknown.test/a.js"></script>
<img src="https://a&amp;quot;b.unknown.test/p.gif">
<iframe src="https://frames.unknown.test/f"></iframe>
<p>text</p></body></html>
END
$t->file("html/<b onclick=x>&\".html", '<!doctype html><p>x'
         . '<script src="https://paths.unknown.test/"></script>');

$t->server('consent on; consent_block marketing tracker.test;
            location = /status { consent_status; }
            location = /closed { deny all; consent_status; }',
           'consent_zone consent:256k;');

my $r = $t->get('/status');
is($r->status, 200, 'a page is there before anything is counted');
like($r->body, qr/None: rules name every third-party host/, 'and says so');

$t->get('/') for 1 .. 3;
$t->get('/%3Cb%20onclick=x%3E&%22.html');
$t->choose('accept');
$t->choose('reject') for 1 .. 3;

$r = $t->get('/status');
my $body = $r->body;

is($r->header('Content-Type'), 'text/html; charset=utf-8', 'HTML');
is($r->header('Cache-Control'), 'no-store', 'that is not stored');
is($r->header('X-Content-Type-Options'), 'nosniff', 'nor sniffed');
like($r->header('Content-Security-Policy'), qr/default-src 'none'/,
     'under a policy that lets nothing run');
is($r->header('Consent-State'), undef, "it is not a visitor's page");
unlike($body, qr/id="privacy-choices"/, 'no notice is put into it');
is($r->header('Set-Cookie'), undef, 'and no cookie set');

unlike($body, qr/<script|\son\w+\s*=|\sstyle\s*=|<style|javascript:/i,
       'no script, no inline style');
unlike($body, qr/<b onclick/, 'a path is escaped');
like($body, qr/plain\.unknown\.test/, 'unknown hosts are listed');
cmp_ok(index($body, 'plain.unknown.test'), '<', index($body, 'tracker.test'),
       'before what is known');

my ($snippet) = $body =~ m{<pre><code>(.*?)</code></pre>}s;
like($snippet, qr/^consent_block  marketing  plain\.unknown\.test;$/m,
     'lines for nginx.conf: to block');
like($snippet, qr/^#consent_allow  plain\.unknown\.test;$/m, 'or to allow');
unlike($snippet, qr/evil|quot|[{}'"&]/, 'no host can write into those lines');

my ($ok, $out) = $t->test_server("consent on;\n" . join "\n",
                                 grep { /^consent_block/ }
                                 split /\n/, $snippet);
ok($ok, 'nginx takes the lines') or diag($out);

like($body, qr/<b>25&#8239;%<\/b> of first choices/, 'acceptance');
like($body, qr/<svg class="chart".*<title>\d{4}-\d\d-\d\d, given 1, refused 3<\/title>/s,
     'choices by day as a chart');
like($body, qr/<td>marketing<\/td><td class="n">3<\/td>/,
     'withheld, by category');

# the style sheet

my ($css) = $body =~ /<link rel="stylesheet" href="([^"]+)">/;
$css =~ s/&amp;/&/g;
$r = $t->get("/status$css");
is($r->header('Content-Type'), 'text/css; charset=utf-8', 'its style sheet');
like($r->body, qr/prefers-color-scheme: dark/, 'for the dark, too');

# JSON

$r = $t->get('/status?format=json');
is($r->header('Content-Type'), 'application/json', 'JSON');
my $s = eval { decode_json($r->body) };
ok($s, 'that parses') or diag($@, $r->body);
is($s->{choices}{refused}, 3, 'with the same numbers');
is(scalar(grep { !$_->{known} } @{$s->{inventory}{entries}}),
   $s->{inventory}{unknown}, 'and all of the inventory');

# Prometheus

$r = $t->get('/status?format=prometheus');
is($r->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8',
   'Prometheus');

my (%help, %type, %value, @wrong);

for (split /\n/, $r->body) {
    if (/^# HELP (\w+) .+/) {
        push @wrong, $_ if $help{$1}++;

    } elsif (/^# TYPE (\w+) (counter|gauge)$/) {
        push @wrong, $_ if $type{$1};
        $type{$1} = $2;

    } elsif (/^(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\d+)$/) {
        my ($name, $labels, $n) = ($1, defined $2 ? "{$2}" : '', $3);
        push @wrong, $_ if !$type{$name} || exists $value{"$name$labels"};
        push @wrong, $_
            if ($type{$name} // '') eq 'counter' && $name !~ /_total$/;
        $value{"$name$labels"} = $n;

    } else {
        push @wrong, $_;
    }
}

is(join("\n", @wrong), '', 'each line is what its format wants');
is($value{'nginx_consent_choices_total{event="refused"}'}, 3, 'choices');
is($value{'nginx_consent_pages_total'
          . '{consent="on",mode="opt-in",basis="none"}'}, 4, 'pages');
is($value{'nginx_consent_blocked_total'
          . '{consent="on",category="marketing",type="script"}'}, 3,
   'what was withheld');
is($value{'nginx_consent_inventory_rows{known="false"}'},
   $s->{inventory}{unknown}, 'unknown hosts, as a number');
unlike($r->body, qr/unknown\.test/, 'no host becomes a label');

SKIP: {
    my ($promtool) = grep { -x } map { "$_/promtool" }
                     split(/:/, $ENV{PATH} || ''), '/usr/bin';
    skip 'promtool (Debian: prometheus) is not installed', 2 if !$promtool;

    my $file = $t->file('metrics', $r->body);
    my $said = $t->run('/bin/sh', '-c',
                       "exec $promtool check metrics < $file");
    is($?, 0, "promtool finds no error");
    is($said, '', 'and has nothing to remark');
}

# other requests

is($t->get('/status?format=xml')->status, 400, 'an unknown format');
is($t->post('/status', [ a => 1 ])->status, 405, 'nothing is posted to it');
is($t->get('/closed')->status, 403, 'deny holds');

$r = $t->head('/status');
is($r->status, 200, 'HEAD');
is($r->body, '', 'has no body');

done_testing();

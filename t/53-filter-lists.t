#!/usr/bin/perl

# consent_list: what a list names is withheld in its category, what it cannot
# say here is passed over and counted, and a reload swaps lists without one
# page going out in between that neither of them cleaned.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new(master => 1);

$t->file('key', 'c3' x 32 . "\n", 0600);

my $page = <<'E1';
<!doctype html><html lang=en><title>t</title><body>
<script id=one src="https://one.test/a.js"></script>
<script id=two src="https://two.test/a.js"></script>
<script id=both src="https://both.test/a.js"></script>
<script id=ok src="https://both.test/fine.js"></script>
<img id=img src="https://pics.test/pixel.gif">
<script id=pics src="https://pics.test/pixel.js"></script>
<script id=dom src="https://only.test/x.js"></script>
<script id=first src="/ads/local.js"></script>
<script id=cat src="https://www.google-analytics.com/analytics.js"></script>
<script id=captcha src="https://www.google.com/recaptcha/api.js"></script>
</body></html>
E1

$t->file('html/index.html', $page);

my $first = <<'E1';
[Adblock Plus 2.0]
! a comment
||one.test^
||both.test^
@@||both.test/fine.js
||pics.test^$image
||only.test^$domain=elsewhere.test
/ads/local.$script
||www.google.com/recaptcha/
example.test##.banner
||r.test^$redirect=noop.js
||c.test^$csp=script-src 'none'
||u.test^$unheard-of
E1

$t->file('list.txt', $first);
$t->file('stats.txt', "||two.test^\n");

my $conf = q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_list %%DIR%%/list.txt;
    consent_list %%DIR%%/stats.txt category=analytics;
};

$t->server($conf);

sub withheld {
    my ($body) = @_;
    my %c;
    while ($body =~ /<(?:script|img)\b([^>]*\bid=(\w+)[^>]*)>/g) {
        my ($tag, $id) = ($1, $2);
        $c{$id} = $tag =~ /data-consent="?blocked/
                  ? ($tag =~ /data-category="?(\w+)/)[0] : '';
    }
    return \%c;
}

is_deeply(withheld($t->get('/')->body),
    { one => 'marketing', both => 'marketing', two => 'analytics', ok => '',
      img => 'marketing', pics => '', dom => '', first => 'marketing',
      cat => 'analytics', captcha => '' },
    'each list\'s rules, in its category, with types, exceptions, domains; '
    . 'nothing that is never blocked');

my $accept = $t->choose('accept');
is_deeply([ grep { $_ } values %{withheld($t->get('/', cookie => $accept)
                                            ->body)} ], [],
          'after consent nothing of it is withheld');


# what is said of lists

my ($ok, $out) = $t->test_server($conf);
ok($ok, 'nginx -t');
like(slurp($t->dir . '/logs/test.log'), qr/list\.txt": 6 rules, 1 exceptions; passed over: 1 cosmetic, 3 with options not supported, 0 invalid/,
     'how much of a list is used, and what is passed over');

$t->file('empty.txt', "<!DOCTYPE html>\n");
($ok, $out) = $t->test_server('consent on; consent_list %%DIR%%/empty.txt;');
like($out, qr/\[warn\].*empty\.txt" has no rule .* in \S+:\d+/,
     'a list without a rule is warned of');

($ok, $out) = $t->test_server('consent on; consent_list %%DIR%%/no.txt;');
ok(!$ok, 'a list that is not there');
like($out, qr/\[emerg\].*no\.txt.* in \S+:\d+/, 'is an error with its line');


# a reload under load: every page is by the old list or by the new one

(my $second = $first) =~ s/\|\|one\.test/||two.test/;
my %seen;

for my $round (1 .. 4) {
    $t->file('list.txt', $round % 2 ? $second : $first);

    my $pid = fork;

    if ($pid == 0) {
        $t->reload;
        POSIX::_exit(0);
    }

    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        my $w = withheld($t->get('/')->body);
        $seen{join ' ', map { "$_=$w->{$_}" } qw(one two both cat)}++;
    }
}

is_deeply([ sort keys %seen ],
    [ 'one= two=marketing both=marketing cat=analytics',
      'one=marketing two=analytics both=marketing cat=analytics' ],
    'while lists are swapped each page is by one or the other');


# memory: what an old configuration had of lists goes with it

SKIP: {
    my ($pid) = slurp($t->dir . '/nginx.pid') =~ /(\d+)/;
    skip 'a sanitizer keeps what is freed', 1 if $ENV{CONSENT_SANITIZED};
    skip 'no /proc', 1 unless $pid && -r "/proc/$pid/statm";

    $t->file('list.txt', join '', map { "||host$_.test^\n/re$_\[a-z]+x/\n" }
                                  1 .. 300);
    my @size;

    for (1 .. 8) {
        $t->reload;
        push @size, (split ' ', slurp("/proc/$pid/statm"))[1] * 4;
    }

    cmp_ok($size[7] - $size[3], '<', 600,
           "four reloads with 300 regular expressions: @size KiB");
}

SKIP: {
    my $dir = '/usr/share/chromium/extensions/ublock-origin/assets/'
              . 'thirdparties/easylist';
    skip 'no webext-ublock-origin-chromium', 2 unless -d $dir;

    ($ok, $out) = $t->test_server("consent on; consent_list $dir/easyprivacy.txt;"
                                  . "consent_list $dir/easylist.txt;");
    ok($ok, 'the lists that Debian packages are read');
    like(slurp($t->dir . '/logs/test.log'), qr/easylist\.txt": \d{5} rules/, 'tens of thousands of rules');
}

done_testing();

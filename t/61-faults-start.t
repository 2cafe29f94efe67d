#!/usr/bin/perl

# Memory runs out at any point while nginx reads its configuration, as it does
# at start and at each reload: it says so and ends, or it has what it has with
# memory.  It never crashes, and never starts with a part of the rules.
# ("make fault" and "make test-full" build the nginx that this takes.)

use lib 't/lib';
use Test::Consent;

use Fcntl qw(:DEFAULT :seek);

my $shim = $ENV{CONSENT_FAULT};
plan(skip_all => 'takes an nginx of its own: make fault') unless $shim;

my $t = Test::Consent->new;
my $ctl = $t->file('ctl', "\0" x 56);
my $d = $t->dir;

sysopen(my $fd, $ctl, O_RDWR) or die "$ctl: $!\n";

# nginx -t whose allocation number $n fails: its status, what it said, how many
# allocations there were, whether one failed

sub read_with {
    my ($n, @nginx) = @_;

    sysseek($fd, 0, SEEK_SET);
    syswrite($fd, pack('q4', 1, $n, 0, 0));

    my $out = $t->run('env', "LD_PRELOAD=$shim", "FAIL_CTL=$ctl",
                      'FAIL_FIRST=1', @nginx);
    my $status = $?;

    sysseek($fd, 16, SEEK_SET);
    sysread($fd, my $s, 16);

    return ($status, $out, unpack('q2', $s));
}

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('text.json', '{"en": {"accept": "Fine"}}');
$t->file('style.css', '#privacy-choices { color: red }');
$t->file('list.txt', "||tracker.example^\n\@\@||good.example^\n"
         . "/banner/*/ads\$script,domain=a.example\n");

my $conf = $t->file('test.conf', $t->config($t->server_conf(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_mode $arg_mode;
    consent_category maps title=Maps;
    consent_block maps maps.example.com;
    consent_block marketing a.example b.example/c ~*/x(a|b)\.js$
                  inline:~TRACK;
    consent_allow good.example;
    consent_list %%DIR%%/list.txt category=analytics;
    consent_controller A contact=a@example.com;
    consent_link Privacy /privacy rel=privacy-policy;
    consent_language $arg_lang;
    consent_text %%DIR%%/text.json;
    consent_style %%DIR%%/style.css;
    consent_csp enforce https://x.example;
    consent_cookies analytics _own _own_*;
    consent_trusted_origin https://a.example;
    consent_types text/html application/xhtml+xml;
    consent_log %%DIR%%/ledger.jsonl;
    consent_log_copy syslog:server=127.0.0.1:%%PORT1%%;
    location /b/ { consent_block marketing c.example; consent_cookies
                   marketing _b; }
    location = /status { consent_status; }
}, 'consent_zone consent:256k;')));

my @nginx = ($t->binary, '-t', '-p', "$d/", '-e', "$d/logs/test.log",
             '-c', $conf);

my ($status, $said, $all) = read_with(1 << 30, @nginx);
is($status, 0, 'with memory the configuration is right') or diag($said);

# what nginx and its libraries take before http{} is no concern of ours

$t->file('none.conf', "events { }\n");
my ($none, undef, $before) = read_with(1 << 30, @nginx[0 .. $#nginx - 1],
                                       "$d/none.conf");
is($none, 0, 'so is one without http{}');
cmp_ok($all - $before, '>', 500, "which takes $before of $all allocations");

my (@crash, @mute, $ended, $went_on);

for (my $n = $before; ; $n++) {
    my ($status, $out, $seen, $fired) = read_with($n, @nginx);

    last unless $fired;

    if ($status & 127) {
        push @crash, "$n: signal " . ($status & 127);

    } elsif ($status) {
        $ended++;
        push @mute, "$n: $out" if $out !~ /\[emerg\]|\[alert\]/;

    } else {
        $went_on++;
    }
}

is_deeply(\@crash, [], 'it never crashes');
is_deeply(\@mute, [], 'where it ends, it says why');
cmp_ok($ended // 0, '>', 500, "it ends $ended times, "
       . ($went_on // 0) . ' failures matter not');

done_testing();

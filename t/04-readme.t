#!/usr/bin/perl

# The README keeps pace with the code: each directive and variable is there,
# with the contexts that the code allows, and each of its configurations
# passes nginx -t as it is printed.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $root = Test::Consent->root;
my $readme = slurp("$root/README.md");


# --- directives: "### name" with syntax, default, context, prose, example

my $code = slurp("$root/src/nginx/ngx_http_consent_directives.c");
$code =~ s/NGX_HTTP_CONSENT_ALL(?=\|)/http, server, location/g;
$code =~ s/NGX_HTTP_CONSENT_SRV(?=\|)/http, server/g;
$code =~ s/NGX_HTTP_MAIN_CONF(?=\|)/http/g;
$code =~ s/NGX_HTTP_LOC_CONF(?=\|)/location/g;

my %context = $code =~ /\{ ngx_string\("(consent\w*)"\),\n\s+(http[a-z, ]*|location)\|/g;
cmp_ok(scalar keys %context, '>', 30, 'directives are found in the code');

my %section;
while ($readme =~ /^### (consent(?:_\w+)?)\n(.*?)(?=^##)/msg) {
    $section{$1} = $2;
}

is_deeply([ grep { !$section{$_} } sort keys %context ], [],
          'each directive is in the README');
is_deeply([ grep { !$context{$_} } sort keys %section ], [],
          'and no other');

for my $d (sort keys %section) {
    my $s = $section{$d};
    my ($syntax) = $s =~ /^- \*\*Syntax:\*\* `([^`]+)`$/m;
    my ($default) = $s =~ /^- \*\*Default:\*\* (\S.*)$/m;
    my ($context) = $s =~ /^- \*\*Context:\*\* (\S.*)$/m;

    like($syntax // '', qr/^$d\b.*;$/, "$d: syntax");
    ok(defined $default, "$d: default");
    is($context, $context{$d}, "$d: contexts are those of the code");
    like($s, qr/^```nginx[^`]*^\s*(?:location[^{]*\{\s*)?$d\b/m,
         "$d: an example");
    cmp_ok(length($s =~ s/```.*?```|^- .*?$//mgsr), '>', 60,
           "$d: says what it is for");
}


# --- variables

my $vars = slurp("$root/src/nginx/ngx_http_consent_variables.c");
my @vars = $vars =~ /\{ ngx_string\("(consent_\w+)"\), NULL/g;
cmp_ok(scalar @vars, '>', 7, 'variables are found in the code');

for my $v (grep { $_ ne 'consent_' } @vars) {
    like($readme, qr/^\| `\$$v` \|/m, "\$$v is in the README");
}

like($readme, qr/^\| `\$consent_NAME` \|/m, 'and $consent_NAME');


# --- links inside, and files

my %anchor;
while ($readme =~ /^#+ (.*)$/mg) {
    (my $a = lc $1) =~ s/[^\w\- ]//g;
    $a =~ tr/ /-/;
    $anchor{$a} = 1;
}

my @links = $readme =~ /\]\(([^)\s]+)\)/g;
is_deeply([ grep { /^#(.*)/ && !$anchor{$1} } @links ], [],
          'every link inside leads somewhere');
is_deeply([ grep { !/^(#|https?:)/ && !-e "$root/" . s/#.*//r } @links ], [],
          'every file that is linked is there');


# --- configurations: those in http, those in a server

my $dir = $t->dir;
$t->file('etc/consent.key', 'a1' x 32 . "\n", 0600);
$t->file('etc/consent-texts.json',
         $readme =~ /```json\n(\{\s*"en".*?)```/s ? $1 : '');
$t->file('etc/consent.css', ":root { --privacy-choices-radius: 0 }\n");
$t->file('etc/my-list.txt', "||stats.example^\n");
$t->file("lists/$_.txt", "||stats.example^\n") for qw(easylist easyprivacy);
mkdir "$dir/$_" for qw(log cache);

my $n = 0;

while ($readme =~ /^```nginx( server)?\n(.*?)^```$/msg) {
    my ($in_server, $conf) = ($1, $2);
    my $at = 1 + (substr($readme, 0, $-[0]) =~ tr/\n//);

    $conf =~ s{/etc/nginx/}{$dir/etc/}g;
    $conf =~ s{/var/log/nginx/}{$dir/log/}g;
    $conf =~ s{/var/cache/nginx/}{$dir/cache/}g;
    $conf =~ s{/usr/share/chromium/\S+/}{$dir/lists/}g;
    $conf =~ s{listen\s+80;}{listen 127.0.0.1:%%PORT%%;}g;

    my ($ok, $out) = $in_server
        ? $t->test_server("consent_secret_file $dir/etc/consent.key;\n" x
                          ($conf !~ /consent_secret_file/) . $conf)
        : $t->test_config($conf);
    is($ok, 1, "line $at: nginx takes it") or diag($out);
    $n++;
}

cmp_ok($n, '>', 30, 'configurations are found');

done_testing();

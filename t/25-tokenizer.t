#!/usr/bin/perl

# html5lib's tokenizer tests: tags, attributes, where raw text ends, and the
# text between, read as the standard says, whole and byte by byte.
#
# Left out of the comparison: what comments and doctypes say (that they are
# there, and where, is compared) and parse errors, which no part of this module
# looks at.  No test is skipped.

use lib 't/lib';
use Test::Consent;

use JSON::PP;

my $data = test_data('html5lib/tokenizer');
my $root = Test::Consent->root;
my $tool = Test::Consent->build . '/tools/tokens';

Test::More::plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $data;

my $made = `make -s -C $root BUILD=@{[ Test::Consent->build ]} $tool 2>&1`;
Test::More::BAIL_OUT("no $tool: $made") unless -x $tool;

for my $file (glob "$data/*.test") {
    my ($name) = $file =~ m{([^/]+)\.test$};
    my $json = slurp($file);

    # a half of a character alone is no JSON

    $json =~ s/(?<!\\)(\\u[dD][89abAB]..)(?!\\u[dD][c-fC-F])/\\$1/g;
    $json =~ s/(?<!\\u[dD][89abAB]..)(?<!\\)(\\u[dD][c-fC-F]..)/\\$1/g;

    my $tests = decode_json($json);
    my (@in, @want, @what);

    for my $test (@{$tests->{tests} || $tests->{xmlViolationTests}}) {
        my ($input, $output) = @$test{qw(input output)};

        if ($test->{doubleEscaped} || $json =~ /\\\\u[dD]/) {
            ($input, $output) = (deep($input), deep($output));
        }

        for my $state (@{$test->{initialStates} || [ 'Data state' ]}) {
            my ($s) = $state =~ /^(\w+)/;
            my $last = $test->{lastStartTag};
            $last = '-' unless defined $last && length $last;
            push @in, "$s $last " . hex_of($input);
            push @want, expected($output);
            push @what, "$test->{description} ($state)";
        }
    }

    my $got = run($tool, @in);

    # these want text coerced to what an XML infoset may hold, which browsers
    # do not do: of them the tokens are compared, not the text

    if ($tests->{xmlViolationTests}) {
        s/\bT \S+/T/g for @$got, @want;
    }

    my @bad;

    for my $i (0 .. $#in) {
        push @bad, "$what[$i]: \"$in[$i]\" gave \"$got->[$i]\", "
                   . "not \"$want[$i]\""
            if $got->[$i] ne $want[$i];
    }

    is(join("\n", @bad[0 .. ($#bad < 4 ? $#bad : 4)]), '',
       "$name: " . @in . ' readings agree');
}

done_testing();


sub run {
    my ($tool, @in) = @_;

    my $file = File::Temp->new;
    print $file "$_\n" for @in;
    close $file;

    my @out = split /\n/, `$tool < $file`, -1;
    pop @out;
    @out = map { normal($_) } @out;

    return \@out;
}

# text in one piece; of attributes of one name the first; in order of names

sub normal {
    my ($line) = @_;
    my ($out, $text) = ('', '');

    while ($line =~ /\G(\? )?(?:T (\S+) |([SECD][^;]*) ; )/gc) {
        $out .= $1 if defined $1;

        if (defined $2) {
            $text .= $2 eq '-' ? '' : $2;
            next;
        }

        $out .= "T $text " if length $text;
        $text = '';

        my ($kind, $name, $closing, @a) = split ' ', $3;
        $out .= $kind eq 'S' ? "S $name $closing" . unique(@a) . ' ; '
              : $kind eq 'E' ? "E $name ; " : "$kind ; ";
    }

    $out .= "T $text " if length $text;
    $out .= 'left: ' . substr($line, pos $line // 0)
        if (pos $line // 0) != length $line;
    $out =~ s/\s+$//;

    return $out;
}

sub unique {
    my @a = @_;
    my %a;

    while (my ($k, $v) = splice @a, 0, 2) {
        $a{$k} = $v unless exists $a{$k};
    }

    return join '', map { " $_ $a{$_}" } sort keys %a;
}

sub unescape {
    my ($s) = @_;
    $s =~ s/\\u([0-9A-Fa-f]{4})/chr hex $1/ge;
    return $s;
}

sub deep {
    my ($v) = @_;
    return ref $v eq 'ARRAY' ? [ map { deep($_) } @$v ]
         : ref $v eq 'HASH' ? { map { unescape($_) => deep($v->{$_}) } keys %$v }
         : ref $v || !defined $v ? $v : unescape($v);
}

# the bytes, with the halves of a character joined

sub bytes {
    my ($s) = @_;
    $s =~ s/([\x{d800}-\x{dbff}])([\x{dc00}-\x{dfff}])
           /chr(0x10000 + ((ord($1) & 0x3ff) << 10) + (ord($2) & 0x3ff))/gex;
    no warnings;
    utf8::encode($s);
    return $s;
}

sub hex_of {
    my ($s) = @_;
    my $h = unpack 'H*', bytes($s);
    return length $h ? $h : '-';
}

# text: CR and NUL are others' business

sub text_hex {
    my ($s) = @_;
    $s =~ s/\0/\x{fffd}/g;
    return hex_of($s);
}

sub expected {
    my ($tokens) = @_;
    my ($out, $text) = ('', '');

    for my $t (@$tokens, undef) {
        if ($t && $t->[0] eq 'Character') {
            $text .= $t->[1];
            next;
        }

        $out .= 'T ' . text_hex($text) . ' ' if length $text;
        $text = '';

        next unless $t;

        if ($t->[0] eq 'StartTag') {
            $out .= 'S ' . hex_of($t->[1]) . ($t->[3] ? ' 1' : ' 0')
                  . attributes($t->[2]) . ' ; ';

        } elsif ($t->[0] eq 'EndTag') {
            $out .= 'E ' . hex_of($t->[1]) . ' ; ';

        } else {
            $out .= $t->[0] eq 'Comment' ? 'C ; ' : 'D ; ';
        }
    }

    $out =~ s/\s+$//;
    return $out;
}

sub attributes {
    my ($a) = @_;
    my %a = map { hex_of($_) => hex_of($a->{$_}) } keys %$a;
    return join '', map { " $_ $a{$_}" } sort keys %a;
}

package Test::Consent::Record;

# The cookie and the ledger by their description, apart from the module's own
# code: signs, reads and checks, so that neither is only tested by itself.
#
#     my $k = Test::Consent::Record->key('a1' x 32);      # a line of the file
#     $k->{id}                                  # KEYID of cookie and ledger
#     my $v = $k->sign(revision => '1', allowed => 'FAM', time => time,
#                      id => 'x' x 22, name => 'ngx_consent', scope => 'host');
#     my @wrong = ledger_wrong([ keys ], @lines);          # empty: whole

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256 sha256 sha256_hex hmac_sha256_hex);
use JSON::PP qw(decode_json);
use MIME::Base64 qw(encode_base64);

sub import {
    my $caller = caller;
    no strict 'refs';
    *{"${caller}::ledger_wrong"} = \&ledger_wrong;
    *{"${caller}::read_ledger"} = \&read_ledger;
}

# RFC 5869, no salt, one block

sub hkdf {
    my ($secret, $label) = @_;
    return hmac_sha256("$label\x01", hmac_sha256($secret, "\0" x 32));
}

sub key {
    my ($class, $hex) = @_;

    my $secret = pack 'H*', $hex;

    return bless {
        cookie => hkdf($secret, 'cookie'),
        ledger => hkdf($secret, 'ledger'),
        id     => substr(unpack('H*', hkdf($secret, 'id')), 0, 8),
    }, $class;
}

sub sign {
    my ($k, %f) = @_;

    my $v = join '.', $f{version} // 'v1', $f{kid} // $k->{id},
                      $f{revision} // '1', $f{allowed} // 'FAM',
                      $f{time} // time, $f{id} // 'x' x 22;

    my $mac = hmac_sha256(join("\n", $v, $f{name} // 'ngx_consent',
                               $f{scope} // 'localhost'), $k->{cookie});
    (my $b = encode_base64(substr($mac, 0, 16), '')) =~ tr{+/=}{-_}d;

    return "$v.$b";
}

sub read_ledger {
    my @lines;

    for my $file (@_) {
        open(my $f, '<:raw', $file) or next;
        push @lines, <$f>;
    }

    chomp @lines;
    return @lines;
}

# what of a chain is not as it must be

sub ledger_wrong {
    my ($keys, @lines) = @_;

    my %key = map { $_->{id} => $_ } @$keys;
    my ($n, $seq, $prev, @wrong) = (0);

    for my $line (@lines) {
        $n++;

        my $e = eval { decode_json($line) };
        if (!$e) {
            push @wrong, "$n: no JSON";
            next;
        }

        push @wrong, "$n: seq $e->{seq} after $seq"
            if defined $seq && $e->{seq} != $seq + 1;
        push @wrong, "$n: prev"
            if $e->{prev} ne ($prev // ($e->{seq} == 1 ? '0' x 64
                                                       : $e->{prev}));

        my ($text, $mac) = $line =~ /^(.*),"mac":"([0-9a-f]{64})"\}\z/s;
        my $k = $key{$e->{kid} // ''};
        push @wrong, "$n: key" if !$k;
        push @wrong, "$n: mac"
            if $k && hmac_sha256_hex($text // '', $k->{ledger})
                     ne ($mac // '');

        $seq = $e->{seq};
        $prev = sha256_hex($line);
    }

    return @wrong;
}

1;

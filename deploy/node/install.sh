#!/bin/sh
# Installs netdiag's gate on this node, or a newer one over it. Run as root, with netdiag-gate beside this file:
#   ./install.sh --check-key FILE --fix-key FILE [--signers FILE] [--authorized-keys FILE] [--to FILE]
#   ./install.sh --remove [--authorized-keys FILE] [--to FILE]
# The two files are the public halves of netdiag's two keys; --signers is the first /etc/netdiag/allowed_signers, one that is there
# stays. Nothing is changed where something is missing.
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022

stop() {
  printf 'netdiag-gate was not installed: %s\n' "$1" >&2
  exit 1
}

here=$(dirname "$0")
check= fix= signers= keys=/root/.ssh/authorized_keys to=/usr/local/sbin/netdiag-gate remove=
while [ $# -gt 0 ]; do
  case $1 in
    --check-key | --fix-key | --signers | --authorized-keys | --to)
      [ $# -ge 2 ] || stop "$1 needs a file"
      case $1 in
        --check-key) check=$2 ;;
        --fix-key) fix=$2 ;;
        --signers) signers=$2 ;;
        --authorized-keys) keys=$2 ;;
        --to) to=$2 ;;
      esac
      shift 2
      ;;
    --remove) remove=yes && shift ;;
    *) stop "there is no option $1" ;;
  esac
done
[ "$(id -u)" = 0 ] || stop 'only root can'
case $to in /*) ;; *) stop '--to needs a whole path' ;; esac
case $to in *[!A-Za-z0-9/._-]*) stop '--to may have letters, digits, dots, dashes and slashes' ;; esac

# without FILE: authorized_keys as it is, but for the lines of this gate.
without() { [ ! -e "$1" ] || grep -vF "command=\"$to " "$1" || :; }

replace() { # FILE MODE: by what comes on stdin, at once or not at all
  cat >"$1.netdiag-new" && chmod "$2" "$1.netdiag-new" && mv -f "$1.netdiag-new" "$1" || stop "$1 cannot be written"
}

if [ -n "$remove" ]; then
  without "$keys" | replace "$keys" 600
  rm -f "$to"
  echo 'netdiag-gate is removed. /etc/netdiag and the ledger in /var/lib/netdiag are left.'
  exit 0
fi

for tool in setsid flock timeout cmp readlink stat head tail tr sed grep date sync; do
  command -v "$tool" >/dev/null 2>&1 || stop "this node has no $tool"
done
for file in "$check" "$fix"; do
  [ -n "$file" ] || stop 'both --check-key and --fix-key are needed'
  [ "$(grep -c . "$file" 2>/dev/null)" = 1 ] && ssh-keygen -lf "$file" >/dev/null 2>&1 || stop "$file is not one public key"
  case $(cat "$file") in *PRIVATE*) stop "$file is a private key" ;; ssh-* | ecdsa-* | sk-*) ;; *) stop "$file is not a bare public key" ;; esac
done
blob() { sed -n 's/^\([^ ]*\) \([^ ]*\).*/\1 \2/p' "$1"; }
[ "$(blob "$check")" != "$(blob "$fix")" ] || stop 'the two keys have to be different'
[ -r "$here/netdiag-gate" ] || stop "there is no netdiag-gate beside $0"

# Whatever else this key may do elsewhere in the file, the gate would not be asked about.
for file in "$check" "$fix"; do
  ! without "$keys" | grep -qF "$(blob "$file")" || stop "$keys has a line for the key in $file already; remove that line first"
done

# The gate stands on `ssh-keygen -Y`, of OpenSSH 8.2 or later: tried, not asked for its version.
try=$(mktemp -d) || stop 'there is no room in /tmp'
trap 'rm -rf "$try"' EXIT
{
  ssh-keygen -q -t ed25519 -N '' -f "$try/key" && printf 'somebody %s\n' "$(cat "$try/key.pub")" >"$try/signers" &&
    printf 'order\n' >"$try/order" && ssh-keygen -q -Y sign -f "$try/key" -n netdiag-fix "$try/order" &&
    [ "$(ssh-keygen -Y find-principals -s "$try/order.sig" -f "$try/signers")" = somebody ] &&
    ssh-keygen -Y verify -f "$try/signers" -I somebody -n netdiag-fix -s "$try/order.sig" <"$try/order" &&
    ! ssh-keygen -Y verify -f "$try/signers" -I somebody -n other -s "$try/order.sig" <"$try/order"
} >/dev/null 2>&1 || stop "this node's ssh-keygen cannot verify signatures (OpenSSH 8.2 or later can): $(ssh -V 2>&1)"

if [ -n "$signers" ]; then
  [ -r "$signers" ] || stop "there is no $signers"
  said=$(ssh-keygen -Y find-principals -s "$try/order.sig" -f "$signers" 2>&1)
  case $said in *"$signers:"*) stop "$signers is not in the form of allowed_signers: $said" ;; esac
fi
mkdir -p /etc/netdiag /var/lib/netdiag "$(dirname "$to")" "$(dirname "$keys")" || stop 'a directory cannot be made'
chown 0:0 /etc/netdiag && chmod 755 /etc/netdiag
if [ -n "$signers" ] && [ ! -e /etc/netdiag/allowed_signers ]; then
  replace /etc/netdiag/allowed_signers 644 <"$signers"
fi
[ -e /etc/netdiag/gate.conf ] || [ ! -r "$here/gate.conf" ] || replace /etc/netdiag/gate.conf 644 <"$here/gate.conf"
replace "$to" 755 <"$here/netdiag-gate"
{
  without "$keys"
  printf 'restrict,command="%s check" %s netdiag-check\n' "$to" "$(blob "$check")"
  printf 'restrict,command="%s fix" %s netdiag-fix\n' "$to" "$(blob "$fix")"
} | replace "$keys" 600
[ -s /etc/netdiag/allowed_signers ] ||
  echo 'Nobody can sign for this node yet: write /etc/netdiag/allowed_signers (an example is beside this file).'
printf 'netdiag-gate %s is installed: %s, keys in %s\n' "$(sed -n 's/^gate_version=//p' "$to")" "$to" "$keys"

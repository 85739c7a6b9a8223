# Runs commands one after the other and sends each back as a section: open_batch, then ask for each, then flush.
# Outputs wait in a directory of our own in memory (/dev/shm, else /run, else /tmp) until their length is known, because a
# section is length-prefixed; the directory is gone when this ends. One command costs two processes.

# place NAME: a directory of our own, d; empty where there is none. What was left behind by one that was killed outright goes too.
place() {
  d=
  for base in /dev/shm /run /tmp; do
    mkdir -m 700 "$base/netdiag-$1-$$" 2>/dev/null && d=$base/netdiag-$1-$$ && break
  done
  for old in "${d%/*}"/netdiag-*-*; do
    [ -n "$d" ] && [ -d "$old" ] && [ -O "$old" ] && [ ! -e "/proc/${old##*-}" ] && rm -rf "$old"
  done
  trap '[ -z "$d" ] || rm -rf "$d"' EXIT
}

# open_batch NONCE SECONDS: says in which form the answer comes. The seconds are for all commands together.
open_batch() {
  cap_out=1048576 cap_err=262144 in=/dev/null done= budget=$2
  # Before anything is made or written: a session that is gone must not end us without the trap that tidies up.
  trap 'exit 1' HUP INT TERM PIPE
  place "$1"
  pack=cat how=plain
  command -v gzip >/dev/null 2>&1 && pack='gzip -1' how=gzip
  command -v timeout >/dev/null 2>&1 || how=no-timeout
  [ -n "$d" ] || how=no-directory
  printf '\n%s %s\n' "$1" "$how"
  case $how in no-*) exit 0 ;; esac
  # A shell notes in a command's own stderr that a signal ended it; where that file is full, the note would end the shell.
  trap : XFSZ
  # A block is 512 bytes: one block above the cap tells "cut" from "exactly as long as the cap".
  ulimit -S -c 0
  ulimit -S -f 2049
  read -r up _ </proc/uptime
  flushed=${up%.*} end=$((${up%.*} + budget))
}

# give FORMAT: the next command reads this from its stdin.
give() {
  # shellcheck disable=SC2059 # the format is made by us, of octal escapes
  printf "$1" >"$d/in"
  in=$d/in
}

# ask INDEX SECONDS root|self WORD…: runs one command.
ask() {
  i=$1 t=$2 as=$3
  shift 3
  read -r up _ </proc/uptime
  left=$((end - ${up%.*}))
  [ "$left" -ge "$t" ] || t=$left
  if [ "$t" -lt 1 ]; then
    : >"$d/$i.o" 2>"$d/$i.e"
    x=late
  elif [ "$as" = root ]; then
    sudo -n -- env LC_ALL=C "PATH=$PATH" timeout -k 1 "$t" "$@" <"$in" >"$d/$i.o" 2>"$d/$i.e"
    x=$?
  else
    timeout -k 1 "$t" "$@" <"$in" >"$d/$i.o" 2>"$d/$i.e"
    x=$?
  fi
  from=${up%.*}${up#*.} in=/dev/null
  read -r up _ </proc/uptime
  eval "h$i='$i $x $t $((${up%.*}${up#*.} - from))'"
  done="$done $i"
  if [ "$x" = 153 ] || [ $((${up%.*} - flushed)) -ge 1 ]; then flush; fi
}

# flush: sends what is done, as a frame: "frame COUNT", one head per section (index, exit, seconds allowed, hundredths of a
# second used, bytes of stdout, bytes of stderr), then all bytes.
flush() {
  [ -n "$done" ] || return 0
  set -- 
  for i in $done; do set -- "$@" "$d/$i.o" "$d/$i.e"; done
  wc -c "$@" >"$d/sizes" || exit 1
  {
    printf 'frame %s\n' $(($# / 2))
    for i in $done; do
      read -r o _
      read -r e _
      [ "$o" -le $cap_out ] || { o=$((cap_out + 1)); shorten "$d/$i.o" "$o"; }
      [ "$e" -le $cap_err ] || { e=$((cap_err + 1)); shorten "$d/$i.e" "$e"; }
      eval "printf '%s %s %s\n' \"\$h$i\" $o $e"
    done <"$d/sizes"
    cat "$@"
  } | $pack || exit 1
  for i in $done; do : >"$d/$i.o" >"$d/$i.e"; done
  done=
  read -r up _ </proc/uptime
  flushed=${up%.*}
}

shorten() {
  head -c "$2" "$1" >"$d/cut" && mv -f "$d/cut" "$1"
}
